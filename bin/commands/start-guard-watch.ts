import { REAL_PATIENCE } from '../../lambdas/adapters/backoff';
import { type BlocksStore, makeBlocksStore } from '../../lambdas/adapters/blocks-store';
import { ExcessMemory } from '../../lambdas/core/guard/excess';
import type { Prefix } from '../../lambdas/core/guard/prefix';
import type { GuardMode, Settings } from '../../lambdas/core/settings';
import type { Judge } from '../../local/attacks/attack';
import type { MixedEvent, MixedLine } from '../../local/attacks/mix-event';
import type { FunctionMetrics } from '../../local/metrics-line';
import type { Rig } from '../../local/rig';
import type { WafUpdate } from '../../local/waf-sets';
import { BlockLatency, type BlockLatencyReport } from './start-block-latency';
import { CidrCover, prefixOf } from './start-cidr-cover';
import { AttackFall } from './start-fall';
import type { AttackMoment, GuardReport, Held } from './start-guard-report';
import { TollBook, isOfAttack, isOffenderBlocked } from './start-toll';

export interface GuardWatchProps {
  readonly event: MixedEvent;
  readonly settings: Settings;
  readonly mode: GuardMode;
  readonly propagationMs: number;
  /** for people */
  readonly shapes: readonly string[];
  readonly hasBots: boolean;
  /** that the screen will be looked at */
  readonly secondsMax: number;
  /** by the clock on the wall, ms */
  readonly now: () => number;
}

/** So long the guard may go on with what it has been told, when all is over. */
const SETTLE_MS_MAX = 10_000;
const SETTLE_LOOK_MS = 500;
/** What ranking latencies for the screen may take: with 50,000 suspects it is work beside what is measured. */
const SHOWN_SHARE_MAX = 0.02;

/** Looks at the guard from outside: what attackers got, what lanes told, and what WAF took. */
export class GuardWatch {
  readonly propagationMs: number;
  private rig: Rig | undefined;
  private store: BlocksStore | undefined;
  private readonly toll: TollBook;
  private readonly fall = new AttackFall();
  private readonly latency = new BlockLatency();
  private shown: { readonly latency: BlockLatencyReport; readonly untilMs: number } | undefined;
  /** what each list held at any time */
  private readonly ever = { block: new CidrCover(), count: new CidrCover() };
  private readonly suspects = new Set<string>();
  /** told at time 0, so that none is too old for a report of all of it */
  private readonly excess = new ExcessMemory(Infinity);
  /** sort keys of batches that were read, by lane */
  private readonly read: string[] = [];
  /** sources of the attack that no list has held */
  private readonly free = new Map<string, Prefix>();
  private overflow = 0;
  private overflowMax = 0;
  private askedAtMs = -Infinity;
  private before = { served: 0, refused: 0, atMs: -Infinity };
  private readonly served: number[] = [];
  private readonly refused: number[] = [];

  constructor(private readonly props: GuardWatchProps) {
    this.propagationMs = props.propagationMs;
    this.toll = new TollBook(props.settings);
  }

  open(rig: Rig): void {
    this.rig = rig;
    const { dynamo, names } = rig;
    this.store = makeBlocksStore({ dynamo, table: names.blocksTable, patience: REAL_PATIENCE });
  }

  /** The edge of the rig, asked when a line is due: by the clock on the wall, as its sets are. */
  judge(): Judge {
    return this.toll.watch((source) => {
      this.askedAtMs = Math.max(this.askedAtMs, this.props.now());
      const [address = source] = source.split('/');
      return this.rig!.edge.answers(address, this.askedAtMs);
    });
  }

  takeLine(line: MixedLine): void {
    const { served } = this.toll;
    this.toll.take(line);
    if (!line.isAttack) return;
    this.fall.note(this.props.now(), this.toll.served > served);
    if (this.free.has(line.source)) return;
    const prefix = this.toll.attackers.get(line.source)!;
    if (this.list.since(prefix) === undefined) this.free.set(line.source, prefix);
  }

  notePut(lines: readonly { readonly attackAtMs?: number }[]): void {
    const newest = lines.findLast(({ attackAtMs }) => attackAtMs !== undefined)?.attackAtMs;
    if (newest !== undefined) this.latency.notePut(newest, this.props.now());
  }

  noteUpdate({ set, added, atMs }: WafUpdate): void {
    // Nobody writes to a set before the road is open, but who restarts it.
    const list = this.rig?.sets.find(({ name }) => name === set)?.list ?? 'count';
    for (const cidr of added) this.ever[list].add(cidr, atMs);
    if (this.ever[list] !== this.list) return;
    this.latency.noteAccepted(set, added, atMs);
    for (const [source, prefix] of this.free) {
      if (this.list.since(prefix) === undefined) continue;
      this.free.delete(source);
      this.fall.noteBlock(atMs + this.propagationMs);
    }
  }

  noteMetrics({ values }: Pick<FunctionMetrics, 'values'>): void {
    const overflow = values.get('BlocksOverflow')?.at(-1);
    if (overflow === undefined) return;
    this.overflow = overflow;
    this.overflowMax = Math.max(this.overflowMax, overflow);
  }

