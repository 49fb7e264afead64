import { exemptList } from '../../lambdas/core/guard/exempt';
import type { Suspect } from '../../lambdas/core/guard/suspect';
import type { GuardMode } from '../../lambdas/core/settings';
import { Prng } from '../support/prng';
import { QUIET } from './faulty-client';
import { GuardWorld, LANES, guardSettings } from './guard-world';
import { type Plot, judge, judgeAudit, truthOf } from './guard-judge';
import type { Night } from './night';

const EXEMPT = '203.0.113.0/24';
const EVENTS_MS = 60_000;
const CALM_MS = 200_000;
/** A block of the shortest sort is over long before a night is. */
const SHORT_MINUTES = 1;
/** Fewer than are taken for a set that was emptied. */
const TAKEN_OUT_MAX = 3;

/** Plays one seeded night of the guard and looks at what is left. */
export async function playNight(seed: number): Promise<Night> {
  const prng = new Prng(seed);
  const isShort = prng.bool(0.2);
  const isTight = !isShort && prng.bool(0.2);
  const finalMode = prng.pick<GuardMode>(['block', 'block', 'block', 'count', 'off']);
  const isQuiet = seed % 10 === 0;
  const settings = guardSettings({
    ...{ setsV4: isTight ? 1 : 3, setsV6: 1, listChangePercentMax: prng.pick([10, 100]) },
    ...{ firstMinutes: isShort ? SHORT_MINUTES : 1_440, longestMinutes: 1_440 },
    mode: finalMode === 'off' ? 'block' : finalMode,
  });
  const world = new GuardWorld({
    ...{ prng, settings, exempt: exemptList('own', [EXEMPT]) },
    faults: isQuiet ? QUIET : { ...QUIET, throttledPercent: 2, lostAnswerPercent: 2 },
    wafPercent: isQuiet ? 0 : prng.pick([0, 10, 30]),
    crashPercent: isQuiet ? 0 : prng.pick([0, 1, 4]),
    ...{ zombiePercent: 50, slowPercent: 20 },
  });
  const people = { blocked: new Set<string>(), unblocked: new Set<string>() };
  const isRedeployed = prng.bool(0.3);
  const plot: Plot = {
    prng,
    world,
    told: new Set(),
    people,
    takenOut: new Set(),
    emptied: new Set(),
    redeploys: !isRedeployed ? 'nobody' : seed % 2 === 0 ? 'stack' : 'tool',
    hasHeld: prng.bool(0.2),
  };
  const differences: string[] = [];
  try {
    await world.play(EVENTS_MS, () => act(plot, isTight, isQuiet));
    if (plot.hasHeld) await tellAgain(plot);
    if (finalMode === 'off') await world.ask({ action: 'mode', mode: 'off' });
    else if (prng.bool(0.3)) await world.ask({ action: 'mode', mode: finalMode });
    world.calm();
    await world.play(CALM_MS);
    // At rest it is certain whose an entry is, so this is where what others take out is seen best.
    takeOut(plot, prng.pick(world.sets));
    await world.play(CALM_MS);
    differences.push(...judge(plot, finalMode, { isShort, isTight }), ...judgeAudit(world));
  } catch (error) {
    differences.push(error instanceof Error ? (error.stack ?? String(error)) : String(error));
  }
  differences.push(...world.waf.violations, ...world.errors);
  world.counts.set('Calls', world.waf.calls);
  return { seed, differences: differences.slice(0, 10), counts: world.counts };
}

async function act(plot: Plot, isTight: boolean, isQuiet: boolean): Promise<void> {
  const { prng, world } = plot;
  if (!prng.bool(0.03)) return;
  const kind = prng.int(15);
  if (kind < 5) await tellSome(plot, isTight);
  else if (kind < 6) await askSomething(plot);
  else if (kind < 9) change(plot);
  else if (kind === 9 || kind > 11) {
    if (!isQuiet) world.stepClock(prng.between(-60_000, 60_000));
  } else if (kind === 10) world.wake();
  else if (kind === 11 && prng.bool(0.3)) {
    const mode = prng.pick(plot.hasHeld ? ['hold', 'count'] : ['count', 'block']);
    await world.ask({ action: 'mode', mode, forMinutes: 1 });
  }
}

