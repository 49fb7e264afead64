/**
 * Sequence numbers of Kinesis: decimal text of about 56 digits, too long for a number, without
 * leading zeros, in order within one shard only. '' stands before the first.
 */

/** Below 0 if a comes before b, 0 if they are the same, above 0 if a comes after b. */
export function compareSequence(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
