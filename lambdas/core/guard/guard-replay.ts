import type { Audience } from '../audience/audience';
import type { Days } from '../audience/day';
import type { Hit } from '../edge/hit';
import type { Signs } from '../edge/signs';
import type { Settings } from '../settings';
import type { ExemptTable } from './exempt';
import { LaneGuard, type ViewerLookup } from './lane-guard';
import { type Block, type BlockMemory, planBlocks } from './plan';
import { contains, type Prefix, parsePrefix, prefixText } from './prefix';
import { rhythmOf, shortestMs } from './rules';
import { N, SLOT_MS, SourceCells, type SourceCell } from './source-cells';
import type { Evidence, Neighbour, Suspect, SuspectRule } from './suspect';
import { WINDOW_SLOTS } from './source-windows';
import { ViewersByAddress, makeViewerLookup } from './viewers-by-address';

/** A block that the guard would have made of a log. */
export interface ReplayedBlock {
  readonly cidr: string;
  readonly atMs: number;
  readonly untilMs: number;
  readonly rule: SuspectRule;
  readonly strikes: number;
  readonly evidence: Evidence | undefined;
  /** requests of the log that it would have refused */
  readonly attackHits: number;
  /** conforming viewers of the sources in it, before it and while it lasted: of each the most at a time */
  readonly verifiedViewers: number;
}

export interface GuardReplayProps {
  readonly settings: Settings;
  readonly audience: Audience;
  readonly days: Days;
  readonly exempt: ExemptTable;
  /** @default 262,144 */
  readonly sourcesMax?: number;
}

const SOURCES_MAX = 262_144;
/** So many late hits are no stragglers. */
const LATE_IN_STEP_MAX = 1_024;

interface Live {
  readonly block: Block;
  readonly prefix: Prefix;
  hits: number;
  /** by keyed hash of the source: the most at a time */
  readonly viewers: Map<number, number>;
}

/**
 * The guard over a log, without a WAF: what would have been blocked when, and whom it would have hit. Lines
 * are judged as they come; a log out of the order of time is judged late. What is blocked goes on in the log, so the
 * guard sees it go on: what a block would have stopped is counted, and not fed to it again.
 */
export class GuardReplay {
  /** all suspects, the first time that each was told */
  readonly suspects = new Map<string, Suspect>();
  /** hits that came more than 10 s after later ones: the guard may have judged without them */
  late = 0;
  private guard: LaneGuard;
  private readonly viewers: ViewersByAddress;
  private readonly lookup: ViewerLookup;
  private readonly live = new Map<string, Live>();
  private readonly ended: Live[] = [];
  /** ended since the last plan, which remembers them as strikes */
  private expired: Block[] = [];
  private readonly addressOf: (hit: Hit) => number;
  private wide: Live[] = [];
  private readonly everBlocked = new Set<string>();
  private readonly everWide: Prefix[] = [];
  private readonly cells = new SourceCells(1);
  private slot = 0;
  private version = 0;
  private lateInStep = 0;
  private neighbours: readonly Neighbour[] = [];
  private memory: readonly BlockMemory[] = [];

  constructor(private readonly props: GuardReplayProps) {
    const { settings, audience, days } = props;
    const rhythm = rhythmOf(shortestMs(settings));
    this.guard = this.makeGuard();
    this.viewers = new ViewersByAddress(audience, (day) => days.startOf(day));
    this.lookup = makeViewerLookup(() => this.viewers, days, rhythm);
    this.addressOf = (hit) => audience.addressOf(hit, days.at(hit.tMs).day);
  }

  /** Takes a hit that the audience has folded. */
  take(hit: Hit, signs: Signs): void {
    const slot = Math.floor(hit.tMs / SLOT_MS);
    if (slot > this.slot) {
      this.step();
      this.slot = slot;
    } else if (slot < this.slot - WINDOW_SLOTS) this.takeLate(slot);
    this.cells.add(0, hit, signs, this.addressOf);
  }

  /** Where time goes back for good, as in the next of several files, the guard begins anew. */
  private takeLate(slot: number): void {
    this.late += 1;
    this.lateInStep += 1;
    if (this.lateInStep < LATE_IN_STEP_MAX) return;
    this.step();
    this.guard = this.makeGuard();
    this.slot = slot;
  }

  private makeGuard(): LaneGuard {
    const { settings, sourcesMax = SOURCES_MAX } = this.props;
    return new LaneGuard({ lane: 0, rhythm: rhythmOf(shortestMs(settings)), sourcesMax });
  }

  /** Whether a block held a source (an address, or a /64) at a time. */
  isBlocked(source: string, atMs: number): boolean {
    if (this.live.size === 0) return false;
    const prefix = this.prefixOf(source);
    const own = this.live.get(prefixText(prefix));
    const isIn = ({ block }: Live) => block.sinceMs <= atMs && block.untilMs > atMs;
    if (own !== undefined && isIn(own)) return true;
    return this.wide.some((live) => isIn(live) && contains(live.prefix, prefix));
  }

