import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiText } from '../../lambdas/api/openapi-text';
import { API_ROUTES, API_SCOPES } from '../../lib/api-routes';

interface Operation {
  readonly tags: readonly string[];
  readonly security: readonly Record<string, readonly string[]>[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Record<string, { readonly content: Record<string, unknown> }>;
}

interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, Record<string, unknown>>;
}

const ROOT = join(__dirname, '../..');
const made = JSON.parse(openApiText()) as Document;

describe('docs/openapi.json', () => {
  it('is what npm run openapi would write', () => {
    const text = readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(made);
  });

  it('has every route of the API and no other, each for reading alone', () => {
    expect(made.openapi).toBe('3.1.0');
    expect(Object.keys(made.paths).sort()).toEqual(API_ROUTES.map(({ path }) => path).sort());
    for (const methods of Object.values(made.paths)) expect(Object.keys(methods)).toEqual(['get']);
  });

  it.each(API_ROUTES)(
    'says of $path what it takes, and what it answers',
    ({ path, permission }) => {
      const { tags, security, responses, parameters = [] } = made.paths[path]!['get']!;
      expect(tags).toEqual([permission]);
      expect(security).toEqual([{ sigv4: [] }, { jwt: [API_SCOPES[permission]] }]);
      expect(Object.keys(responses)).toEqual(['200', '400', '404']);
      expect(responses['200']!.content).toHaveProperty(['application/json']);
      expect(responses['400']!.content).toHaveProperty(['application/problem+json']);
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(path.match(/\{\w+\}/g) ?? []);
    },
  );

  it('refers to what it holds', () => {
    const refs = [...openApiText().matchAll(/"\$ref": "#\/components\/(\w+)\/(\w+)"/g)];
    expect(refs.length).toBeGreaterThan(20);
    for (const [, sort, name] of refs) expect(made.components[sort!]).toHaveProperty([name!]);
  });
});

describe('docs/API.md', () => {
  it('names every route, every parameter and both scopes', () => {
    const page = readFileSync(join(ROOT, 'docs/API.md'), 'utf8');
    for (const { path } of API_ROUTES) expect(page).toContain(`\`GET ${path}\``);
    for (const scope of Object.values(API_SCOPES)) expect(page).toContain(`\`${scope}\``);
    const names = Object.values(made.paths).flatMap(({ get }) =>
      (get!.parameters ?? []).map(({ name }) => name),
    );
    for (const name of new Set(names)) expect(page).toContain(`\`${name}\``);
  });
});
