import type { Context } from 'aws-lambda';
import type { LeaseStore } from '../adapters/blocks-lease';
import type { WafSets } from '../adapters/waf-sets';
import { setKeyOf } from '../core/guard/guard-set';
import type { DeployDeps } from './deploy';
import { News } from './news';
import { type Pace, TAKEN_OVER_MS, makePace } from './pace';
import { type PassDeps, Passes } from './pass';
import { type ListedSet, Overtaken, SetWriter } from './set-writer';

export interface EnforceDeps extends PassDeps, DeployDeps {
  readonly sets: readonly ListedSet[];
  readonly waf: WafSets;
  /** for one invocation, that is known by this name */
  readonly leasesOf: (owner: string) => LeaseStore;
}

/** A record of the table's stream, or anything that says: look. */
export interface EnforceEvent {
  readonly Records?: readonly {
    readonly dynamodb?: { readonly Keys?: Readonly<Record<string, { readonly S?: string }>> };
  }[];
}

/** With less time left no call is begun: it may take 5 s, and the pace is waited for before the lease goes. */
const TIME_LEFT_MS_MIN = 17_000;
/** While suspects are told, news are looked for so often. */
const NEWS_MS = 1_000;
const DAY_MS = 86_400_000;
const RENEWED_MS_MAX = 10_000;
const LATER_MS = 2_000;
/** Who does not come to an end in so many rounds is wrong, and ends. */
const ROUNDS_MAX = 10_000;

let invocations = 0;

/** Makes the enforce handler: docs/GUARD.md, "Enforce". It may be run by anybody, at any time, any number of times. */
export function makeEnforce(deps: EnforceDeps) {
  let hasRetired = false;
  return async (event: EnforceEvent, context: Pick<Context, 'getRemainingTimeInMillis'>) => {
    if (!concernsUs(event)) return;
    const hasTime = () => context.getRemainingTimeInMillis() >= TIME_LEFT_MS_MIN;
    try {
      // Who came while we had the lease went away at once; what brought them is found after it is given back.
      for (let isNew = true; isNew && hasTime();) {
        const held = await holdLease(deps, hasTime);
        if (held === undefined) return;
        if (!hasRetired) await retireSets(deps);
        hasRetired = true;
        isNew = await held.read();
      }
    } finally {
      deps.telemetry.flush();
    }
  };
}

/** Once for each process: sets become fewer by a deploy, and a deploy makes new processes. */
async function retireSets({ blocks, sets, settings, now }: EnforceDeps): Promise<void> {
  await blocks.retireSets(sets.map(setKeyOf), now() + settings.guard.keepDays * DAY_MS);
}

/** What enforce writes itself must not wake it. */
function concernsUs({ Records }: EnforceEvent): boolean {
  if (Records === undefined) return true;
  return Records.some(({ dynamodb }) => {
    const pk = dynamodb?.Keys?.['pk']?.S ?? '';
    return pk.startsWith('suspects#') || pk === 'manual' || pk === 'control';
  });
}

/** Works while there is something to do; what is known then, or undefined if somebody else has the lease. */
async function holdLease(deps: EnforceDeps, hasTime: () => boolean): Promise<News | undefined> {
  invocations += 1;
  const name = `${deps.writer}${invocations}`;
  const leases = deps.leasesOf(name);
  const lease = await leases.acquire();
  if (lease === undefined) return undefined;
  const pace = makePace(deps.pause);
  if (lease.isTakenOver) pace.rest(TAKEN_OVER_MS);
  const own = { ...deps, writer: name, leases, pace };
  const writer = new SetWriter(own, lease);
  const news = new News({ ...deps, lanes: deps.settings.lanes });
  try {
    await work(own, writer, news, hasTime);
    await giveBack(writer, pace);
    return news;
  } catch (error) {
    if (!(error instanceof Overtaken)) {
      // What was under way stands in the truth; the lease must not keep others from it.
      await giveBack(writer, pace).catch(() => undefined);
      throw error;
    }
    deps.telemetry.count('LeasesLost', 1);
    return undefined;
  }
}

async function giveBack(writer: SetWriter, pace: Pace): Promise<void> {
  await pace.wait();
  await writer.release();
}

async function work(
  deps: EnforceDeps,
  writer: SetWriter,
  news: News,
  hasTime: () => boolean,
): Promise<void> {
  const passes = new Passes(deps, writer, news);
  let isLoaded = false;
  let renewedAtMs = deps.uptime();
  for (let round = 0; round < ROUNDS_MAX && hasTime(); round += 1) {
    try {
      if (deps.uptime() - renewedAtMs > RENEWED_MS_MAX || !isLoaded) {
        await writer.renew();
        renewedAtMs = deps.uptime();
      }
      if (!isLoaded) await writer.load();
      isLoaded = true;
      const end = await passes.run(hasTime);
      if (end === 'over') return;
      if (end === 'again') continue;
      if (end === 'later') {
        // What waits for one set must not keep anybody from looking at the others.
        if (!(await passes.lookAround(hasTime))) await deps.pause(LATER_MS);
        continue;
      }
      if (await passes.lookAround(hasTime)) continue;
      if (!news.suspects.isActive(deps.uptime()) && !passes.isWatching) return;
      await deps.pause(NEWS_MS);
    } catch (error) {
      // Another writer came between. Whether it may is for the lease to say, when it is renewed.
      if (!(error instanceof Overtaken) || !isLoaded) throw error;
      isLoaded = false;
      passes.forget();
    }
  }
}
