import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import { makeJsonSchema, parseConfig } from '../../lib/config';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly [limit: string]: unknown;
}
interface SchemaKey {
  readonly node: SchemaNode;
  readonly isRequired: boolean;
}

function keysOf(node: SchemaNode, prefix = ''): [string, SchemaKey][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const key = `${prefix}${name}`;
    const own: SchemaKey = { node: child, isRequired: node.required?.includes(name) ?? false };
    const item = child.items ? keysOf(child.items, `${key}[].`) : [];
    return [[key, own] as [string, SchemaKey], ...keysOf(child, `${key}.`), ...item];
  });
}

describe('turnout.schema.json', () => {
  it('is what npm run schema would write', () => {
    expect(JSON.parse(read('lib/turnout.schema.json'))).toEqual(
      JSON.parse(JSON.stringify(makeJsonSchema())),
    );
  });
  it.each(keysOf(makeJsonSchema()))('describes %s', (_, { node }) => {
    expect(node.description).toMatch(/^.{10,}$/);
  });
});

describe('docs/CONFIGURATION.md', () => {
  const text = read('docs/CONFIGURATION.md');
  const keys = new Map(keysOf(makeJsonSchema()));
  const rows = [...text.matchAll(/^\| `([^`]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|/gm)].map((match) => ({
    key: match[1]!,
    fallback: match[3]!.trim(),
    limits: match[4]!.trim(),
  }));

  it('has a row for every key, in the order of the schema, and no other', () => {
    expect(rows.map(({ key }) => key)).toEqual([...keys.keys()]);
  });
  it.each(rows)('tells the default and limits of $key', ({ key, fallback, limits }) => {
    const { node, isRequired } = keys.get(key)!;
    if (isRequired) expect(fallback).toBe('required');
    else if (node.default === undefined) expect(fallback).toBe('none');
    else if (key !== 'realtimeFields') expect(fallback).toBe(`\`${JSON.stringify(node.default)}\``);
    if (node['minimum'] !== undefined) {
      expect(limits).toContain(`${String(node['minimum'])} to ${String(node['maximum'])}`);
    }
    if (node['maxItems'] !== undefined) {
      expect(limits).toContain(`${String(node['minItems'])} to ${String(node['maxItems'])}`);
    }
  });
  it('lists the default fields in order', () => {
    const paragraph = /The default of `realtimeFields`[^]*?\n\n/.exec(text)![0];
    const named = [...paragraph.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    expect(named).toEqual(['realtimeFields', ...TURNOUT_FIELDS]);
  });
  it('has an example that holds', () => {
    const example: unknown = JSON.parse(/```json\n([^]*?)```/.exec(text)![1]!);
    const { contents, events } = parseConfig(example);
    expect(contents.map(({ id, hosts, entry }) => [id, hosts.length, entry.length])).toEqual([
      ['interview', 2, 2],
      ['site', 1, 0],
    ]);
    expect(events[0]!.endAtMs - events[0]!.startAtMs).toBe(2.5 * 3_600_000);
  });
});
