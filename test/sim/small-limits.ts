import type { Removal } from './build';

const limit = (file: string, name: string, value: string, small: string): Removal => ({
  file,
  text: `const ${name} = ${value};`,
  becomes: `const ${name} = ${small};`,
});

/** Limits that change no figure, so small that a night passes each of them many times. */
export const SMALL_LIMITS: readonly Removal[] = [
  limit('lambdas/core/road/lane-day.ts', 'DELTAS_MAX', '8', '2'),
  limit('lambdas/core/road/lane-day.ts', 'BASE_BYTES_MIN', '65_536', '100'),
  limit('lambdas/core/road/lane-day.ts', 'SEALED_AFTER_MINUTES', '35', '0'),
  limit('lambdas/core/road/lane-day.ts', 'SEALED_ENTRIES_MIN', '1_000', '1'),
  limit('lambdas/core/road/lane.ts', 'OUTBOX_BYTES_MAX', '98_304', '600'),
  limit('lambdas/core/road/lane.ts', 'DAYS_AT_HAND_MAX', '3', '1'),
  limit('lambdas/core/road/source.ts', 'INTERVAL_BYTES_MAX', '4_194_304', '3_000'),
  limit('lambdas/core/road/views-item.ts', 'ADDS_PER_UPDATE_MAX', '250', '7'),
  limit('lambdas/adapters/blob-store.ts', 'CHUNK_BYTES_MAX', '384_000', '150'),
];
