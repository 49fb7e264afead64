import {
  GUARD_AUTHOR,
  type Plan,
  type PlanInput,
  planBlocks,
} from '../../../lambdas/core/guard/plan';
import { EMPTY, MINUTE, NOW, block, cidrsOf, manual, suspect } from '../../support/guard-plans';
import { Prng, seeds } from '../../support/prng';

describe('planBlocks', () => {
  it.each(seeds(300))('loses nobody, and plans its own result unchanged (SEED=%i)', (seed) => {
    const random = new Prng(seed);
    const input = anyInput(random);
    const plan = planBlocks(input);
    expect(faultsOf(input, plan)).toEqual([]);
    expect(planBlocks(input)).toEqual(plan);
    const again = { ...input, current: plan.blocks, memory: plan.memory };
    expect(planBlocks({ ...again, suspects: [] }).blocks).toEqual(plan.blocks);
    expect(faultsOf(again, planBlocks(again))).toEqual([]);
  });
});

/** Addresses of few networks, so that everything meets everything. */
function anyInput(random: Prng): PlanInput {
  const source4 = () => `192.0.${random.int(3)}.${random.int(32)}/32`;
  const source6 = () => `2001:db8:${random.int(2)}:${(random.int(24) + 1).toString(16)}::/64`;
  const source = () => (random.bool(0.6) ? source4() : source6());
  const range = () =>
    random.bool(0.7) ? source() : random.pick(['192.0.1.0/24', '192.0.0.0/22', '2001:db8:1::/48']);
  const unique = (count: number, make: () => string) => [
    ...new Set(Array.from({ length: count }, make)),
  ];
  const viewers = () => (random.bool(0.7) ? 0 : random.int(4));
  const current = unique(random.int(12), range).map((cidr) =>
    block(cidr, {
      untilMs: NOW + random.between(-2, 9) * MINUTE,
      ...{ attackHits: random.between(1, 900), verifiedViewers: viewers() },
      author: random.bool(0.9) ? GUARD_AUTHOR : 'arn:ann',
    }),
  );
  return {
    ...EMPTY,
    capacity: { v4: random.int(16), v6: random.int(12) },
    totalViewers: random.pick([0, 3_000, 100_000]),
    suspects: unique(random.int(40), range).map((cidr) =>
      suspect(cidr, random.between(1, 900), viewers()),
    ),
    viewers: unique(random.int(10), source).map((cidr) => ({
      cidr,
      verifiedViewers: random.between(1, 3),
    })),
    manual: unique(random.int(3), range).map((cidr) => manual(cidr)),
    allows: unique(random.int(3), source).map((cidr) => ({ cidr, untilMs: NOW + MINUTE })),
    current,
    memory: current.slice(0, 4).map(({ cidr, untilMs, verifiedViewers }) => {
      return { cidr, endsMs: [untilMs - 1_000 * MINUTE, untilMs], verifiedViewers };
    }),
    unsettled: random.bool(0.2) ? ['192.0.0.0/20'] : [],
  };
}

/** Conservation, and every limit that can be told from the plan alone. */
function faultsOf(input: PlanInput, plan: Plan): string[] {
  const faults: string[] = [];
  const must = (isSo: boolean, what: string) => {
    if (!isSo) faults.push(what);
  };
  const guards = <T extends { author: string }>(items: readonly T[]) =>
    items.filter(({ author }) => author === GUARD_AUTHOR);
  const told = plan.covered + guards(plan.spared).length + guards(plan.overflow).length;
  must(told === input.suspects.length, `${input.suspects.length} suspects, ${told} told of`);
  const held = new Set(cidrsOf(plan.blocks));
  const gone = [...cidrsOf(plan.expired), ...plan.removed.map((own) => own.block.cidr)];
  must(new Set(gone).size === gone.length, `twice gone: ${gone.join()}`);
  for (const { cidr } of input.current) {
    const isReplaced = held.has(cidr);
    must(isReplaced || gone.includes(cidr), `${cidr} was in force and is not told of`);
  }
  must(held.size === plan.blocks.length, 'a CIDR twice');
  for (const [family, room] of [
    [/\./, input.capacity.v4],
    [/:/, input.capacity.v6],
  ] as const) {
    const count = plan.blocks.filter(({ cidr }) => family.test(cidr)).length;
    must(count <= room, `${count} in room for ${room}`);
  }
  const byGuard = guards(plan.blocks);
  const sum = byGuard.reduce((total, { verifiedViewers }) => total + verifiedViewers, 0);
  must(sum <= 0.001 * input.totalViewers, `${sum} viewers of ${input.totalViewers} covered`);
  for (const { untilMs, sinceMs, cidr } of plan.blocks) {
    must(untilMs > input.nowMs && sinceMs <= input.nowMs, `${cidr} is not now`);
    for (const allow of input.allows) must(!overlap(cidr, allow.cidr), `${cidr} is allowed`);
  }
  return faults;
}

/** By the bits of the address as text, which is enough for the addresses above. */
function overlap(a: string, b: string): boolean {
  const [one, other] = [bitsOf(a), bitsOf(b)];
  return one.startsWith(other) || other.startsWith(one);
}

function bitsOf(cidr: string): string {
  const [address = '', length] = cidr.split('/');
  const is4 = address.includes('.');
  const groups = is4 ? address.split('.') : address.replace('::', '').split(':');
  const bits = groups.map((group) => parseInt(group, is4 ? 10 : 16).toString(2));
  const whole = bits.map((group) => group.padStart(is4 ? 8 : 16, '0')).join('');
  return (is4 ? '4' : '6') + whole.padEnd(128, '0').slice(0, Number(length));
}
