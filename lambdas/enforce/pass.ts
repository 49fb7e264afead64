import type { BlocksStore } from '../adapters/blocks-store';
import type { ManualStore } from '../adapters/manual-store';
import type { Telemetry } from '../adapters/telemetry';
import { hashPlan } from '../core/guard/audit';
import { byWeight } from '../core/guard/assign';
import { type Decision, decide } from '../core/guard/decide';
import type { ExemptTable } from '../core/guard/exempt';
import { endsOf, nextEndMs } from '../core/guard/ends';
import type { Presence } from '../core/guard/fuses';
import { GUARD_LISTS, type GuardList, type KnownSet, setKeyOf } from '../core/guard/guard-set';
import { modeAt } from '../core/guard/modes';
import { keepUntilHeld } from '../core/guard/moving';
import { type Block, type BlockMemory, type Plan, type PlanInput } from '../core/guard/plan';
import { intend } from '../core/guard/push';
import { type SetTruth, needsCall } from '../core/guard/set-truth';
import type { Settings } from '../core/settings';
import type { News } from './news';
import { PushWatch } from './push-watch';
import { reportPass, statusOf, waitingOf } from './pass-status';
import { rollbackEntry } from './set-entries';
import type { SetWriter } from './set-writer';

export interface PassDeps {
  readonly settings: Settings;
  readonly exempt: ExemptTable;
  readonly plan: (input: PlanInput) => Plan;
  readonly blocks: BlocksStore;
  readonly manual: ManualStore;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  readonly uptime: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  readonly writer: string;
}

/**
 * `done`: all sets hold what they should. `again`: something is new, or waits for the next pass. `later`: WAF or a
 * feed has to be given time. `over`: the invocation has no time left for another call.
 */
export type PassEnd = 'done' | 'again' | 'later' | 'over';

/** A set that should change, worst first. */
interface Dirty {
  readonly key: string;
  readonly truth: SetTruth;
  readonly worst: Block | undefined;
  readonly weight: number;
}

const HELD_BACK_MS = 600_000;
/**
 * A set is looked at so shortly before a call of ours: what others added since could be taken for ours, if that call's
 * answer is lost.
 */
const BEFORE_CALL_MS = 2_000;
/** WAF answers five reads in a second, of all callers. */
const READ_MS = 250;
const READS_AT_ONCE = 4;

/** Plans and carries out, again and again, for one holder of the lease. */
export class Passes {
  private memory: Record<GuardList, readonly BlockMemory[]> | undefined;
  private readonly watch = new PushWatch();
  private isNew = true;
  private pushed = 0;
  /** set after a pass that left nothing to do */
  private quiet:
    | { readonly sinceMs: number; readonly untilMs: number; readonly sets: SetWriter['sets'] }
    | undefined;

  constructor(
    private readonly deps: PassDeps,
    private readonly writer: SetWriter,
    private readonly news: News,
  ) {}

  get isWatching(): boolean {
    return this.watch.isWatching(this.deps.now());
  }

  /** What was known of strikes may have been changed by another. */
  forget(): void {
    this.memory = undefined;
  }

