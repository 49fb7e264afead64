import type { ContentsReader } from '../adapters/contents-reader';
import { forEachParallel } from '../adapters/parallel';
import type { MinuteWindow } from '../core/audience/content-tally';
import { type Days, makeDays } from '../core/audience/day';
import { makeDefinition } from '../core/audience/make-report';
import type { Report } from '../core/audience/report';
import { classifierOf } from '../core/edge/classifier';
import { SHIPPED_FILES } from '../core/edge/network-lists';
import type { ViewsItem, ViewsReader } from '../core/road/ports';
import {
  CONTENTS_PK,
  STATUS_SK,
  contentPk,
  freshnessPk,
  groupsOf,
  timeOfSk,
} from '../core/road/views-item';
import { type QueryWindow, type ViewsQuery, ledgerQueries } from '../core/road/views-query';
import type { Settings } from '../core/settings';
import { rememberMinutes } from './remembered-minutes';

export interface ViewsSourceProps {
  readonly reader: ViewsReader;
  readonly contents: ContentsReader;
  readonly settings: Settings;
  readonly now: () => number;
}

/** Times of arrival, ms; undefined before anything is counted. */
export interface Freshness {
  /** of the newest line that every lane in use has counted */
  readonly countedToMs: number | undefined;
  /** of the newest line that any lane has counted */
  readonly newestMs: number | undefined;
}

/** Views, all lane groups together. */
export interface ViewsSource {
  readonly settings: Settings;
  readonly classifier: string;
  readonly definition: Report['definition'];
  readonly days: Days;
  readonly groups: number;
  readonly contents: ContentsReader;
  now(): number;
  load(queries: readonly ViewsQuery[]): Promise<ViewsItem[]>;
  findKey(key: string): Promise<ViewsItem | undefined>;
  /** Of which minutes there are any. Hours are kept for ever, so that is cheap to ask. */
  loadSpan(key: string): Promise<MinuteWindow | undefined>;
  loadFreshness(): Promise<Freshness>;
  loadLedger(window: QueryWindow): Promise<ViewsItem[]>;
}

const QUERIES_AT_ONCE = 16;
const ARRIVAL = /^a\d+$/;

export function makeViewsSource(props: ViewsSourceProps): ViewsSource {
  const { contents, settings, now } = props;
  const reader = rememberMinutes(props.reader);
  const { lanes, timeZone, dayStartHour } = settings;
  const groups = Array.from({ length: groupsOf(lanes) }, (_, group) => group);
  const classifier = classifierOf(SHIPPED_FILES);

  async function load(queries: readonly ViewsQuery[]): Promise<ViewsItem[]> {
    const answers: ViewsItem[][] = [];
    await forEachParallel(queries, QUERIES_AT_ONCE, async ({ pk, from, to, names }, at) => {
      answers[at] = await reader.query(pk, from, to, names);
    });
    return answers.flat();
  }

  return {
    ...{ settings, classifier, contents, now, load },
    groups: groups.length,
    definition: makeDefinition(settings, classifier),
    days: makeDays(timeZone, dayStartHour),
    findKey: async (key) => (await reader.query(CONTENTS_PK, key, key))[0],
    async loadSpan(key) {
      const spans = await Promise.all(groups.map((n) => contents.loadSpan(contentPk(key, n))));
      const known = spans.filter((span) => span !== undefined);
      if (known.length === 0) return undefined;
      const from = Math.min(...known.map(({ first }) => timeOfSk(first))) * 60;
      return { from, to: (Math.max(...known.map(({ last }) => timeOfSk(last))) + 1) * 60 };
    },
    async loadFreshness() {
      const queries = groups.map((n) => ({ pk: freshnessPk(n), from: STATUS_SK, to: STATUS_SK }));
      const arrivals = (await load(queries)).flatMap(({ values }) =>
        [...values].flatMap(([name, value]) => (ARRIVAL.test(name) ? [Number(value)] : [])),
      );
      if (arrivals.length === 0) return { countedToMs: undefined, newestMs: undefined };
      return { countedToMs: Math.min(...arrivals), newestMs: Math.max(...arrivals) };
    },
    loadLedger: (window) => load(ledgerQueries(lanes, window)),
  };
}
