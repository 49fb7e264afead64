import fc from 'fast-check';
import { encodeCursor } from '../../lambdas/api/cursor';
import { PROBLEM } from '../../lambdas/api/answer-schemas';
import { parseConfig } from '../../lib/config';
import { API_ROUTES } from '../../lib/api-routes';
import { ApiScene } from './api-scene';
import { countedAudience } from '../support/counted-audience';
import { putViews } from '../support/put-views';

/** Goal: whatever is asked, the fault is the caller's or there is an answer. Method: requests of chance, and near ones. */
jest.setTimeout(120_000);
const SEED = Number(process.env['SEED'] ?? 1);
const RUNS = 400;
let api: ApiScene;
beforeAll(async () => {
  api = await ApiScene.start(parseConfig({}));
  const { contents } = { contents: countedAudience(3).items.slice(0, 200) };
  await putViews(api.scene.dynamo, 'views', contents);
});
afterAll(() => api.close());

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 600, maxLength: 2_500 }),
);
const odd = fc.constantFrom(
  ...['', '0', '-1', '1e9', 'NaN', 'null', '__proto__', 'constructor', '%00', '..', '/', '~', '~_'],
  ...['2026-11-24T20:00:00Z', '9999-12-31T23:59:59Z', '0000-01-01T00:00Z', '2026-02-30T00:00Z'],
  ...[
    'minute',
    'hour',
    'day',
    'country',
    'edge',
    'device',
    'csv',
    'json',
    'block',
    'stream',
    'page',
  ],
  ...['198.51.100.1', '::ffff:198.51.100.1', 'fe80::1%eth0', '1', '1440', '1441', '10000', '400'],
);
const cursor = fc
  .tuple(fc.oneof(text, fc.constantFrom('contents', '["blocks",null]')), fc.oneof(text, odd))
  .map(([of, place]) => encodeCursor(of, place));
const value = fc.oneof(odd, text, cursor);
const name = fc.oneof(
  fc.constantFrom('from', 'to', 'step', 'dimension', 'limit', 'cursor', 'format', 'kind', 'event'),
  fc.constantFrom('list', 'days', '__proto__'),
  text,
);
const part = fc.oneof(value, fc.constant('none'));
const path = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...API_ROUTES.map((route) => route.path as string)), part)
      .map(([route, one]) =>
        route.replace(/\{\w+\}/, () => encodeURIComponent(one.replace(/\p{Cs}/gu, ''))),
      ),
  },
  { weight: 1, arbitrary: fc.webPath() },
);
const query = fc
  .array(fc.tuple(name, value), { maxLength: 5 })
  .map((pairs) => new URLSearchParams(pairs).toString());
const header = fc.oneof(odd, fc.string()).map((one) => one.replace(/[^ -~]/g, '').trim());

describe('the API', () => {
  it(`answers any request with 200 or what is wrong with it (SEED=${SEED})`, async () => {
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(path, query, header, header, async (where, asked, accept, other) => {
        const headers = { accept, range: other, 'if-none-match': other, cookie: other };
        const answer = await api.app.request(`http://localhost${where}?${asked}`, { headers });
        seen.add(answer.status);
        expect([200, 400, 404]).toContain(answer.status);
        const body = await answer.text();
        if (answer.status !== 200) PROBLEM.parse(JSON.parse(body));
      }),
      { numRuns: RUNS, seed: SEED },
    );
    expect([...seen].sort()).toEqual([200, 400, 404]);
    expect(api.errors).toEqual([]);
  });

  it.each([
    '/v1/contents/%',
    '/v1/contents/%E0%A4%A',
    '/v1/contents/%00',
    '//',
    '/v1/contents/a%2Fb/minutes',
  ])('survives the path %s', async (odd) => {
    const { status } = await api.app.request(`http://localhost${odd}`);
    expect([400, 404]).toContain(status);
  });

  it('says 500 without saying why when the fault is ours, and 503 when it may pass (canary)', async () => {
    const { makeApi } = await import('../../lambdas/api/api');
    const { sourceOf } = await import('../support/views-memory');
    const ask = async (error: Error) => {
      const views = { ...sourceOf([], parseConfig({})), findKey: () => Promise.reject(error) };
      const errors: Error[] = [];
      const guard = {} as never;
      const app = makeApi({ views, guard, onError: (one) => errors.push(one) });
      const answer = await app.request('http://localhost/v1/contents/a');
      return [answer.status, PROBLEM.parse(await answer.json()).detail, errors];
    };
    const secret = new Error('table turnout-views of 198.51.100.1');
    expect(await ask(secret)).toEqual([500, 'Internal Server Error', [secret]]);
    const throttled = Object.assign(new Error('slow'), { name: 'ThrottlingException' });
    expect(await ask(throttled)).toEqual([503, 'Service Unavailable', [throttled]]);
  });
});