  async look(): Promise<AttackMoment> {
    await this.readSuspects();
    const { shapes, hasBots, mode, secondsMax, now } = this.props;
    const atMs = now();
    const { served, refused, attackers } = this.toll;
    const seconds = Math.max(0.2, (atMs - this.before.atMs) / 1_000);
    this.served.push((served - this.before.served) / seconds);
    this.refused.push((refused - this.before.refused) / seconds);
    this.before = { served, refused, atMs };
    return {
      ...{ shapes, hasBots, mode, secondsMax },
      ...{ served: this.served, refused: this.refused, toll: { served, refused } },
      suspects: this.suspects.size,
      sources: attackers.size,
      sourcesHeld: attackers.size - this.free.size,
      held: this.held(),
      updateCalls: this.updateCalls(),
      latency: this.latencyToShow(),
      viewersRefused: this.toll.viewersRefused,
      overflow: this.overflow,
    };
  }

  /** Comes back when all of the attack that was told is held by a list, or soon. */
  async settle(pause: (ms: number) => Promise<unknown>): Promise<void> {
    const { mode, now } = this.props;
    if (mode !== 'block' && mode !== 'count') return;
    const isOffender = this.isOffender([]);
    for (const endMs = now() + SETTLE_MS_MAX; now() < endMs;) {
      await this.readSuspects();
      const waiting = [...this.suspects].some(
        (cidr) => isOffender(cidr) && this.list.since(prefixOf(cidr)) === undefined,
      );
      if (!waiting) return;
      await pause(SETTLE_LOOK_MS);
    }
  }

  async report(attackersCounted: GuardReport['attackersCounted']): Promise<GuardReport> {
    // From the beginning: a batch may have been written after one that is newer.
    this.read.length = 0;
    await this.readSuspects();
    const { event, mode } = this.props;
    const { served, refused, viewersRefused } = this.toll;
    const all = event.truth().attacks.flatMap(({ offenders }) => offenders);
    const offenders = all.filter(({ requests }) => requests > 0);
    const networks = offenders.filter(({ kind }) => kind === 'network');
    const isOffender = this.isOffender(networks.map(({ source }) => prefixOf(source)));
    const attack = [...this.suspects].filter(isOffender).length;
    const suspected = new CidrCover();
    for (const cidr of this.suspects) suspected.add(cidr, 0);
    const { all: people, ...behind } = this.peopleBehind(suspected);
    return {
      mode,
      attackRequests: { served, refused },
      fall: this.fall.report() ?? null,
      offenders: offenders.length,
      offendersBlocked: offenders.filter((one) => isOffenderBlocked(one, this.ever.block)).length,
      viewersBlocked: behind.blocked,
      viewersRefused,
      suspects: { attack, others: this.suspects.size - attack, viewers: behind.suspected },
      excess: this.excess.report(0),
      blocks: this.held(),
      updateCalls: this.updateCalls(),
      overflow: this.overflowMax,
      latency: { ...this.latency.report(isOffender), sets: this.latency.sets(isOffender) },
      collateral: people === 0 ? 0 : (100 * behind.blocked) / people,
      attackersCounted,
    };
  }

  private get list(): CidrCover {
    return this.ever[this.props.mode === 'count' ? 'count' : 'block'];
  }

  private isOffender(networks: readonly Prefix[]): (cidr: string) => boolean {
    const known = new Map<string, boolean>();
    return (cidr) => {
      const is = known.get(cidr) ?? isOfAttack(cidr, this.toll.attackers, networks);
      known.set(cidr, is);
      return is;
    };
  }

  private latencyToShow(): BlockLatencyReport {
    const { now } = this.props;
    const beganMs = now();
    if (this.shown !== undefined && beganMs < this.shown.untilMs) return this.shown.latency;
    const latency = this.latency.report(this.isOffender([]));
    const tookMs = now() - beganMs;
    this.shown = { latency, untilMs: beganMs + tookMs / SHOWN_SHARE_MAX };
    return latency;
  }

  private held(): Held {
    const held = { block: 0, count: 0 };
    const listOf = new Map(this.rig!.sets.map(({ id, list }) => [id, list]));
    for (const { id, addresses } of this.rig!.waf.sets()) {
      const list = listOf.get(id);
      if (list !== undefined) held[list] += addresses.length;
    }
    return held;
  }

  private updateCalls(): number {
    return this.rig!.waf.calls().UpdateIPSet;
  }

  private async readSuspects(): Promise<void> {
    const { lanes } = this.props.settings;
    const reads = Array.from({ length: lanes }, async (_, lane) => {
      const batches = await this.store!.readBatches(lane, this.read[lane] ?? '');
      for (const { sk, part } of batches) {
        this.read[lane] = sk;
        for (const suspect of part?.suspects ?? []) {
          const { cidr, sinceAtMs } = suspect;
          this.suspects.add(cidr);
          this.excess.take(suspect, 0);
          this.latency.noteSuspect(cidr, sinceAtMs);
        }
      }
    });
    await Promise.all(reads);
  }

  private peopleBehind(suspected: CidrCover) {
    const sums = { all: 0, blocked: 0, suspected: 0 };
    for (const [source, people] of this.props.event.viewerSources()) {
      const prefix = prefixOf(source);
      sums.all += people;
      if (this.ever.block.since(prefix) !== undefined) sums.blocked += people;
      if (suspected.since(prefix) !== undefined) sums.suspected += people;
    }
    return sums;
  }
}
