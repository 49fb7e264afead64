import { makeExempt } from '../../../lambdas/core/guard/exempt';
import { parsePrefix, prefixText } from '../../../lambdas/core/guard/prefix';
import { type Claim, type PrefixPlan, planPrefixes } from '../../../lambdas/core/guard/prefix-plan';
import { Prng, seeds } from '../../support/prng';
import { faultsOfDense, faultsOfSparse } from '../../support/random-prefixes';
import { buildPlans } from '../../support/build-plans';

const NOTHING = { allow: [], own: [], crawlers: {}, relay: [], blockPrivate: true };
const OPEN = { viewerWeight: 1, exempt: makeExempt(NOTHING) };

function claim(cidr: string, attackHits: number, verifiedViewers = 0): Claim {
  return { prefix: parsePrefix(cidr)!, attackHits, verifiedViewers };
}

const texts = ({ chosen }: PrefixPlan<Claim>) => chosen.map(({ prefix }) => prefixText(prefix));

/** Problems for each seed: a test for each would cost more than the plan. */
const EACH = 50;
const MANY = Array.from({ length: EACH }, (_, n) => n);

describe('planPrefixes', () => {
  it.each(seeds(60))('finds the best of all sets of a /29 or a /61 (SEED=%i)', (seed) => {
    expect(MANY.flatMap((n) => faultsOfDense(seed * EACH + n))).toEqual([]);
  });

  it.each(seeds(20))('finds the best of claims all over the address space (SEED=%i)', (seed) => {
    expect(MANY.flatMap((n) => faultsOfSparse(seed * EACH + n))).toEqual([]);
  });

  it.each(seeds(40))('by price it is below the best, and its bound above it (SEED=%i)', (seed) => {
    const byPrice = { exactStepsMax: 0 };
    expect(MANY.flatMap((n) => faultsOfDense(seed * EACH + n, byPrice))).toEqual([]);
    expect(MANY.flatMap((n) => faultsOfSparse(seed * EACH + n, byPrice))).toEqual([]);
  });

  it.each([
    [
      'exempt addresses',
      'if (isOpen[node] === 0 && !limits.exempt.covers(prefix)) isOpen[node] = 1;',
      'isOpen[node] = 1;',
      /must not be chosen/,
    ],
    ['the lane prefix', 'prefix.bits < laneBits || ', '', /must not be chosen/],
    ['viewers beside suspects', 'own.map((sum, node) => sum + beside[node]!)', 'own', /worth/],
    ['the capacity', 'Math.max(0, limits.capacity)', 'Math.max(0, limits.capacity) + 1', /room/],
    [
      'the spared',
      'spared.push(...members[node]!.map((claim) => ({ claim, why }) as const));',
      'void why;',
      /once/,
    ],
  ])(
    'is caught without %s (canary)',
    async (_name, text, becomes, fault) => {
      const file = 'lambdas/core/guard/prefix-plan.ts';
      const faultsOf = await buildPlans({ file, text, becomes });
      const faults = Array.from({ length: 400 }, (_, seed) => faultsOf(seed)).flat();
      expect(faults.filter((own) => fault.test(own)).length).toBeGreaterThan(10);
    },
    30_000,
  );

  it.each([9_999, 10_000, 10_001, 100_000])('loses none of %i offenders', (count) => {
    const random = new Prng(count);
    const addresses = new Set<number>();
    while (addresses.size < count) addresses.add(random.int(2 ** 32));
    const suspects = [...addresses].map((lo): Claim => {
      return {
        prefix: { version: 4, hi: 0xffff, lo, bits: 32 },
        attackHits: random.between(1, 500),
        verifiedViewers: 0,
      };
    });
    const { chosen, spared, overflow } = planPrefixes(suspects, { ...OPEN, capacity: 10_000 });
    const covered = chosen.flatMap((own) => own.suspects);
    expect(new Set([...covered, ...overflow]).size).toBe(count);
    expect(covered.length + overflow.length).toBe(count);
    expect([spared.length, chosen.length]).toEqual([0, Math.min(count, 10_000)]);
    if (count <= 10_000) expect(chosen.every(({ prefix }) => prefix.bits === 32)).toBe(true);
  });

  it.each([
    [4, 500],
    [4, 5_000],
    [6, 500],
    [6, 5_000],
  ] as const)(
    'of 40,000 in IPv%i chooses %i within 0.1 %% of the bound, also by price',
    (version, capacity) => {
      const claims = crowdOf(new Prng(capacity), version, 40_000);
      const limits = { ...OPEN, capacity, viewerWeight: 100 };
      const exact = planPrefixes(claims, limits);
      const priced = planPrefixes(claims, { ...limits, exactStepsMax: 0 });
      expect(priced.bound - priced.value).toBeLessThanOrEqual(0.001 * priced.bound);
      expect(priced.value).toBeLessThanOrEqual(exact.bound);
      expect(priced.bound).toBeGreaterThanOrEqual(exact.value);
      expect(exact.bound - exact.value).toBeLessThanOrEqual(1e-9 * exact.bound);
    },
  );

  const SIX = [0, 1, 2, 3, 4, 5].map((n) =>
    claim(`198.51.100.${n}/32`, n % 2 === 0 ? 9 : 0, n % 2 === 0 ? 0 : 4),
  );
  const WHOLE = ['198.51.100.0/29'];
  const HALF = ['198.51.100.0/30', '198.51.100.4/32'];
  const SINGLE = ['198.51.100.0/32', '198.51.100.2/32', '198.51.100.4/32'];

  it.each([
    [1, 1, 15, 27, 12, WHOLE],
    [1, 2, 19, 27, 8, HALF],
    [1, 3, 27, 27, 0, SINGLE],
    [1, 4, 27, 27, 0, SINGLE],
    [0.5, 1, 21, 27, 12, WHOLE],
    [0.5, 2, 23, 27, 8, HALF],
    [0.5, 3, 27, 27, 0, SINGLE],
    [2, 1, 9, 9, 0, undefined],
    [2, 2, 18, 18, 0, undefined],
    [2, 3, 27, 27, 0, SINGLE],
    [10, 1, 9, 9, 0, undefined],
    [10, 2, 18, 18, 0, undefined],
    [10, 3, 27, 27, 0, SINGLE],
    [0, 1, 27, 27, 12, WHOLE],
  ])(
    'at lambda %p and %i CIDRs the worked example is worth %i: %i hits, %i viewers',
    (viewerWeight, capacity, value, attackHits, viewers, cidrs) => {
      const plan = planPrefixes(SIX, { ...OPEN, capacity, viewerWeight });
      const sum = (key: 'attackHits' | 'verifiedViewers') =>
        plan.chosen.reduce((total, own) => total + own[key], 0);
      expect([plan.value, plan.bound]).toEqual([value, value]);
      expect([sum('attackHits'), sum('verifiedViewers')]).toEqual([attackHits, viewers]);
      if (cidrs !== undefined) expect(texts(plan)).toEqual(cidrs);
      for (const cidr of texts(plan)) if (viewerWeight >= 2) expect(cidr).toMatch(/\/32$/);
    },
  );

  it.each([
    [1, ['198.51.100.0/31']],
    [2, ['198.51.100.0/32', '198.51.100.1/32']],
    [3, ['198.51.100.0/32', '198.51.100.1/32']],
  ])('takes neighbours together only for lack of room: %i CIDRs', (capacity, cidrs) => {
    const pair = [claim('198.51.100.0/32', 5), claim('198.51.100.1/32', 5)];
    expect(texts(planPrefixes(pair, { ...OPEN, capacity }))).toEqual(cidrs);
  });

  it('spends room that is left on less address space', () => {
    const four = [0, 1, 2, 3].map((n) => claim(`198.51.100.${n}/32`, 5));
    const plan = planPrefixes(four, { ...OPEN, capacity: 3 });
    expect(texts(plan)).toEqual(['198.51.100.0/32', '198.51.100.1/32', '198.51.100.2/31']);
  });

  it.each([
    [19, '192.0.0.0/19', 'limit'],
    [20, '192.0.0.0/20', undefined],
  ])('a suspect of /%i is held to the lane prefix', (_bits, cidr, why) => {
    const plan = planPrefixes([claim(cidr, 100)], { ...OPEN, capacity: 1 });
    expect(plan.chosen).toHaveLength(why === undefined ? 1 : 0);
    expect(plan.spared.map((own) => own.why)).toEqual(why === undefined ? [] : [why]);
  });

  it('never chooses /0, whatever the lane prefix is said to be', () => {
    const halves = [claim('0.0.0.0/1', 9), claim('128.0.0.0/1', 9)];
    expect(texts(planPrefixes(halves, { ...OPEN, capacity: 1, laneBits: 0 }))).toEqual([
      '0.0.0.0/1',
    ]);
  });

  it('widens nothing where viewers are not known, and blocks a network that is itself a suspect', () => {
    const pair = [claim('198.51.100.0/32', 5), claim('198.51.100.1/32', 4)];
    const unsettled = { ...OPEN, capacity: 1, isUnsettled: () => true };
    expect(texts(planPrefixes(pair, unsettled))).toEqual(['198.51.100.0/32']);
    const network = [...pair, claim('198.51.100.0/24', 50)];
    expect(texts(planPrefixes(network, unsettled))).toEqual(['198.51.100.0/24']);
  });

  it.each([
    [100, 1, 'viewers'],
    [101, 1, undefined],
  ])('of %i hits and %i viewer at weight 100 says %p', (hits, viewers, why) => {
    const plan = planPrefixes([claim('192.0.2.1/32', hits, viewers)], {
      ...OPEN,
      capacity: 1,
      viewerWeight: 100,
    });
    expect(plan.spared.map((own) => own.why)).toEqual(why === undefined ? [] : [why]);
    expect(plan.chosen).toHaveLength(why === undefined ? 1 : 0);
  });

  it('refuses claims of both families at once', () => {
    const both = [claim('192.0.2.1/32', 1), claim('2001:db8::/64', 1)];
    expect(() => planPrefixes(both, { ...OPEN, capacity: 2 })).toThrow(/one family/);
  });
});

/** Suspects and viewers, half of them in the same networks. */
function crowdOf(random: Prng, version: 4 | 6, count: number): Claim[] {
  const networks = Array.from({ length: 400 }, () => random.int(2 ** 20));
  return Array.from({ length: count }, (): Claim => {
    const network = random.bool(0.5) ? random.pick(networks) : random.int(2 ** 20);
    const source = random.int(2 ** 12);
    const lo = version === 4 ? network * 2 ** 12 + source : source * 2 ** 12;
    const prefix =
      version === 4
        ? ({ version, hi: 0xffff, lo, bits: 32 } as const)
        : ({ version, hi: 0x2001_0000 + (network >>> 8), lo, bits: 64 } as const);
    const isViewer = random.bool(0.5);
    return {
      prefix,
      attackHits: isViewer ? 0 : Math.ceil(20 / (1 - random.next())),
      verifiedViewers: isViewer ? 1 : 0,
    };
  });
}
