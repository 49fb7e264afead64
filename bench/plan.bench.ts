/** How long the plan of one family takes, and how far from the best it can be at most. */
import { makeExempt } from '../lambdas/core/guard/exempt';
import { type Prefix, contains, widen } from '../lambdas/core/guard/prefix';
import { type Claim, planPrefixes } from '../lambdas/core/guard/prefix-plan';
import { Prng } from '../test/support/prng';

export interface PlansWish {
  readonly suspects: number;
  readonly viewers: number;
  readonly capacities: readonly number[];
  readonly rounds: number;
}

export const PLANS_QUICK: PlansWish = {
  ...{ suspects: 2_000, viewers: 3_000, capacities: [100], rounds: 1 },
};
export const PLANS_FULL: PlansWish = {
  ...{ suspects: 200_000, viewers: 500_000, capacities: [1_000, 10_000], rounds: 5 },
};

/** CPU milliseconds for a plan of 200,000 suspects and 10,000 CIDRs, and its distance from the best. */
export const PLAN_MS_MAX = 2_000;
export const PLAN_GAP_PERCENT_MAX = 0.1;

export interface PlanRow {
  readonly name: string;
  readonly claims: number;
  readonly capacity: number;
  readonly chosen: number;
  readonly bestMs: number;
  readonly medianMs: number;
  readonly gapPercent: number;
}

const KINDS = ['scattered and clustered', 'everywhere', 'in few networks', 'IPv6'] as const;
type Kind = (typeof KINDS)[number];

const EXEMPT = makeExempt({ allow: [], own: [], crawlers: {}, relay: [], blockPrivate: false });
const WEIGHT = 100;

export function runPlans(wish: PlansWish, tell: (text: string) => void = () => {}): PlanRow[] {
  return KINDS.flatMap((name, seed) => {
    const claims = makeClaims(new Prng(seed + 1), name, wish);
    return wish.capacities.map((capacity): PlanRow => {
      const limits = { capacity, viewerWeight: WEIGHT, exempt: EXEMPT };
      const times: number[] = [];
      let plan = planPrefixes(claims, limits);
      checkPlan(claims, plan, capacity);
      for (let round = 0; round < wish.rounds; round += 1) {
        // CPU time: what else the machine does would be most of the clock's.
        const before = process.cpuUsage();
        plan = planPrefixes(claims, limits);
        const { user, system } = process.cpuUsage(before);
        times.push((user + system) / 1_000);
      }
      times.sort((a, b) => a - b);
      const gapPercent = (100 * (plan.bound - plan.value)) / plan.bound;
      tell(`plan of ${name}, ${capacity} CIDRs: ${Math.round(times[0]!)} ms`);
      return {
        ...{ name, claims: claims.length, capacity, chosen: plan.chosen.length, gapPercent },
        ...{ bestMs: times[0]!, medianMs: times[times.length >> 1]! },
      };
    });
  });
}

/** A wrong answer is an error, not a fast result. */
function checkPlan(
  claims: readonly Claim[],
  { chosen, spared, overflow }: ReturnType<typeof planPrefixes>,
  capacity: number,
): void {
  const covered = chosen.reduce((sum, { suspects }) => sum + suspects.length, 0);
  const told = covered + spared.length + overflow.length;
  const suspects = claims.filter(({ attackHits }) => attackHits > 0).length;
  if (told !== suspects) throw new Error(`expected ${suspects} suspects, got ${told}`);
  if (chosen.length > capacity) throw new Error(`room for ${capacity}, got ${chosen.length}`);
  for (const { prefix, suspects: own } of chosen) {
    if (EXEMPT.covers(prefix)) throw new Error('an exempt address is covered');
    if (!own.every((claim) => contains(prefix, claim.prefix))) throw new Error('not covered');
  }
}

/** Weights of suspects are those of a few floods and many weak ones. */
function makeClaims(random: Prng, kind: Kind, { suspects, viewers }: PlansWish): Claim[] {
  const hosting = Array.from({ length: 3_000 }, () => anySource(random, kind));
  const homes = Array.from({ length: 2_000 }, () => anySource(random, kind));
  const near = (networks: readonly Prefix[], bits: number): Prefix => {
    const { version, hi, lo } = widen(random.pick(networks), bits);
    return { version, hi, lo: lo + random.int(2 ** (32 - bits)), bits: 32 };
  };
  const place = (isViewer: boolean): Prefix => {
    if (kind !== 'scattered and clustered') return anySource(random, kind);
    return !isViewer && random.bool(0.6) ? near(hosting, 24) : near(homes, 16);
  };
  const made: Claim[] = [];
  for (let n = 0; n < suspects; n += 1) {
    const attackHits = Math.ceil(20 / (1 - random.next()));
    const verifiedViewers = random.bool(0.02) ? 1 : 0;
    made.push({ prefix: place(false), attackHits, verifiedViewers });
  }
  for (let n = 0; n < viewers; n += 1) {
    made.push({ prefix: place(true), attackHits: 0, verifiedViewers: 1 });
  }
  return made;
}

function anySource(random: Prng, kind: Kind): Prefix {
  if (kind === 'IPv6') {
    const lo = random.int(2 ** 24);
    return { version: 6, hi: 0x2400_0000 + random.int(500), lo, bits: 64 };
  }
  const lo = kind === 'in few networks' ? 0x5000_0000 + random.int(2 ** 18) : random.int(2 ** 32);
  return { version: 4, hi: 0xffff, lo, bits: 32 };
}

export function renderPlans(rows: readonly PlanRow[]): string {
  const count = (n: number) => Math.round(n).toLocaleString('en-US');
  const lines = rows.map(
    ({ name, claims, capacity, chosen, bestMs, medianMs, gapPercent }) =>
      `| ${name} | ${count(claims)} | ${count(capacity)} | ${count(chosen)} | ${count(bestMs)} | ` +
      `${count(medianMs)} | ${gapPercent.toFixed(4)} % |`,
  );
  const most = Math.max(...rows.map(({ medianMs }) => medianMs));
  const gap = Math.max(...rows.map(({ gapPercent }) => gapPercent));
  const verdict = (isSo: boolean) => (isSo ? 'reached' : 'not reached');
  return `
## The plan of the guard

Suspects and viewers of one family, a viewer weighing up ${WEIGHT} attack hits (bench/plan.bench.ts). The
bound is computed with the plan: no choice of CIDRs is better than it. Each plan is checked before it is
timed: nobody is lost, nothing exempt covered.

| where they are | addresses | room | chosen | CPU ms, best | CPU ms, median | below the bound at most |
|---|---:|---:|---:|---:|---:|---:|
${lines.join('\n')}

| goal | wanted | measured | |
|---|---:|---:|---|
| CPU ms, the slowest median | ${count(PLAN_MS_MAX)} | ${count(most)} | ${verdict(most <= PLAN_MS_MAX)} |
| below the bound | ${PLAN_GAP_PERCENT_MAX} % | ${gap.toFixed(4)} % | ${verdict(gap <= PLAN_GAP_PERCENT_MAX)} |
`;
}
