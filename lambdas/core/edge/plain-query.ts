/** Letters, digits, what stands between names and values, and what CMCD escapes: comma, equals sign, quotes. */
const PLAIN = /^(?:[\w=&?,-]|%2[2c]|%3d)*$/i;
/** What of the patterns of probes.ts can be spelt with such characters. */
const IN_PLAIN =
  /information_schema|onerror|invokefunction|call_user_func_array|revslider_|duplicator_download/i;

/**
 * Whether no pattern of PROBES can fit a query, as it stands in the log: nearly all are as plain as
 * `token=4d2f&CMCD=br%3D3200%2Cot%3Dv`, and need not be held against each.
 */
export function isPlainQuery(query: string): boolean {
  return PLAIN.test(query) && !IN_PLAIN.test(query);
}
