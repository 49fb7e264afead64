/** A source, or a prefix of sources, that sent more than the viewers behind it explain: docs/GUARD.md. */
export interface Suspect {
  /** in canonical text: `192.0.2.7/32`, `2001:db8:0:1::/64`, `198.51.96.0/20` */
  readonly cidr: string;
  readonly rule: SuspectRule;
  /** of the oldest hit in the window that made it a suspect, event time, ms */
  readonly firstAtMs: number;
  /** of the hit that made it a suspect, event time, ms */
  readonly sinceAtMs: number;
  /** of its newest hit, event time, ms */
  readonly lastAtMs: number;
  /** A: excess in the window of 10 s; of rules that judge the long window, hits in it */
  readonly attackHits: number;
  /** G: highest number of conforming viewers in the 30 minutes before its first block */
  readonly verifiedViewers: number;
  readonly evidence: Evidence;
  /** undefined if it is not known */
  readonly origin?: Origin;
}

/** Where a suspect comes from and what it is after, by most of its requests when it was told. */
export interface Origin {
  /** number of its autonomous system, 0 if the log does not say */
  readonly asn: number;
  /** id of the content */
  readonly content: string;
}

/** What was seen of it in the window that the rule judges. */
export interface Evidence {
  readonly windowSeconds: number;
  readonly hits: number;
  readonly explained: number;
  readonly refused: number;
  readonly manifests: number;
  readonly media: number;
  readonly pages: number;
  /** 5xx and hung up */
  readonly failed: number;
  /** 4xx */
  readonly denied: number;
  /** different agents, estimated; of a network: sources */
  readonly agents: number;
  /** different paths with query, estimated */
  readonly urls: number;
}

/** The order in which batches and audit write evidence: new names go to the end. */
export const EVIDENCE = [
  'windowSeconds',
  'hits',
  'explained',
  'refused',
  'manifests',
  'media',
  'pages',
  'failed',
  'denied',
  'agents',
  'urls',
] as const satisfies readonly (keyof Evidence)[];

export const SUSPECT_RULES = [
  'S1_flood',
  'S2_manifest',
  'S3_cache_busting',
  'S4_error_scan',
  'S5_brute_force',
  'S6_probe',
  'S7_non_player',
  'S8_tool',
  'S9_fake_crawler',
  'S10_slow_scraper',
  'S11_network',
  'S12_asks',
] as const;
export type SuspectRule = (typeof SUSPECT_RULES)[number];

/** Verified viewers of a source that is no suspect, beside suspects. */
export interface Neighbour {
  readonly cidr: string;
  readonly verifiedViewers: number;
}

/** What one fold of a lane has to say about its suspects. */
export interface SuspectBatch {
  readonly lane: number;
  /** of the lane's head */
  readonly version: number;
  /** newest arrival that the lane has folded, ms */
  readonly atMs: number;
  readonly suspects: readonly Suspect[];
  /** All of the suspects' networks (/20, /40) if told at all: they replace those told before. */
  readonly neighbours: readonly Neighbour[] | undefined;
  /** Whether the lane has watched long enough to know its neighbours. */
  readonly isSettled: boolean;
  /** conforming viewers of the whole lane in the last 60 seconds */
  readonly laneViewers: number;
  /** of them, those behind sources that were refused in the window (F3) */
  readonly laneRefused: number;
}