  async run(hasTime: () => boolean): Promise<PassEnd> {
    const { deps, writer, news } = this;
    const isFed = await this.readFeeds();
    await this.rollBack();
    const nowMs = deps.now();
    if (this.isQuiet(isFed, nowMs)) {
      await news.saveProgress();
      return 'done';
    }
    this.quiet = undefined;
    this.memory ??= await this.loadMemory();
    const suspects = isFed ? news.suspects.suspects(endsOf(this.memory, writer.sets), nowMs) : [];
    const { blocks = [], allows = [], heldBack = [], mode: order } = news.manual ?? {};
    const mode = modeAt(deps.settings, order, nowMs);
    const decision = decide(
      {
        ...{ nowMs, mode, isFed, sets: writer.sets, suspects, memory: this.memory },
        ...{ settings: deps.settings.guard, exempt: deps.exempt },
        ...{ viewers: news.suspects.viewers(), totalViewers: news.suspects.totalViewers(nowMs) },
        ...{ manual: blocks, allows: [...allows, ...heldBack] },
        unsettled: news.suspects.unsettled(),
      },
      deps.plan,
    );
    const excess = news.suspects.excess.report(nowMs);
    reportPass(deps.telemetry, decision, mode, excess);
    await this.saveMemory(decision);
    const pushedBefore = this.pushed;
    const { wanted, isMoving } = keepUntilHeld(writer.sets, decision.wanted);
    const end = await this.carryOut({ ...decision, wanted }, hasTime);
    if (end !== 'done') return end;
    // What waits for room that nothing makes must not be planned in a circle.
    if (decision.deferred > 0 || isMoving) return this.pushed > pushedBefore ? 'again' : 'later';
    if (isFed) news.suspects.settle(suspects, waitingOf(decision), deps.uptime());
    if (!isFed) return 'later';
    await news.saveStatus(statusOf(decision, { atMs: nowMs, mode, sets: writer.sets, excess }));
    this.quiet = {
      sinceMs: nowMs,
      untilMs: nextEndMs(deps.settings.events, order, writer.sets.filter(isOpen), nowMs),
      sets: writer.sets,
    };
    return 'done';
  }

  /** Whether the pass before has come to its end, and neither news nor time have changed anything since. */
  private isQuiet(isFed: boolean, nowMs: number): boolean {
    const { quiet, writer } = this;
    if (!isFed || this.isNew || quiet === undefined) return false;
    const isSame = writer.sets.every((set, n) => {
      const known = quiet.sets[n]!;
      return set.truth === known.truth && isOpen(set) === isOpen(known);
    });
    return isSame && quiet.sinceMs <= nowMs && nowMs < quiet.untilMs;
  }

  /** F4: false if anything could not be read, or was never. */
  private async readFeeds(): Promise<boolean> {
    try {
      this.isNew = await this.news.read();
      return true;
    } catch (error) {
      this.deps.telemetry.count('FeedsUnread', 1);
      this.deps.telemetry.error('a feed could not be read; only what ends changes', { error });
      return false;
    }
  }

  private async loadMemory(): Promise<Record<GuardList, readonly BlockMemory[]>> {
    const [block, count] = await Promise.all(
      GUARD_LISTS.map((list) => this.deps.blocks.loadMemory(list)),
    );
    return { block: block!, count: count! };
  }

  /** Before the truth forgets a block its strike must be remembered. */
  private async saveMemory(decision: Decision): Promise<void> {
    const memory = { ...this.memory!, ...decision.memory };
    this.memory = memory;
    if (decision.whyRemoved.size === 0) return;
    for (const list of GUARD_LISTS) {
      const own = decision.memory[list];
      if (own !== undefined) await this.deps.blocks.saveMemory(list, own);
    }
  }

  /** F3 */
  private async rollBack(): Promise<void> {
    const { deps, news, watch } = this;
    const { settings, now } = deps;
    if (modeAt(settings, news.manual?.mode, now()) === 'count') return;
    const { rollbackFallPercent } = settings.guard;
    const presence = news.suspects.presence(now());
    for (const push of watch.fallen(presence, rollbackFallPercent)) {
      const { id, added } = push;
      deps.telemetry.count('RollBacks', 1);
      deps.telemetry.error('verified viewers are refused after a push; it is taken back', {
        id,
        n: added.length,
      });
      const nowMs = deps.now();
      const untilMs = nowMs + HELD_BACK_MS;
      await deps.manual.writeAudit(rollbackEntry({ id, added, atMs: nowMs, untilMs }));
      await deps.manual.holdBack(id, added, untilMs);
      watch.forget(push);
      await this.readFeeds();
      this.isNew = true;
    }
  }

