import { InvalidArgumentError } from 'commander';

/** A time with its zone, ms since the epoch. */
export function parseTime(text: string): number {
  const ms = /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError(
      `expected a time with zone such as 2026-11-24T20:00:00Z, got ${text}`,
    );
  }
  return ms;
}
