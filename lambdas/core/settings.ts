import { type EdgeField, TURNOUT_FIELDS } from './edge/edge-fields';

/**
 * What `turnout.json` becomes: every default filled in, times in milliseconds, hosts in lower case.
 * Inside the program settings are trusted; `lib/config.ts` is the border that checks them.
 */
export interface Settings {
  /** In the order of the file: the first that matches wins. */
  readonly contents: readonly ContentSettings[];
  readonly events: readonly EventSettings[];
  /** IANA name; broadcast days begin at dayStartHour in this zone. */
  readonly timeZone: string;
  readonly dayStartHour: number;
  readonly blockStatus: number;
  readonly sessionIdsMax: number;
  /** Equal shares of all viewers. Fixed per deployment: what is stored belongs to this number. */
  readonly lanes: LaneCount;
  /** In canonical order, as CloudFront delivers them. */
  readonly realtimeFields: readonly EdgeField[];
  readonly thresholds: Thresholds;
  readonly networks: Networks;
}

export interface ContentSettings {
  readonly id: string;
  readonly kind: 'stream' | 'page';
  /** Exact names or `*.` and a name; empty: any host, also none. */
  readonly hosts: readonly string[];
  /** Globs. */
  readonly paths: readonly string[];
  readonly segmentMs: number;
  /** Parts of segments (LL-HLS); undefined if there are none. */
  readonly parts: { readonly paths: readonly string[]; readonly partMs: number } | undefined;
  /** Globs of paths that people call before they watch; empty: none known. */
  readonly entry: readonly string[];
}

export interface EventSettings {
  readonly id: string;
  readonly content: string;
  readonly startAtMs: number;
  readonly endAtMs: number;
}

export interface Thresholds {
  readonly viewersPerAddressMax: number;
  readonly waitingPerAddressMax: number;
  readonly pagesPerDayMax: number;
  readonly interruptionViewersMin: number;
  readonly interruptionFallPercent: number;
}

export interface Networks {
  /** CIDRs that are data centres beside those of the built-in list. */
  readonly datacentre: readonly string[];
  /** CIDRs that are people even if the built-in list says data centre. */
  readonly people: readonly string[];
}

/** Numbers that can be set: default, document and check are all made from this table. */
export const LIMITS = {
  segmentSeconds: { fallback: 6, min: 0.5, max: 30 },
  /** Parts have no default: who names them knows their length. */
  partSeconds: { min: 0.1, max: 30 },
  dayStartHour: { fallback: 6, min: 0, max: 23 },
  blockStatus: { fallback: 409, min: 400, max: 599 },
  sessionIdsMax: { fallback: 1_024, min: 1, max: 65_536 },
  viewersPerAddressMax: { fallback: 16_384, min: 1, max: 1_048_576 },
  waitingPerAddressMax: { fallback: 1_024, min: 1, max: 65_536 },
  pagesPerDayMax: { fallback: 800, min: 1, max: 100_000 },
  interruptionViewersMin: { fallback: 20, min: 1, max: 1_000_000 },
  interruptionFallPercent: { fallback: 30, min: 1, max: 99 },
} as const;

/** Powers of two, so that the shards of the second stream, also powers of two, hold whole lanes. */
export const LANE_COUNTS = [16, 64, 256, 512] as const;
export type LaneCount = (typeof LANE_COUNTS)[number];

/** How much a configuration may hold. */
export const COUNTS = {
  contentsMax: 500,
  eventsMax: 500,
  hostsMax: 100,
  globsMax: 100,
  networksMax: 10_000,
  idCharsMax: 128,
  globCharsMax: 1_024,
  eventHoursMax: 24,
} as const;

/** CloudFront and WAF answer 403 for many reasons; a block must be told from all of them. */
export const BLOCK_STATUS_TAKEN = 403;

/** Segment length of streams that no rule configures. */
export const SEGMENT_MS_DEFAULT = LIMITS.segmentSeconds.fallback * 1_000;

/** What holds without any turnout.json. */
export const DEFAULT_SETTINGS: Settings = {
  contents: [],
  events: [],
  timeZone: 'UTC',
  dayStartHour: LIMITS.dayStartHour.fallback,
  blockStatus: LIMITS.blockStatus.fallback,
  sessionIdsMax: LIMITS.sessionIdsMax.fallback,
  lanes: LANE_COUNTS[0],
  realtimeFields: TURNOUT_FIELDS,
  thresholds: {
    viewersPerAddressMax: LIMITS.viewersPerAddressMax.fallback,
    waitingPerAddressMax: LIMITS.waitingPerAddressMax.fallback,
    pagesPerDayMax: LIMITS.pagesPerDayMax.fallback,
    interruptionViewersMin: LIMITS.interruptionViewersMin.fallback,
    interruptionFallPercent: LIMITS.interruptionFallPercent.fallback,
  },
  networks: { datacentre: [], people: [] },
};
