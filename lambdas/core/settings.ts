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
  /** The largest audience; undefined if nobody said. */
  readonly expected: ExpectedSettings | undefined;
  /** In canonical order, as CloudFront delivers them. */
  readonly realtimeFields: readonly EdgeField[];
  readonly thresholds: Thresholds;
  readonly networks: Networks;
  readonly guard: GuardSettings;
  readonly api: ApiSettings;
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

/** What the edge stream is; docs/CONFIGURATION.md, "Sizing". */
export const EDGE_STREAMS = ['on_demand', 'warm', 'provisioned'] as const;
export type EdgeStream = (typeof EDGE_STREAMS)[number];

export interface ExpectedSettings {
  /** At once. */
  readonly viewers: number;
  readonly segmentSeconds: number;
  readonly requestsPerSegment: number;
  readonly edgeStream: EdgeStream;
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

/** What the guard does: docs/GUARD.md, "Modes". */
export const GUARD_MODES = ['block', 'count', 'hold', 'off'] as const;
export type GuardMode = (typeof GUARD_MODES)[number];

/** Whose web ACLs the sets are for. AWS WAF keeps the two apart. */
export const GUARD_SCOPES = ['CLOUDFRONT', 'REGIONAL'] as const;
export type GuardScope = (typeof GUARD_SCOPES)[number];

export interface GuardSettings {
  /** Inside event windows, and always if there are none. */
  readonly mode: GuardMode;
  readonly outsideEvents: GuardMode;
  /** Fixed per deployment: sets and rule group belong to it. */
  readonly scope: GuardScope;
  /** Sets of 10,000 CIDRs, of each of the lists `block` and `count`. */
  readonly setsV4: number;
  readonly setsV6: number;
  /** lambda: attack hits in 10 s that one verified viewer weighs up */
  readonly viewerWeight: number;
  /** F1: of all verified viewers, covered by blocks */
  readonly collateralPercentMax: number;
  /** F2: of a list's capacity, changed by one pass */
  readonly listChangePercentMax: number;
  /** F3: fall of verified presence after a push that takes the push back */
  readonly rollbackFallPercent: number;
  readonly firstMinutes: number;
  readonly longestMinutes: number;
  /** Addresses in Blocks and audit expire after this. */
  readonly keepDays: number;
  /** CIDRs that are never blocked. */
  readonly allow: readonly string[];
  /** Our own: content delivery, monitoring, offices. Never blocked either. */
  readonly own: readonly string[];
  /** Whether private, shared and reserved ranges may be blocked: in a rehearsal they attack. */
  readonly blockPrivate: boolean;
}

/** Who may ask the HTTP API: callers by IAM, or who has a token of this issuer. */
export interface ApiSettings {
  readonly jwt: { readonly issuer: string; readonly audience: readonly string[] } | undefined;
}

/** Numbers that can be set: default, document and check are all made from this table. */
export const LIMITS = {
  segmentSeconds: { fallback: 6, min: 0.5, max: 30 },
  /** Parts have no default: who names them knows their length. */
  partSeconds: { min: 0.1, max: 30 },
  dayStartHour: { fallback: 6, min: 0, max: 23 },
  blockStatus: { fallback: 409 },
  /** No default: who expects viewers knows how many. At most what 512 lanes carry of the longest segments. */
  viewers: { min: 1, max: 40_000_000 },
  requestsPerSegment: { fallback: 2, min: 1, max: 64 },
  sessionIdsMax: { fallback: 1_024, min: 1, max: 65_536 },
  viewersPerAddressMax: { fallback: 16_384, min: 1, max: 1_048_576 },
  waitingPerAddressMax: { fallback: 1_024, min: 1, max: 65_536 },
  pagesPerDayMax: { fallback: 800, min: 1, max: 100_000 },
  interruptionViewersMin: { fallback: 20, min: 1, max: 1_000_000 },
  interruptionFallPercent: { fallback: 30, min: 1, max: 99 },
  setsV4: { fallback: 6, min: 1, max: 20 },
  setsV6: { fallback: 2, min: 1, max: 5 },
  viewerWeight: { fallback: 100, min: 1, max: 100_000 },
  collateralPercentMax: { fallback: 0.1, min: 0, max: 5 },
  listChangePercentMax: { fallback: 25, min: 1, max: 100 },
  rollbackFallPercent: { fallback: 30, min: 5, max: 99 },
  firstMinutes: { fallback: 10, min: 1, max: 1_440 },
  longestMinutes: { fallback: 1_440, min: 1, max: 10_080 },
  keepDays: { fallback: 90, min: 1, max: 400 },
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
  audiencesMax: 10,
  tokenCharsMax: 256,
  globCharsMax: 1_024,
  eventHoursMax: 24,
} as const;

/**
 * With what a block may answer: what AWS WAF takes as the status of a custom response, from 400 on,
 * but for 403, with which CloudFront and WAF answer for many reasons. A block must be told from all of them.
 */
export const BLOCK_STATUSES: readonly number[] = [
  400, 401, 404, 405, 408, 409, 411, 412, 413, 414, 415, 416, 421, 429, 500, 501, 502, 503, 504,
  505,
];

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
  expected: undefined,
  realtimeFields: TURNOUT_FIELDS,
  thresholds: {
    viewersPerAddressMax: LIMITS.viewersPerAddressMax.fallback,
    waitingPerAddressMax: LIMITS.waitingPerAddressMax.fallback,
    pagesPerDayMax: LIMITS.pagesPerDayMax.fallback,
    interruptionViewersMin: LIMITS.interruptionViewersMin.fallback,
    interruptionFallPercent: LIMITS.interruptionFallPercent.fallback,
  },
  networks: { datacentre: [], people: [] },
  guard: {
    mode: 'block',
    outsideEvents: 'count',
    scope: 'CLOUDFRONT',
    setsV4: LIMITS.setsV4.fallback,
    setsV6: LIMITS.setsV6.fallback,
    viewerWeight: LIMITS.viewerWeight.fallback,
    collateralPercentMax: LIMITS.collateralPercentMax.fallback,
    listChangePercentMax: LIMITS.listChangePercentMax.fallback,
    rollbackFallPercent: LIMITS.rollbackFallPercent.fallback,
    firstMinutes: LIMITS.firstMinutes.fallback,
    longestMinutes: LIMITS.longestMinutes.fallback,
    keepDays: LIMITS.keepDays.fallback,
    allow: [],
    own: [],
    blockPrivate: false,
  },
  api: { jwt: undefined },
};
