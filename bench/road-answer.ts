/** Whether the road counted what a recount of the same lines counts. */
import { createHash } from 'node:crypto';
import { detectFormat } from '../lambdas/core/edge/format';
import { Recount } from '../lambdas/core/recount';
import type { ViewsItem, ViewsUpdate } from '../lambdas/core/road/ports';
import { makeViewsReport } from '../lambdas/core/road/views-report';
import type { Settings } from '../lambdas/core/settings';
import { ItemMap } from '../test/support/road-in-memory';

/** Throws if published updates are not the figures of the log. Answers the SHA-256 of the figures. */
export function checkCounts(
  published: readonly ViewsUpdate[],
  settings: Settings,
  log: Uint8Array,
): string {
  const items = new ItemMap();
  for (const update of published) items.apply(update);
  const recount = makeRecount(settings);
  recount.feed(log);
  return compareWithRecount(
    items.of(() => true),
    settings,
    recount,
  );
}

export interface RunningRecount {
  feed(bytes: Uint8Array): void;
  report(): ReturnType<Recount['report']>;
}

/** A recount that is fed whole lines as they come. */
export function makeRecount(settings: Settings): RunningRecount {
  const recount = new Recount({ settings, key: new Uint8Array(16) });
  let isBegun = false;
  return {
    feed(bytes) {
      if (!isBegun) {
        const format = detectFormat(bytes.subarray(0, 65_536), settings.realtimeFields);
        if (format === undefined) throw new Error('lines are of no known format');
        recount.begin(format);
        isBegun = true;
      }
      recount.feed(bytes);
    },
    report() {
      recount.end();
      return recount.report({ minutes: true });
    },
  };
}

export function compareWithRecount(
  items: readonly ViewsItem[],
  settings: Settings,
  recount: RunningRecount,
): string {
  const pick = (isWanted: (pk: string) => boolean) => items.filter(({ pk }) => isWanted(pk));
  const { contents, ledger } = makeViewsReport(
    pick((pk) => /^[sp]:/.test(pk)),
    pick((pk) => pk === 'contents'),
    pick((pk) => pk.startsWith('ledger#')),
    { settings, classifier: '', options: { minutes: true } },
  );
  const expected = recount.report();
  for (const [name, got, wanted] of [
    ['contents', contents, expected.contents],
    ['ledger', ledger, expected.ledger],
  ] as const) {
    const [one, other] = [textOf(got), textOf(wanted)];
    if (one === other) continue;
    throw new Error(`the road has other ${name} than a recount: got ${one}, expected ${other}`);
  }
  return createHash('sha256').update(textOf(contents)).digest('hex');
}

/** JSON with sorted names. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
