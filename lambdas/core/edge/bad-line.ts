/** Why a line is no hit. A closed list: each reason is a key of `ledger.bad`. */
export const BAD_LINES = [
  'too_few_fields',
  'too_long',
  'bad_layout',
  'bad_json',
  'bad_timestamp',
  'bad_address',
  'bad_status',
  'cut_off',
] as const;
export type BadLine = (typeof BAD_LINES)[number];

/** The longest line that is read, in bytes: CloudFront's own limits (URL 8 KiB, headers 32 KiB) fit. */
export const LINE_BYTES_MAX = 65_536;
