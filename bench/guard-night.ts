/**
 * One made-up event through the guard of the core, in event time: whom it suspects, what it blocks, whom
 * that hits. The generator asks at each request whether a block is in force at the edge, so what is
 * blocked turns into refusals in the same log.
 */
import { detectFormat } from '../lambdas/core/edge/format';
import type { GuardReplay, ReplayedBlock } from '../lambdas/core/guard/guard-replay';
import { Recount } from '../lambdas/core/recount';
import { parseConfig } from '../lib/config';

/** What mixEvent of local/attacks makes, as far as it is asked for here. */
export interface NightEvent {
  readonly config: Readonly<Record<string, unknown>>;
  lines(answer?: (source: string, atMs: number) => 'served' | 'refused'): Iterable<NightLine>;
  viewerSources(): ReadonlyMap<string, number>;
}

interface NightLine {
  readonly atMs: number;
  readonly line: string;
  readonly source: string;
  readonly isAttack: boolean;
  readonly isViewer: boolean;
}

export interface NightOptions {
  readonly event: NightEvent;
  /** from the decision to the edge, ms: the road, the call and its propagation. @default 10,000 */
  readonly delayMs?: number;
}

export interface Toll {
  readonly served: number;
  readonly refused: number;
}

export interface NightResult {
  readonly lines: number;
  readonly blocks: readonly ReplayedBlock[];
  /** blocks that cover an attacker */
  readonly attackBlocks: readonly ReplayedBlock[];
  readonly attackers: number;
  readonly attackersBlocked: number;
  /** people behind sources that a block covered at some time, and the sources */
  readonly viewersBlocked: number;
  readonly viewerSourcesBlocked: readonly string[];
  /** sources of people that were suspected, blocked or not */
  readonly viewerSuspects: readonly string[];
  readonly viewerRequestsRefused: number;
  /** attack requests from `from` to `to`, event time, ms */
  toll(from: number, to: number): Toll;
  /** when the first block of an attacker was in force at the edge */
  readonly firstBlockAtMs: number | undefined;
  readonly attackFirstAtMs: number | undefined;
}

const FEED_MS = 250;
const DELAY_MS = 10_000;

export function playNight({ event, delayMs = DELAY_MS }: NightOptions): NightResult {
  const reader = new NightReader(event.config);
  const { guard } = reader;
  const book = new NightBook();
  const isRefused = (source: string, atMs: number) => guard.isBlocked(source, atMs - delayMs);
  const lines = event.lines((source, atMs) => (isRefused(source, atMs) ? 'refused' : 'served'));
  for (const one of lines) {
    reader.take(one.line, one.atMs);
    book.note(one, isRefused(one.source, one.atMs));
  }
  reader.end();
  const blocks = guard.finish();
  const people = event.viewerSources();
  const hit = [...people.keys()].filter((source) => guard.wasBlocked(source));
  const attackBlocks = blocks.filter(({ cidr }) => book.isAttacked(cidr));
  const first = attackBlocks[0]?.atMs;
  return {
    lines: book.lines,
    blocks,
    attackBlocks,
    attackers: book.attackers.size,
    attackersBlocked: [...book.attackers].filter((source) => guard.wasBlocked(source)).length,
    viewersBlocked: hit.reduce((sum, source) => sum + people.get(source)!, 0),
    viewerSourcesBlocked: hit,
    viewerSuspects: [...guard.suspects.keys()].filter((cidr) => people.has(sourceName(cidr))),
    viewerRequestsRefused: book.viewerRequestsRefused,
    toll: (from, to) => book.toll(from, to),
    firstBlockAtMs: first === undefined ? undefined : first + delayMs,
    attackFirstAtMs: book.firstAttackAtMs,
  };
}

/** As the generator names a source: an IPv4 address, or a /64. */
export function sourceName(cidr: string): string {
  return cidr.replace(/\/32$/, '');
}

/** Feeds lines to a recount with the guard, a quarter of a second at a time. */
class NightReader {
  readonly guard: GuardReplay;
  private readonly recount: Recount;
  private pending: string[] = [];
  private fedAtMs = 0;
  private hasBegun = false;

  constructor(config: Readonly<Record<string, unknown>>) {
    this.recount = new Recount({ settings: parseConfig(config), key: KEY, guard: true });
    this.guard = this.recount.guard!;
  }

  take(line: string, atMs: number): void {
    this.pending.push(line);
    if (atMs - this.fedAtMs < FEED_MS) return;
    this.fedAtMs = atMs;
    this.feed();
  }

  end(): void {
    this.feed();
    this.recount.end();
  }

  private feed(): void {
    const chunk = Buffer.from(this.pending.join(''));
    this.pending = [];
    if (chunk.length === 0) return;
    if (!this.hasBegun) {
      this.recount.begin(detectFormat(chunk, this.recount.settings.realtimeFields)!);
      this.hasBegun = true;
    }
    this.recount.feed(chunk);
  }
}

const KEY = new Uint8Array(16);

/** What the generator knows. */
class NightBook {
  lines = 0;
  viewerRequestsRefused = 0;
  firstAttackAtMs: number | undefined;
  readonly attackers = new Set<string>();
  private readonly seconds = new Map<number, { served: number; refused: number }>();

  note({ source, atMs, isAttack, isViewer }: NightLine, isRefused: boolean): void {
    this.lines += 1;
    if (!isAttack) {
      if (isViewer && isRefused) this.viewerRequestsRefused += 1;
      return;
    }
    this.attackers.add(source);
    this.firstAttackAtMs ??= atMs;
    const second = Math.floor(atMs / 1_000);
    let toll = this.seconds.get(second);
    if (toll === undefined) this.seconds.set(second, (toll = { served: 0, refused: 0 }));
    if (isRefused) toll.refused += 1;
    else toll.served += 1;
  }

  toll(from: number, to: number): Toll {
    const sum = { served: 0, refused: 0 };
    for (const [second, { served, refused }] of this.seconds) {
      if (second * 1_000 < from || second * 1_000 >= to) continue;
      sum.served += served;
      sum.refused += refused;
    }
    return sum;
  }

  /** Networks have no name among the attackers, and nobody but attackers is blocked by network. */
  isAttacked(cidr: string): boolean {
    const isNetwork = !cidr.endsWith('/32') && !cidr.endsWith('/64');
    return isNetwork || this.attackers.has(sourceName(cidr));
  }
}
