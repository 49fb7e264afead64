/** Numbers, times and lengths as they stand in sentences, whoever says them. */

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const formatWhole = (value: number) => WHOLE.format(value);

/** `2026-11-24T20:15:03Z` */
export function timeText(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}

/** In the largest unit and the one below it: `2d 3h`, `1h 0m`, `9m 30s`, `0s` */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24];
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${seconds % 60}s` : `${seconds}s`;
}
