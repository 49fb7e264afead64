import type { Lease, LeaseStore } from '../adapters/blocks-lease';
import type { BlocksStore } from '../adapters/blocks-store';
import type { ManualStore } from '../adapters/manual-store';
import { forEachParallel } from '../adapters/parallel';
import {
  type SetContent,
  type SetRef,
  type UpdateOutcome,
  type WafSets,
  faultOf,
} from '../adapters/waf-sets';
import { type GuardSet, type KnownSet, setKeyOf } from '../core/guard/guard-set';
import { type Observation, type Seen, observe } from '../core/guard/observe';
import { GUARD_AUTHOR } from '../core/guard/plan';
import { announceCall, refuseCall, settleCall } from '../core/guard/push';
import { SET_SIZE_MAX, type SetTruth, isInSet, wantedCidrs } from '../core/guard/set-truth';
import { type DeployDeps, isInDeploy } from './deploy';
import { PACE_MS, type Pace, CALL_MS_MAX, RESERVED_MS_MAX } from './pace';
import { pushEntry, seenEntry } from './set-entries';

export type ListedSet = GuardSet & SetRef;

export interface SetWriterDeps extends DeployDeps {
  readonly sets: readonly ListedSet[];
  readonly blocks: BlocksStore;
  readonly manual: ManualStore;
  readonly leases: LeaseStore;
  readonly waf: WafSets;
  readonly pace: Pace;
  /** ms by a clock that does not step */
  readonly uptime: () => number;
  /** differs between all that write at once */
  readonly writer: string;
}

/** Another enforcer has written: what is known must be read again, if the lease is still ours. */
export class Overtaken extends Error {}

/** `changed`: a plan made before it may be wrong. `later`: nothing is known. */
export type Look = 'same' | 'changed' | 'later';
export type Push = 'done' | 'again' | 'later';

/** E: "WAF is read and compared with the truth each minute". */
const LOOK_MS = 60_000;
/** A set that could not be read is tried again so often, one that is shut each minute. */
const RETRY_MS = 10_000;
const FOREIGN_ALLOW_MS = 3_600_000;
const RESERVE_ATTEMPTS_MAX = 3;
const ALLOWS_AT_ONCE = 16;

/** The sets as one holder of the lease knows them, and the only way in which they change. */
export class SetWriter {
  private readonly known = new Map<string, KnownSet & SetRef>();
  private readonly looked = new Map<string, { content: SetContent; atMs: number }>();
  /** sets that failed: when they are tried again */
  private readonly restsUntil = new Map<string, number>();

  constructor(
    private readonly deps: SetWriterDeps,
    private lease: Lease,
  ) {}

  get sets(): readonly (KnownSet & SetRef)[] {
    return [...this.known.values()];
  }

  set(key: string): KnownSet & SetRef {
    return this.known.get(key)!;
  }

  /** Reads the truth of all sets. */
  async load(): Promise<void> {
    this.looked.clear();
    this.restsUntil.clear();
    const { sets, blocks } = this.deps;
    const truths = await Promise.all(sets.map((set) => blocks.loadSet(setKeyOf(set))));
    sets.forEach((set, n) => {
      this.known.set(setKeyOf(set), { ...set, truth: truths[n]!, sizeMax: SET_SIZE_MAX });
    });
  }

  /** Throws Overtaken if somebody else has the lease. */
  async renew(callAtMs?: number): Promise<void> {
    const lease = await this.deps.leases.renew(this.lease, callAtMs);
    if (lease === undefined) throw new Overtaken('somebody else has the lease');
    this.lease = lease;
  }

  release(): Promise<void> {
    return this.deps.leases.release(this.lease);
  }

  /** Whether the set was looked at within so long. */
  isFresh(key: string, ageMsMax = LOOK_MS): boolean {
    const looked = this.looked.get(key);
    return looked !== undefined && this.deps.uptime() - looked.atMs < ageMsMax;
  }

