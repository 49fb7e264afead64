/** A configuration in the form of turnout.json, and the same for the oracle. */
import type { OracleContent, OracleSettings } from '../reference/oracle';

export interface TwinContent {
  readonly id: string;
  readonly kind: 'stream' | 'page';
  readonly hosts?: readonly string[];
  /** `/prefix/**` */
  readonly paths: readonly string[];
  readonly segmentSeconds?: number;
  readonly parts?: { readonly paths: readonly string[]; readonly seconds: number };
  /** Whole paths. */
  readonly entry?: readonly string[];
}

export interface TwinConfig {
  readonly contents: readonly TwinContent[];
  readonly events?: readonly {
    readonly id: string;
    readonly content: string;
    readonly start: string;
    readonly end: string;
  }[];
  readonly timeZone?: string;
  readonly dayStartHour?: number;
  readonly blockStatus?: number;
  readonly sessionIdsMax?: number;
  readonly realtimeFields?: readonly string[];
  readonly thresholds?: Readonly<Record<string, number>>;
}

export interface TwinWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

export function oracleSettings(config: TwinConfig, window?: TwinWindow): OracleSettings {
  return {
    contents: config.contents.map(oracleContent),
    events: (config.events ?? []).map(({ id, content, start, end }) => ({
      id,
      content,
      startMs: Date.parse(start),
      endMs: Date.parse(end),
    })),
    timeZone: config.timeZone ?? 'UTC',
    dayStartHour: config.dayStartHour ?? 6,
    blockStatus: config.blockStatus ?? 409,
    sessionIdsMax: config.sessionIdsMax ?? 1024,
    pagesPerDayMax: config.thresholds?.['pagesPerDayMax'] ?? 800,
    interruptionViewersMin: config.thresholds?.['interruptionViewersMin'] ?? 20,
    interruptionFallPercent: config.thresholds?.['interruptionFallPercent'] ?? 30,
    ...(window !== undefined && { window }),
  };
}

function oracleContent(content: TwinContent): OracleContent {
  const { id, kind, hosts, paths, segmentSeconds, parts, entry } = content;
  const prefixes = (globs: readonly string[]) => globs.map((glob) => glob.replace(/\*\*$/, ''));
  return {
    id,
    kind,
    hosts: hosts ?? [],
    pathPrefixes: prefixes(paths),
    segmentSeconds: segmentSeconds ?? 6,
    entryPaths: entry ?? [],
    ...(parts !== undefined && {
      parts: { pathPrefixes: prefixes(parts.paths), seconds: parts.seconds },
    }),
  };
}