  /** Whether any block, also one that has ended, covered a source. */
  wasBlocked(source: string): boolean {
    const prefix = this.prefixOf(source);
    if (this.everBlocked.has(prefixText(prefix))) return true;
    return this.everWide.some((wide) => contains(wide, prefix));
  }

  private prefixOf(source: string): Prefix {
    const prefix = parsePrefix(source);
    if (prefix === undefined) throw new Error(`source: expected an address, got ${source}`);
    return prefix;
  }

  /** All blocks, by time. */
  finish(): ReplayedBlock[] {
    this.step();
    return [...this.ended, ...this.live.values()]
      .map(({ block, hits, viewers }) => ({
        cidr: block.cidr,
        atMs: block.sinceMs,
        untilMs: block.untilMs,
        rule: block.rule as SuspectRule,
        strikes: block.strikes,
        evidence: block.evidence,
        attackHits: hits,
        verifiedViewers: Math.max(sumOf(viewers.values()), block.verifiedViewers),
      }))
      .sort((a, b) => a.atMs - b.atMs || (a.cidr < b.cidr ? -1 : 1));
  }

  private step(): void {
    this.lateInStep = 0;
    const { mediaHits } = this.cells;
    const { cells } = this.cells.take(0, Infinity, this.props.audience.contents.list);
    if (cells.length === 0) return;
    this.cells.clear();
    this.viewers.forget();
    const nowMs = (this.slot + 1) * SLOT_MS;
    this.end(nowMs);
    const passed = cells.filter((cell) => !this.stop(cell));
    this.version += 1;
    const step = { version: this.version, newestMs: nowMs, mediaHits };
    const { batch } = this.guard.fold(passed, this.lookup, step);
    if (batch === undefined) return;
    this.neighbours = batch.neighbours ?? this.neighbours;
    for (const suspect of batch.suspects) {
      if (!this.suspects.has(suspect.cidr)) this.suspects.set(suspect.cidr, suspect);
    }
    if (batch.suspects.length > 0) this.plan(batch.suspects, batch.laneViewers, nowMs);
  }

  private plan(suspects: readonly Suspect[], totalViewers: number, nowMs: number): void {
    const { settings, exempt } = this.props;
    const { guard } = settings;
    const plan = planBlocks({
      nowMs,
      settings: guard,
      capacity: { v4: 10_000 * guard.setsV4, v6: 10_000 * guard.setsV6 },
      suspects,
      viewers: this.neighbours,
      totalViewers,
      manual: [],
      allows: [],
      current: [...[...this.live.values()].map(({ block }) => block), ...this.expired],
      memory: this.memory,
      exempt,
      unsettled: [],
    });
    this.memory = plan.memory;
    this.expired = [];
    const wanted = new Set(plan.blocks.map(({ cidr }) => cidr));
    for (const [cidr, live] of this.live) {
      if (wanted.has(cidr)) continue;
      this.ended.push({ ...live, block: { ...live.block, untilMs: nowMs } });
      this.live.delete(cidr);
    }
    for (const block of plan.blocks) {
      if (this.live.has(block.cidr)) continue;
      const prefix = parsePrefix(block.cidr)!;
      this.live.set(block.cidr, { block, prefix, hits: 0, viewers: new Map() });
      this.everBlocked.add(block.cidr);
      if (!isSource(prefix)) this.everWide.push(prefix);
    }
    this.wide = [...this.live.values()].filter(({ prefix }) => !isSource(prefix));
  }

  /** P8_expiry */
  private end(nowMs: number): void {
    for (const [cidr, live] of this.live) {
      if (live.block.untilMs > nowMs) continue;
      this.ended.push(live);
      this.expired.push(live.block);
      this.live.delete(cidr);
    }
    this.wide = this.wide.filter(({ block }) => block.untilMs > nowMs);
  }

  /** Whether a block would have refused the requests of a source. */
  private stop(cell: SourceCell): boolean {
    if (this.live.size === 0) return false;
    const source = sourceOf(cell);
    const live =
      this.live.get(prefixText(source)) ?? this.wide.find(({ prefix }) => contains(prefix, source));
    if (live === undefined) return false;
    live.hits += cell.counts[N.hits]!;
    const { now } = this.lookup.behind(cell.address, cell.slot * SLOT_MS);
    live.viewers.set(cell.address, Math.max(now, live.viewers.get(cell.address) ?? 0));
    return true;
  }
}

function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const n of numbers) sum += n;
  return sum;
}

function sourceOf({ hi, lo }: SourceCell): Prefix {
  const isV4 = hi === 0xffff;
  return { version: isV4 ? 4 : 6, hi, lo, bits: isV4 ? 32 : 64 };
}

function isSource({ version, bits }: Prefix): boolean {
  return bits === (version === 4 ? 32 : 64);
}