  /** E: each minute; what failed is not tried at once. */
  isToBeSeen(key: string): boolean {
    if ((this.restsUntil.get(key) ?? -Infinity) > this.deps.uptime()) return false;
    return this.set(key).isShut === true || !this.isFresh(key);
  }

  /** Compares a set with its truth, and writes down what is new. */
  async look(key: string): Promise<Look> {
    const { waf, telemetry, uptime } = this.deps;
    const set = this.set(key);
    let content: SetContent;
    try {
      content = await waf.read(set);
    } catch (error) {
      telemetry.count('SetErrors', 1);
      if (faultOf(error) !== 'later') return this.shut(key, error) ? 'changed' : 'later';
      telemetry.warn('set could not be read', { set: key, error });
      this.restsUntil.set(key, uptime() + RETRY_MS);
      return 'later';
    }
    this.restsUntil.delete(key);
    const seen = { token: content.token, cidrs: new Set(content.entries.keys()) };
    const observation = await this.judge(set.truth, seen);
    if (observation.isStale) return 'later';
    if (observation.truth !== set.truth) await this.record(key, observation);
    this.looked.set(key, { content, atMs: uptime() });
    const isOpened = this.open(key);
    return hasChanges(observation) || isOpened ? 'changed' : 'same';
  }

  /** E: CloudFormation is asked only about entries that would become allows. */
  private async judge(truth: SetTruth, seen: Seen): Promise<Observation> {
    const observation = observe(truth, seen);
    if (observation.lost.length === 0 || !(await isInDeploy(this.deps))) return observation;
    return observe(truth, seen, true);
  }

  /** What is new goes to other sets; what it holds stays, if it is there at all. False if that was known. */
  private shut(key: string, error: unknown): boolean {
    const { telemetry, uptime } = this.deps;
    const set = this.set(key);
    const isThere = faultOf(error) !== 'missing';
    const sizeMax = isThere ? [...set.truth.records.values()].filter(isInSet).length : 0;
    const text = isThere ? 'WAF refuses a set' : 'there is no such set';
    telemetry.error(`${text}; new blocks go to others`, { set: key, sizeMax, error });
    this.restsUntil.set(key, uptime() + LOOK_MS);
    this.looked.delete(key);
    if (set.isShut === true && set.sizeMax === sizeMax) return false;
    this.known.set(key, { ...set, sizeMax, isShut: true });
    return true;
  }

  /** It answers again. True if it had not. */
  private open(key: string): boolean {
    const set = this.set(key);
    if (set.isShut !== true) return false;
    this.known.set(key, { ...set, sizeMax: SET_SIZE_MAX, isShut: false });
    return true;
  }

  /** Allows first, the audit then, the truth last: who dies between leaves it to be seen once more. */
  private async record(key: string, observation: Observation): Promise<void> {
    const { manual, telemetry, now, writer } = this.deps;
    const { lost, restored } = observation;
    const before = this.set(key).truth;
    const version = before.version + 1;
    const id = `${key}.${version}.${writer}`;
    if (lost.length > 0) {
      telemetry.count('ForeignRemovals', lost.length);
      telemetry.error('entries of ours were removed by others', { set: key, n: lost.length });
      const untilMs = now() + FOREIGN_ALLOW_MS;
      const said = { author: GUARD_AUTHOR, reason: 'somebody removed it from the set' };
      await forEachParallel(lost, ALLOWS_AT_ONCE, ({ cidr }) =>
        manual.spare({ cidr, untilMs, ...said }),
      );
    }
    if (restored.length > 0) {
      telemetry.count('EntriesRestored', restored.length);
      telemetry.error('a set lost entries of ours by a deploy or a mistake; they are put back', {
        set: key,
        n: restored.length,
      });
    }
    await manual.writeAudit(seenEntry(observation, { id, set: key, before, version, atMs: now() }));
    await this.save(key, { ...observation.truth, version, auditId: id });
  }

  /** Writes the truth of a set without a call. */
  note(key: string, truth: SetTruth): Promise<void> {
    return this.save(key, { ...truth, version: truth.version + 1 });
  }