  private async carryOut(decision: Decision, hasTime: () => boolean): Promise<PassEnd> {
    const { writer, deps } = this;
    const planHash = hashPlan([...decision.wanted.values()].flatMap((own) => [...own.keys()]));
    let end: PassEnd = 'done';
    for (const { key, truth: planned } of this.dirtyOf(decision)) {
      if (!needsCall(planned)) {
        await writer.note(key, planned);
        continue;
      }
      if (!hasTime()) return 'over';
      if (!writer.isFresh(key, BEFORE_CALL_MS)) {
        const look = await writer.look(key);
        if (look === 'changed') return 'again';
        if (look === 'later') {
          end = 'later';
          continue;
        }
      }
      // Looking may have told that a call of before had failed for good.
      const truth = intend(writer.set(key).truth, decision.wanted.get(key)!);
      if (!needsCall(truth)) continue;
      const added = addedOf(truth);
      const presence = this.news.suspects.presence(deps.now());
      const push = await writer.push(key, truth, { planHash, why: decision.whyRemoved });
      if (push === 'again') return 'again';
      if (push === 'later') end = 'later';
      if (push !== 'done') continue;
      this.pushed += 1;
      this.noteAdded(key, added, presence);
      deps.telemetry.count('SetPushes', 1);
    }
    return end;
  }

  private noteAdded(key: string, added: readonly Block[], presence: Presence): void {
    const { now, telemetry } = this.deps;
    const nowMs = now();
    telemetry.count('BlocksAdded', added.length);
    let oldest = Infinity;
    for (const { cidr } of added) {
      const arrivedAtMs = this.news.suspects.arrivalOf(cidr);
      if (arrivedAtMs !== undefined) oldest = Math.min(oldest, arrivedAtMs);
    }
    if (oldest < Infinity) telemetry.value('LineToBlockMs', nowMs - oldest, 'Milliseconds');
    const cidrs = added.filter(({ rule }) => rule !== 'manual').map(({ cidr }) => cidr);
    const { list, truth } = this.writer.set(key);
    if (list !== 'block') return;
    const id = `${key}.${truth.version}.${this.deps.writer}`;
    this.watch.note({ id, atMs: nowMs, presence, added: cidrs });
  }

  /** Sets that should change: additions before removals, the worst first. */
  private dirtyOf({ wanted }: Decision): Dirty[] {
    const dirty: Dirty[] = [];
    for (const set of this.writer.sets) {
      const key = setKeyOf(set);
      if (!isOpen(set)) continue;
      const truth = intend(set.truth, wanted.get(key)!);
      if (truth === set.truth && !needsCall(truth)) continue;
      const added = addedOf(truth).sort(byWeight);
      const weight = added.reduce((sum, { attackHits }) => sum + attackHits, 0);
      dirty.push({ key, truth, worst: added[0], weight });
    }
    const rank = ({ worst }: Dirty) => (worst === undefined ? 2 : worst.rule === 'manual' ? 0 : 1);
    return dirty.sort(
      (a, b) => rank(a) - rank(b) || b.weight - a.weight || (a.key < b.key ? -1 : 1),
    );
  }

  /** E: all sets are read each minute, a few at a time: news come first. True if that is not all. */
  async lookAround(hasTime: () => boolean): Promise<boolean> {
    let reads = 0;
    for (const set of this.writer.sets) {
      const key = setKeyOf(set);
      if (!this.writer.isToBeSeen(key) || !hasTime()) continue;
      if (reads === READS_AT_ONCE) return true;
      if (reads > 0) await this.deps.pause(READ_MS);
      reads += 1;
      // One that cannot be read keeps nobody from looking at the others.
      if ((await this.writer.look(key)) === 'changed') return true;
    }
    return false;
  }
}

function isOpen({ isShut = false }: KnownSet): boolean {
  return !isShut;
}

function addedOf({ records }: SetTruth): Block[] {
  const added: Block[] = [];
  for (const { state, block } of records.values()) {
    if (state === 'adding' && block !== undefined) added.push(block);
  }
  return added;
}
