import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const TEST = __dirname;

/** What judges the core must not be made of it. */
const INDEPENDENT = [
  ...readdirSync(join(TEST, 'reference'))
    .filter((file) => /^oracle.*\.ts$/.test(file))
    .map((file) => `reference/${file}`),
  ...'agents crowd edge-lines prng random-audience strip-zeros twin-config'
    .split(' ')
    .map((name) => `support/${name}.ts`),
  ...readdirSync(join(TEST, 'golden/cases')).map((file) => `golden/cases/${file}`),
  'golden/compare.ts',
  'golden/golden-case.ts',
];

/** The modules that a source names: `import ... from`, `export ... from`, `import()`, `require()`. */
function importsOf(source: string): string[] {
  const names = source.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"]+)['"]/g);
  return [...names].map(([, name]) => name!);
}

function forbiddenIn(source: string): string[] {
  return importsOf(source).filter((name) => /(^|\/)(lambdas|lib|bin|local)(\/|$)/.test(name));
}

/** What knows the truth of its lines must not know how they are counted. */
const CROWD = readdirSync(join(TEST, '../local/crowd'));

describe('the crowd', () => {
  it.each(CROWD)('local/crowd/%s imports nothing but its neighbours', (file) => {
    const names = importsOf(readFileSync(join(TEST, '../local/crowd', file), 'utf8'));
    expect(names.filter((name) => !/^\.\/[a-z-]+$/.test(name))).toEqual([]);
  });

  it('is found', () => {
    expect(CROWD).toContain('truth.ts');
  });
});

const ATTACKS = readdirSync(join(TEST, '../local/attacks'));

describe('the attacks', () => {
  it.each(ATTACKS)('local/attacks/%s imports nothing but its neighbours and the crowd', (file) => {
    const names = importsOf(readFileSync(join(TEST, '../local/attacks', file), 'utf8'));
    expect(names.filter((name) => !/^(\.|\.\.\/crowd)\/[a-z0-9-]+$/.test(name))).toEqual([]);
  });

  it('are found', () => {
    expect(ATTACKS).toContain('mix-event.ts');
  });
});

describe('the judges of the core', () => {
  it.each(INDEPENDENT)('%s imports nothing of it', (file) => {
    expect(forbiddenIn(readFileSync(join(TEST, file), 'utf8'))).toEqual([]);
  });

  it.each([
    `import { CLASSES } from '../../lambdas/core/edge/classes';`,
    `import type {\n  Hit,\n} from "../../lambdas/core/edge/hit";`,
    `export { x } from '../lambdas/core/x';`,
    `import '../../lib/config';`,
    `const core = await import('../../lambdas/core/recount');`,
    `const core = require('../../lib/config');`,
  ])('would be caught at: %s', (line) => {
    expect(forbiddenIn(line)).toHaveLength(1);
  });

  it('may import each other and the platform', () => {
    const source = `import { x } from './oracle-days';\nimport { join } from 'node:path';`;
    expect(importsOf(source)).toEqual(['./oracle-days', 'node:path']);
    expect(forbiddenIn(source)).toEqual([]);
  });
});
