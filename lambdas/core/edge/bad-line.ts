/**
 * Why a line is no hit. A closed list: each reason is a key of `ledger.bad`, and its position is what
 * packets carry. The last two come from the road alone: a time more than FUTURE_MS_MAX after arrival,
 * and a record that holds no line or more than one could have.
 */
export const BAD_LINES = [
  'too_few_fields',
  'too_long',
  'bad_layout',
  'bad_json',
  'bad_timestamp',
  'bad_address',
  'bad_status',
  'cut_off',
  'future',
  'bad_record',
] as const;
export type BadLine = (typeof BAD_LINES)[number];

/** The longest line that is read, in bytes: CloudFront's own limits (URL 8 KiB, headers 32 KiB) fit. */
export const LINE_BYTES_MAX = 65_536;

/** T1: a line cannot be written after it arrived; edge clocks may be off by this much. */
export const FUTURE_MS_MAX = 60_000;
