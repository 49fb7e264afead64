import { forEachParallel } from '../lambdas/adapters/parallel';
import { classifierOf } from '../lambdas/core/edge/classifier';
import { SHIPPED_FILES } from '../lambdas/core/edge/network-lists';
import type { ViewsItem, ViewsReader } from '../lambdas/core/road/ports';
import { CONTENTS_PK } from '../lambdas/core/road/views-item';
import { type LiveContent, liveOf } from '../lambdas/core/road/views-live';
import { type ViewsQuery, ledgerQueries, queriesOf } from '../lambdas/core/road/views-query';
import {
  type ViewsLedger,
  type ViewsReport,
  makeViewsReport,
} from '../lambdas/core/road/views-report';
import type { Settings } from '../lambdas/core/settings';

/** What stands in Views at this moment. */
export interface LiveViews {
  readonly ledger: ViewsLedger;
  /** undefined: more contents than are looked at while lines come in */
  readonly contents: Readonly<Record<string, LiveContent>> | undefined;
}

export interface ViewsClient {
  /** The record of everything, as after an event. */
  loadReport(): Promise<ViewsReport>;
  /** A few figures, fast; concurrency only where the time of the event is given. */
  loadLive(eventAtMs: number | undefined): Promise<LiveViews>;
}

/** Only a log without turnout.json has so many. */
const LIVE_CONTENTS_MAX = 20;
/** Concurrency is that of the last minutes. */
const LIVE_MINUTES_MS = 3 * 60_000;
const QUERIES_AT_ONCE = 16;

/** Reads Views as a dashboard will: by the names of contents, all lane groups added up. */
export function makeViewsClient(reader: ViewsReader, settings: Settings): ViewsClient {
  const { lanes } = settings;

  async function load(queries: readonly ViewsQuery[]): Promise<ViewsItem[]> {
    const answers: ViewsItem[][] = [];
    await forEachParallel(queries, QUERIES_AT_ONCE, async ({ pk, from, to }, at) => {
      answers[at] = await reader.query(pk, from, to);
    });
    return answers.flat();
  }

  // Names begin with p: or s:, and ; follows on the colon.
  const loadContents = () => reader.query(CONTENTS_PK, 'p:', 's;');
  const report = (items: ViewsItem[], contents: ViewsItem[], ledger: ViewsItem[]) =>
    makeViewsReport(items, contents, ledger, {
      settings,
      classifier: classifierOf(SHIPPED_FILES),
      options: {},
    });

  return {
    async loadReport() {
      const contents = await loadContents();
      const keys = contents.map(({ sk }) => sk);
      const [items, ledger] = await Promise.all([
        load(queriesOf(keys, lanes, {})),
        load(ledgerQueries(lanes)),
      ]);
      return report(items, contents, ledger);
    },
    async loadLive(eventAtMs) {
      const contents = await loadContents();
      const { ledger } = report([], [], await load(ledgerQueries(lanes)));
      if (contents.length > LIVE_CONTENTS_MAX) return { ledger, contents: undefined };
      const keys = contents.map(({ sk }) => sk);
      const sums = queriesOf(keys, lanes, {}).filter(({ from }) => /^(h#|now)/.test(from));
      const minutes =
        eventAtMs === undefined
          ? []
          : queriesOf(keys, lanes, {
              fromMs: eventAtMs - LIVE_MINUTES_MS,
              toMs: eventAtMs + LIVE_MINUTES_MS,
            }).filter(({ from }) => from.startsWith('m#'));
      const items = await load([...sums, ...minutes]);
      return { ledger, contents: liveOf(items, eventAtMs ?? Infinity) };
    },
  };
}
