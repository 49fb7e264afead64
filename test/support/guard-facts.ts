/** What the guard judges, made by hand: facts of a source, cells of packets. */
import { N, SOURCE_COUNTS, type SourceCell } from '../../lambdas/core/guard/source-cells';
import type { SourceCount } from '../../lambdas/core/guard/source-cells';
import type { SourceFacts } from '../../lambdas/core/guard/source-windows';

export type Counts = Partial<Record<SourceCount, number>>;

export const countsOf = (counts: Counts) => SOURCE_COUNTS.map((name) => counts[name] ?? 0);

export interface FactsOptions {
  readonly window?: Partial<SourceFacts['window']>;
  readonly long?: Counts;
  /** @default 60 */
  readonly longSeconds?: number;
  readonly total?: Partial<SourceFacts['total']>;
  /** @default 1 */
  readonly agents?: number;
  readonly urls?: number;
  readonly pagePaths?: number;
}

/** Facts of a source that did nothing but what is said. */
export function facts(options: FactsOptions): SourceFacts {
  const { window, long, longSeconds = 60, total, agents = 1, urls = 1, pagePaths = 0 } = options;
  const nothing = { hits: 0, refused: 0, pages: 0, unserved: 0, asks: 0, manifests: 0, odd: 0 };
  const none = { hits: 0, manifests: 0, media: 0, pages: 0, failed: 0, missed: 0 };
  return {
    atMs: 1_000_000_000_000,
    firstAtMs: 999_999_990_000,
    window: { ...nothing, slots: 5, ...window },
    long: countsOf(long ?? {}),
    longSeconds,
    agents,
    urls,
    pagePaths,
    total: { ...none, quarterMinutes: 1, agents: 1, seconds: 60, ...total },
  };
}

export interface CellOptions extends Counts {
  /** the last 32 bits of an IPv4 address, or of a /64 with `hi` */
  readonly lo: number;
  readonly hi?: number;
  readonly slot: number;
  readonly lastMs?: number;
  readonly address?: number;
  /** @default 64500 */
  readonly asn?: number;
  /** @default final */
  readonly content?: string;
  readonly agents?: number;
  readonly pagePaths?: number;
  readonly urlsHi?: number;
  readonly urlsLo?: number;
}

/** A cell of an IPv4 address, with one agent and one url, but for what is said. */
export function cell(options: CellOptions): SourceCell {
  const { lo, hi = 0xffff, slot, lastMs = 0, address = lo & 0xffff } = options;
  const { asn = 64_500, content = 'final', ...rest } = options;
  const { agents = 1, pagePaths = 0, urlsHi = 0, urlsLo = 1, ...counts } = rest;
  const bits = { agents, pagePaths, urlsHi, urlsLo };
  const own = { counts: countsOf(counts as Counts), ...bits };
  return { hi, lo, address, asn, content, slot, lastMs, ...own };
}

export const countOf = (counts: readonly number[], name: SourceCount) => counts[N[name]]!;