  private async save(key: string, truth: SetTruth): Promise<void> {
    const isMine = await this.deps.blocks.saveSet(key, truth);
    if (!isMine) throw new Overtaken(`set ${key} was written by somebody else`);
    this.know(key, truth);
  }

  private know(key: string, truth: SetTruth): void {
    this.known.set(key, { ...this.set(key), truth });
  }

  /** One update call: what is ours is written down before, the outcome after. */
  async push(
    key: string,
    intended: SetTruth,
    facts: { readonly planHash: string; readonly why: ReadonlyMap<string, string> },
  ): Promise<Push> {
    const { pace, waf, now } = this.deps;
    const { content } = this.looked.get(key)!;
    if (content.token !== intended.seenToken) {
      this.looked.delete(key);
      return 'again';
    }
    const announced = announceCall(intended);
    await this.save(key, { ...announced, version: intended.version + 1 });
    const cidrs = wantedCidrs(announced);
    const addresses = cidrs.map((cidr) => content.entries.get(cidr) ?? cidr);
    await pace.wait();
    await this.reserve();
    const atMs = now();
    const outcome = await waf.update(this.set(key), content.token, addresses);
    pace.rest(outcome.kind === 'unknown' ? CALL_MS_MAX + PACE_MS : PACE_MS);
    if (outcome.kind !== 'done') return this.fail(key, outcome, intended);
    const before = this.set(key).truth;
    const version = before.version + 1;
    const id = `${key}.${version}.${this.deps.writer}`;
    const settled = { ...settleCall(before, outcome.token), version, auditId: id };
    await this.deps.manual.writeAudit(
      pushEntry(before, settled, { ...facts, id, set: key, before, version, atMs }),
    );
    await this.save(key, settled);
    const entries = new Map(cidrs.map((cidr, n) => [cidr, addresses[n]!]));
    // A set that is pushed is still to be read each minute.
    const { atMs: lookedAtMs } = this.looked.get(key)!;
    this.looked.set(key, { content: { token: outcome.token, entries }, atMs: lookedAtMs });
    return 'done';
  }

  /** The lease is renewed, with the time of the call, just before it: who overtook us is not disturbed. */
  private async reserve(): Promise<void> {
    const { uptime, now } = this.deps;
    for (let attempt = 1; attempt <= RESERVE_ATTEMPTS_MAX; attempt += 1) {
      const beganMs = uptime();
      await this.renew(now());
      if (uptime() - beganMs < RESERVED_MS_MAX) return;
    }
    throw new Overtaken('the lease was too old for a call each time it was renewed');
  }

  private fail(
    key: string,
    outcome: Exclude<UpdateOutcome, { kind: 'done' }>,
    intended: SetTruth,
  ): Push {
    const { telemetry } = this.deps;
    const { kind } = outcome;
    const set = this.set(key);
    if (kind !== 'unknown') this.know(key, refuseCall(set.truth, intended));
    if (kind === 'conflict') {
      telemetry.count('SetConflicts', 1);
      this.looked.delete(key);
      return 'again';
    }
    const { error } = outcome;
    if (kind === 'later') {
      telemetry.count('SetsThrottled', 1);
      return 'later';
    }
    telemetry.count('SetErrors', 1);
    if (kind === 'full') {
      const sizeMax = this.looked.get(key)!.content.entries.size;
      this.known.set(key, { ...this.set(key), sizeMax });
      telemetry.error('a set takes no more entries', { set: key, sizeMax, error });
      return 'again';
    }
    if (kind === 'refused') {
      this.shut(key, error);
      return 'again';
    }
    telemetry.warn('nobody knows whether an update was taken', { set: key, error });
    this.looked.delete(key);
    return 'again';
  }
}

/** Whether a plan made before it may be wrong now. */
function hasChanges(observation: Observation): boolean {
  const { arrived, left, lost, restored, foreignAdded, foreignRemoved } = observation;
  const lists = [arrived, left, lost, restored, foreignAdded, foreignRemoved];
  return lists.some((list) => list.length > 0);
}
