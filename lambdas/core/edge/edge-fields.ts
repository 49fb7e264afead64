/**
 * The fields of a CloudFront real-time log line, in the order in which CloudFront delivers them,
 * whatever order the configuration names (documentation of autumn 2026). A new field moves the
 * position of all behind it, so parsers are made from names, never from positions.
 * Fields 70 and 71 are the newest; their real position is not yet checked on a live distribution.
 */
export const EDGE_FIELDS = [
  'timestamp',
  'c-ip',
  's-ip',
  'time-to-first-byte',
  'sc-status',
  'sc-bytes',
  'cs-method',
  'cs-protocol',
  'cs-host',
  'cs-uri-stem',
  'cs-bytes',
  'x-edge-location',
  'x-edge-request-id',
  'x-host-header',
  'time-taken',
  'cs-protocol-version',
  'c-ip-version',
  'cs-user-agent',
  'cs-referer',
  'cs-cookie',
  'cs-uri-query',
  'x-edge-response-result-type',
  'x-forwarded-for',
  'ssl-protocol',
  'ssl-cipher',
  'x-edge-result-type',
  'fle-encrypted-fields',
  'fle-status',
  'sc-content-type',
  'sc-content-len',
  'sc-range-start',
  'sc-range-end',
  'c-port',
  'x-edge-detailed-result-type',
  'c-country',
  'cs-accept-encoding',
  'cs-accept',
  'cache-behavior-path-pattern',
  'cs-headers',
  'cs-header-names',
  'cs-headers-count',
  'primary-distribution-id',
  'primary-distribution-dns-name',
  'origin-fbl',
  'origin-lbl',
  'asn',
  'cmcd-encoded-bitrate',
  'cmcd-buffer-length',
  'cmcd-buffer-starvation',
  'cmcd-content-id',
  'cmcd-object-duration',
  'cmcd-deadline',
  'cmcd-measured-throughput',
  'cmcd-next-object-request',
  'cmcd-next-range-request',
  'cmcd-object-type',
  'cmcd-playback-rate',
  'cmcd-requested-maximum-throughput',
  'cmcd-streaming-format',
  'cmcd-session-id',
  'cmcd-stream-type',
  'cmcd-startup',
  'cmcd-top-bitrate',
  'cmcd-version',
  'r-host',
  'sr-reason',
  'x-edge-mqcs',
  'distribution-tenant-id',
  'connection-id',
  'viewer-request-log-data',
  'viewer-response-log-data',
] as const;
export type EdgeField = (typeof EDGE_FIELDS)[number];

/** What Turnout asks CloudFront for, in canonical order. */
export const TURNOUT_FIELDS: readonly EdgeField[] = [
  'timestamp',
  'c-ip',
  'sc-status',
  'cs-method',
  'cs-host',
  'cs-uri-stem',
  'x-edge-location',
  'cs-user-agent',
  'cs-uri-query',
  'sc-content-type',
  'sc-range-start',
  'sc-range-end',
  'x-edge-detailed-result-type',
  'c-country',
  'asn',
  'cmcd-object-duration',
  'cmcd-object-type',
  'cmcd-session-id',
];

/** Without one of these no line can become a hit, so a field list must name them. */
export const REQUIRED_FIELDS: readonly EdgeField[] = [
  'timestamp',
  'c-ip',
  'sc-status',
  'cs-method',
  'cs-uri-stem',
  'cs-user-agent',
];

const POSITIONS: ReadonlyMap<string, number> = new Map(EDGE_FIELDS.map((name, n) => [name, n]));

/** The fields in the order in which CloudFront delivers them. */
export function sortFields(names: readonly EdgeField[]): readonly EdgeField[] {
  return [...names].sort((a, b) => POSITIONS.get(a)! - POSITIONS.get(b)!);
}
