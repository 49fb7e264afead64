import type { OpenAPIHono } from '@hono/zod-openapi';
import { ANSWERS } from './answer-schemas';
import { contentsCsv, liveCsv, recordCsv, seriesCsv } from './answer-csv';
import { JsonText, addRoute } from './api-route';
import { findContent, idOfPathPart } from './content-name';
import { decodeCursor } from './cursor';
import { PARAMS, QUERIES } from './query-schemas';
import { makeRows, readSeries } from './series-answer';
import { writeSeries } from './series-json';
import { answerHealth, answerLive, answerRecord, listContents } from './views-answers';
import type { ViewsSource } from './views-source';

/** Figures. No address is among them: Views hold none. */
export function addViewsRoutes(app: OpenAPIHono, source: ViewsSource): void {
  const find = (part: string, kind: 'stream' | 'page' | undefined) =>
    findContent(idOfPathPart(part), kind, source.findKey);
  const { id: params } = PARAMS;

  addRoute(
    app,
    {
      ...{ path: '/v1/contents', summary: 'Contents that have been counted', csv: true },
      ...{ query: QUERIES.contents, schema: ANSWERS.contents },
    },
    async ({ query: { limit, cursor } }) => {
      const of = 'contents';
      const after = decodeCursor(cursor, of, (place) => /^[ps]:/.test(place));
      const { next: place, ...json } = await listContents(source, after, limit);
      const next = place === undefined ? undefined : { of, place };
      return { json, csv: () => contentsCsv({ ...json, next: undefined }), next };
    },
  );
  addRoute(
    app,
    {
      ...{ path: '/v1/contents/{id}', summary: 'The record of a window or an event', csv: true },
      ...{ query: QUERIES.content, params, schema: ANSWERS.content },
    },
    async ({ query: { from, to, event, kind }, params: { id } }) => {
      const wish = { fromMs: from, toMs: to, event };
      const json = await answerRecord(source, await find(id, kind), wish);
      return { json, csv: () => recordCsv(json) };
    },
  );
  addMinutes(app, source, find);
  addRoute(
    app,
    {
      ...{ path: '/v1/contents/{id}/live', summary: 'The broadcast day that goes on', csv: true },
      ...{ query: QUERIES.live, params, schema: ANSWERS.live },
    },
    async ({ query: { kind }, params: { id } }) => {
      const json = await answerLive(source, await find(id, kind));
      return { json, csv: () => liveCsv(json) };
    },
  );
  addRoute(
    app,
    {
      ...{ path: '/v1/health', summary: 'Whether figures can be read, and how new they are' },
      ...{ query: QUERIES.none, schema: ANSWERS.health },
    },
    async () => ({ json: await answerHealth(source) }),
  );
}

type Find = (part: string, kind: 'stream' | 'page' | undefined) => ReturnType<typeof findContent>;

function addMinutes(app: OpenAPIHono, source: ViewsSource, find: Find): void {
  addRoute(
    app,
    {
      ...{ path: '/v1/contents/{id}/minutes', summary: 'Figures period by period', csv: true },
      ...{ query: QUERIES.minutes, params: PARAMS.id, schema: ANSWERS.minutes },
    },
    async ({ query, params: { id } }) => {
      const {
        from,
        to,
        event,
        kind,
        step = defaultStep(query.dimension),
        dimension,
        limit,
      } = query;
      const content = await find(id, kind);
      const of = JSON.stringify(['minutes', content.key, from, to, event, step, dimension]);
      const after = decodeCursor(query.cursor, of, (place) => /^\d{1,9}$/.test(place));
      const wish = { fromMs: from, toMs: to, event, step, dimension, limit, after };
      const { about, found, next: place } = await readSeries(source, content, wish);
      const next = place === undefined ? undefined : { of, place };
      const json = new JsonText((cursor) => writeSeries(about, found, cursor));
      const rows = () => makeRows(found, content.kind);
      return { json, csv: () => seriesCsv({ ...about, rows: rows(), next: undefined }), next };
    },
  );
}

const defaultStep = (dimension: string | undefined) =>
  dimension === undefined ? ('minute' as const) : ('hour' as const);
