import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { GOLDEN_CASES } from './cases';

const LAW = readFileSync(join(__dirname, '../../docs/VIEW_DEFINITION.md'), 'utf8');

describe('golden cases', () => {
  it('pin every rule of VIEW_DEFINITION.md, and none that is not there', () => {
    const rules = [...LAW.matchAll(/^\| `([A-Z]\d_\w+)` \|/gm)].map(([, id]) => id!);
    const pinned = new Set(GOLDEN_CASES.flatMap((golden) => golden.pins));
    expect(rules.length).toBeGreaterThan(30);
    expect([...pinned].sort()).toEqual([...rules].sort());
  });

  it('have names of their own', () => {
    const names = GOLDEN_CASES.map((golden) => golden.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
