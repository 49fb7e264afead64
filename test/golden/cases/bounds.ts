import { play, times } from '../golden-case';
import type { GoldenCase } from '../golden-case';

const BOUND = { thresholds: { viewersPerAddressMax: 16, waitingPerAddressMax: 16 } };
const started = (count: number) =>
  times(count, (n) =>
    play('20:00:00', { agent: 'chrome', ip: '192.0.2.1', segments: 1, keys: `sid=viewer-${n}` }),
  ).flat();
const waiting = (count: number) =>
  times(count, (n) => `20:00:00 chrome 192.0.2.1 GET /live/main.m3u8 200 sid=viewer-${n}`);

/** The ids `viewer-0` to `viewer-16` differ modulo 1024. */
export const BOUND_CASES: readonly GoldenCase[] = [
  {
    name: 'an address holds as many viewers with a start as its bound says',
    pins: ['B1_address'],
    config: BOUND,
    lines: started(16),
    expect: {
      ledger: { overBound: 0 },
      contents: { live: { record: { viewers: { unresolved: 16 }, watchSeconds: { gross: 96 } } } },
    },
  },
  {
    name: 'of one viewer more the delivered seconds are counted, and its hits are overBound',
    pins: ['B1_address'],
    noOracle: 'a bound binds',
    config: BOUND,
    lines: started(17),
    // 17 x 6 s; view2 is 16 viewers and 6 s / 2 s; the 17th had a playlist and a segment.
    expect: {
      ledger: { hits: 34, overBound: 2 },
      contents: {
        live: {
          hits: { browser: 34 },
          record: {
            starts: { unresolved: 16 },
            viewers: { unresolved: 16 },
            watchSeconds: { unresolved: 102 },
            view2: { unresolved: 19 },
            view30: { gross: 0 },
          },
        },
      },
    },
  },
  {
    name: 'the bound is per address: 17 viewers at two addresses fit',
    pins: ['B1_address'],
    config: BOUND,
    lines: [...started(16), ...play('20:00:00', { agent: 'chrome', ip: '192.0.2.2', segments: 1 })],
    expect: { ledger: { overBound: 0 }, contents: { live: { record: { viewers: { gross: 17 } } } } },
  },
  {
    name: 'of viewers without a start 16 are held, and the hits of the others are overBound',
    pins: ['B1_address'],
    noOracle: 'a bound binds',
    config: BOUND,
    lines: waiting(19),
    expect: {
      ledger: { hits: 19, overBound: 3 },
      contents: { live: { record: { attempts: { unresolved: 16 } } } },
    },
  },
  {
    name: 'viewers without a start are attempts while the table holds them',
    pins: ['B2_lane'],
    lines: times(500, (n) => `20:00:00 chrome 10.0.${n >> 8}.${n & 255} GET /live/main.m3u8 200`),
    expect: {
      ledger: { overBound: 0 },
      contents: { live: { record: { attempts: { unresolved: 500 }, viewers: { gross: 0 } } } },
    },
  },
];
