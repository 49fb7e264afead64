/** Viewers as packets bring them to a lane: known to the second, and put together without any line. */
import { Audience } from '../../lambdas/core/audience/audience';
import { makeDays } from '../../lambdas/core/audience/day';
import { serialiseEntries } from '../../lambdas/core/audience/lane-state';
import { ContentTable } from '../../lambdas/core/edge/content-table';
import { NetworkMemo } from '../../lambdas/core/edge/scanner';
import { UNBOUNDED } from '../../lambdas/core/road/unbounded';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';

export const DAYS = makeDays('UTC', 6);
/** Viewers come hashed. */
export const NO_HASH = {
  ...{ hi: 0, lo: 0, networks: new NetworkMemo() },
  ...{ useDay() {}, useLanes() {}, hashWords() {} },
};

export interface SeenViewer {
  /** who: the keyed hash, 32 bits */
  readonly key: number;
  /** 32 bits, of which the upper half is the network. @default lane 1 of any number */
  readonly address?: number;
  /** @default live */
  readonly content?: string;
  /** Seconds since the broadcast day began at which the session begins. */
  readonly atSecond: number;
  /** How long it plays; 0: it only asked for the manifest. @default 0 */
  readonly playsSeconds?: number;
  /** The order of B1. @default the key */
  readonly rank?: number;
  /** @default player */
  readonly viewerClass?: number;
  /** @default 1 */
  readonly hits?: number;
}

/** The bytes of one day of a packet. */
export function entriesOf(day: number, viewers: readonly SeenViewer[]): Uint8Array {
  const contents = new ContentTable(DEFAULT_SETTINGS);
  const audience = new Audience({ contents, days: DAYS, viewerHash: NO_HASH, limits: UNBOUNDED });
  const entries = new Set<number>();
  for (const viewer of viewers) {
    const { key, address = 0x00010000, content = 'live', atSecond, playsSeconds = 0 } = viewer;
    const started = playsSeconds > 0;
    const identity = {
      keyHi: key,
      keyLo: (key ^ 0x5bd1e995) >>> 0,
      content: contents.numberOf(content, 'stream', 6_000),
      day,
      address,
      rank: viewer.rank ?? key,
    };
    const slots = Math.ceil(playsSeconds / 2);
    const entry = audience.adopt(identity, {
      viewerClass: viewer.viewerClass ?? 0,
      country: 0x4445,
      device: 1,
      started,
      askedManifest: true,
      hits: viewer.hits ?? 1,
      raw: slots,
    });
    const ms = atSecond * 1_000;
    audience.joinSession(
      entry,
      Uint32Array.of(
        ms,
        (ms + playsSeconds * 1_000) | 0x80000000,
        ms + 1,
        started ? ms + 1 : 0,
        0,
        0,
      ),
    );
    const first = Math.floor(atSecond / 2);
    if (started) audience.joinRun(entry, Uint32Array.of(first, first + slots - 1));
    entries.add(entry);
  }
  return serialiseEntries(audience, [...entries], {
    lane: 1,
    lanes: 16,
    isSorted: true,
    over: new Map(),
  });
}