async function tellSome({ prng, world, told }: Plot, isTight: boolean): Promise<void> {
  const lane = prng.int(LANES);
  const suspects = Array.from({ length: prng.between(1, 8) }, () => {
    const n = prng.int(isTight ? 40 : 20);
    if (prng.bool(0.1)) return suspectOf(prng, `203.0.113.${n}/32`);
    if (prng.bool(0.2)) return suspectOf(prng, `2001:db8:${(n + 1).toString(16)}:${lane + 1}::/64`);
    return suspectOf(prng, `198.51.${100 + lane}.${n}/32`);
  });
  for (const { cidr } of suspects) told.add(cidr);
  const isSettled = prng.bool(0.5);
  const viewers = { laneViewers: 100, laneRefused: 0 };
  await world.tell({ lane, suspects, neighbours: [], isSettled, ...viewers });
}

async function tellAgain({ prng, world, told }: Plot): Promise<void> {
  await world.ask({ action: 'mode', mode: 'block', forMinutes: 1 });
  const suspects = [...told].map((cidr) => suspectOf(prng, cidr));
  const viewers = { laneViewers: 100, laneRefused: 0 };
  await world.tell({ lane: 0, suspects, neighbours: [], isSettled: true, ...viewers });
}

function suspectOf(prng: Prng, cidr: string): Suspect {
  const atMs = Date.UTC(2026, 10, 24, 18);
  const evidence = {
    ...{ windowSeconds: 10, hits: 400, explained: 0, refused: 0, manifests: 0, media: 0 },
    ...{ pages: 0, failed: 0, denied: 0, agents: 1, urls: 1 },
  };
  const attackHits = prng.between(50, 5_000);
  const times = { firstAtMs: atMs, sinceAtMs: atMs, lastAtMs: atMs };
  return { cidr, rule: 'S1_flood', ...times, attackHits, verifiedViewers: 0, evidence };
}

async function askSomething({ prng, world, people }: Plot): Promise<void> {
  const cidr = `192.0.2.${prng.int(4)}/32`;
  if (prng.bool(0.6)) {
    if (people.unblocked.has(cidr)) return;
    await world.ask({ action: 'block', cidr });
    people.blocked.add(cidr);
  } else {
    const other = prng.bool(0.5) ? cidr : `198.51.100.${prng.int(20)}/32`;
    await world.ask({ action: 'unblock', cidr: other });
    people.blocked.delete(other);
    people.unblocked.add(other);
  }
}

/** Others write into the sets too: they add theirs, take theirs and ours out, or deploy an empty set. */
function change(plot: Plot): void {
  const { prng, world, told } = plot;
  const set = prng.pick(world.sets);
  const { foreign } = world.waf.sets.get(set.name)!;
  const kind = prng.int(6);
  if (kind < 2) {
    const isOurs = prng.bool(0.2);
    const own = isOurs ? `198.51.100.${prng.int(20)}/32` : `192.0.2.${prng.between(100, 105)}/32`;
    const cidr = set.family === 'v6' ? `2001:db8:f:${prng.between(1, 5)}::/64` : own;
    // Whose it is that both add at the same instant nobody can know, if the one who called dies.
    if (told.has(cidr)) return;
    world.waf.foreignAdd(set.name, cidr);
  } else if (kind === 2) {
    if (foreign.size > 0) world.waf.foreignRemove(set.name, [prng.pick([...foreign])]);
  } else takeOut(plot, set);
}

/** Others take one of ours out, or a deploy all of a set. */
function takeOut(plot: Plot, { name }: { readonly name: string }): void {
  const { prng, world, takenOut, emptied, redeploys } = plot;
  if (!isAtRest(world, name)) return;
  const ours = world.waf.ours(name);
  if (redeploys !== 'nobody') {
    // All of two and more gone at once are put back, whoever did it; one alone if it was a deploy of the stack.
    const isOfStack = redeploys === 'stack';
    if (ours.length < (isOfStack ? 1 : 2)) return;
    const atMs = world.wallMs();
    if (isOfStack) world.deployedAtMs = async () => atMs;
    world.waf.foreignRemove(name, [...world.waf.sets.get(name)!.addresses]);
    for (const cidr of ours) emptied.add(cidr);
  } else if (ours.length > 0 && takenOut.size < TAKEN_OUT_MAX) {
    const cidr = prng.pick(ours);
    world.waf.foreignRemove(name, [cidr]);
    takenOut.add(cidr);
  }
}

/** Nothing is under way, and the truth knows what WAF holds: only then it is certain whose an entry is. */
function isAtRest(world: GuardWorld, name: string): boolean {
  const truth = truthOf(world, name);
  const { token } = world.waf.sets.get(name)!;
  if (truth?.seenToken !== token || truth.calledToken !== '') return false;
  return [...truth.records.values()].every(({ state }) => state === 'held' || state === 'foreign');
}
