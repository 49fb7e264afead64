import { type OpenAPIHono, createRoute, type z } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import type { Context } from 'hono';
import { API_ROUTES, API_SCOPES, type ApiPath } from '../../lib/api-routes';
import { PROBLEM } from './answer-schemas';
import { encodeCursor } from './cursor';

/** One route: what it takes, what it answers, and how its document says it. */
export interface RouteProps<Query extends z.ZodType, Params extends z.ZodType> {
  readonly path: ApiPath;
  readonly summary: string;
  readonly query: Query;
  readonly params?: Params;
  readonly schema: z.ZodType;
  /** only JSON, if there is none */
  readonly csv?: boolean;
}

export interface Asked<Query, Params> {
  readonly query: Query;
  readonly params: Params;
}

export interface RouteAnswer {
  readonly json: object | JsonText;
  readonly csv?: () => string;
  /** Of a page that is not the last: its request as in cursors, and where the next begins. */
  readonly next?: { readonly of: string; readonly place: string } | undefined;
}

/** An answer that is too long to be made of objects first. It writes what JSON.stringify would. */
export class JsonText {
  constructor(readonly write: (next: string | undefined) => Uint8Array<ArrayBuffer>) {}
}

const PROBLEM_JSON = 'application/problem+json';
const CSV = 'text/csv; charset=utf-8';

const REFUSALS = { 400: 'The request cannot be meant.', 404: 'There is none.' } as const;

export function addRoute<Query extends z.ZodType, Params extends z.ZodType>(
  app: OpenAPIHono,
  props: RouteProps<Query, Params>,
  answer: (asked: Asked<z.output<Query>, z.output<Params>>) => Promise<RouteAnswer>,
): void {
  const { path, summary, query, params, schema, csv = false } = props;
  const { permission } = API_ROUTES.find((route) => route.path === path)!;
  const problem = { content: { [PROBLEM_JSON]: { schema: PROBLEM } } };
  const refusals = Object.entries(REFUSALS).map(([status, description]) => [
    status,
    { description, ...problem },
  ]);
  const route = createRoute({
    method: 'get',
    path,
    summary,
    tags: [permission],
    security: [{ sigv4: [] }, { jwt: [API_SCOPES[permission]] }],
    request: { query: query as never, ...(params && { params: params as never }) },
    responses: {
      200: {
        description: 'The answer.',
        content: {
          'application/json': { schema },
          ...(csv && { 'text/csv': { schema: { type: 'string' as const } } }),
        },
      },
      ...Object.fromEntries(refusals),
    },
  });
  const handle = async (c: Context) => {
    const asked = (c.req as unknown as { valid(of: string): never }).valid;
    const valid = asked.bind(c.req);
    const given = { query: valid('query'), params: params && valid('param') } as never;
    return respond(c, await answer(given), csv);
  };
  // What it answers is held against the schema by tests, and not by its type: it may be CSV.
  app.openapi(route, handle as never);
}

function respond(c: Context, { json, csv, next }: RouteAnswer, mayBeCsv: boolean): Response {
  c.header('cache-control', 'no-store');
  const cursor = next && encodeCursor(next.of, next.place);
  if (cursor !== undefined) c.header('link', `<${nextUrl(c, cursor)}>; rel="next"`);
  if (csv === undefined || !mayBeCsv || !wantsCsv(c)) {
    if (json instanceof JsonText) {
      c.header('content-type', 'application/json');
      return c.body(json.write(cursor));
    }
    return c.json({ ...json, ...(cursor !== undefined && { next: cursor }) });
  }
  c.header('content-type', CSV);
  c.header('content-disposition', 'attachment; filename="turnout.csv"');
  return c.body(csv());
}

function wantsCsv(c: Context): boolean {
  const format = c.req.query('format');
  if (format !== undefined) return format === 'csv';
  const supports = ['application/json', 'text/csv'];
  return accepts(c, { header: 'Accept', supports, default: supports[0]! }) === 'text/csv';
}

/** The same request, relative to where it was asked. */
function nextUrl(c: Context, cursor: string): string {
  const { pathname, searchParams } = new URL(c.req.url);
  searchParams.set('cursor', cursor);
  return `${pathname}?${searchParams.toString()}`;
}
