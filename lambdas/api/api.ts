import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { API_ROUTES } from '../../lib/api-routes';
import { ANSWERS } from './answer-schemas';
import { addRoute } from './api-route';
import { addGuardRoutes } from './guard-routes';
import type { GuardSource } from './guard-answers';
import { type Problem, ProblemError, type ProblemStatus, gotText, problemBody } from './problem';
import { QUERIES } from './query-schemas';
import { addViewsRoutes } from './views-routes';
import type { ViewsSource } from './views-source';

export interface ApiProps {
  readonly views: ViewsSource;
  readonly guard: GuardSource;
  /** Of what went wrong on our side. */
  readonly onError: (error: Error) => void;
}

/** The HTTP API: docs/API.md. The same in Lambda, in the rig and in tests; it only reads. */
export function makeApi({ views, guard, onError }: ApiProps): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      return refuse(c, 400, problemsOf(result.error.issues, c, result.target));
    },
  });
  for (const [name, scheme] of Object.entries(SECURITY)) {
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
  }
  app.use(async (c, next) => {
    await next();
    c.header('x-content-type-options', 'nosniff');
  });
  addViewsRoutes(app, views);
  addGuardRoutes(app, guard);
  addRoute(
    app,
    {
      ...{ path: '/v1/openapi.json', summary: 'This document' },
      ...{ query: QUERIES.none, schema: ANSWERS.document },
    },
    async () => ({ json: makeDocument(app) }),
  );
  for (const { path } of API_ROUTES) {
    app.all(path.replace(/\{(\w+)\}/, ':$1'), (c) => {
      c.header('allow', 'GET, HEAD');
      return refuse(c, 405, [{ what: 'method', got: gotText(c.req.method), expected: 'GET' }]);
    });
  }
  app.notFound((c) => {
    const expected = 'one of the routes of /v1/openapi.json';
    return refuse(c, 404, [{ what: 'path', got: gotText(c.req.path), expected }]);
  });
  app.onError((error, c) => {
    if (error instanceof ProblemError) return refuse(c, error.status, error.problems);
    if (error instanceof HTTPException && error.status < 500) {
      const problem = { what: 'request', got: gotText(error.message), expected: 'a valid one' };
      return refuse(c, 400, [problem]);
    }
    onError(error);
    return refuse(c, isPassing(error) ? 503 : 500, []);
  });
  return app;
}

/** What may be over when it is asked again: throttling, and a service that does not answer. */
function isPassing({ name }: Error): boolean {
  return /Throttl|ProvisionedThroughput|RequestLimit|Timeout|ServiceUnavailable|InternalServer/.test(
    name,
  );
}

function refuse(c: Context, status: ProblemStatus, problems: readonly Problem[]): Response {
  c.header('content-type', 'application/problem+json');
  c.header('cache-control', 'no-store');
  return c.body(JSON.stringify(problemBody(status, problems)), status);
}

interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
}

/** The first problem of each parameter: a schema has one sentence for all that can be wrong. */
function problemsOf(issues: readonly Issue[], c: Context, target: string): Problem[] {
  const found = new Map<string, Problem>();
  for (const { path, message, keys } of issues) {
    const what = path.length === 0 ? target : path.map(String).join('.');
    const given = target === 'param' ? c.req.param(what) : c.req.queries(what)?.join(', ');
    const got = keys === undefined ? gotText(given) : gotText(keys.join(', '));
    if (!found.has(what)) found.set(what, { what, got, expected: message });
  }
  return [...found.values()];
}

/** One or the other, as the deployment is configured. */
const SECURITY = {
  sigv4: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    description: 'Signature Version 4, service execute-api',
  },
  jwt: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
} as const;

/** Of the API, and not of the release. */
const API_VERSION = '1.0.0';

/** OpenAPI 3.1 from the schemas by which requests are read. */
export function makeDocument(app: OpenAPIHono) {
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Turnout',
      version: API_VERSION,
      description: 'Verified views of live events, and who was blocked: docs/API.md.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
  });
}
