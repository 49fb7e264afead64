import {
  checkDefaultExports,
  checkFileName,
  checkImports,
  checkLoneTests,
  checkMachine,
  checkNotes,
  checkVersions,
  FILE_LINES_MAX,
  findLongFunctions,
  FUNCTION_LINES_MAX,
  linesOf,
} from './support/source-checks';
import { SOURCES, sourcesUnder, textOf } from './support/source-files';

/**
 * Goal: the rules of the house that a machine can hold are held. Method: each source goes through
 * each check, and each check is shown to find what it is for (canaries).
 */

/** Files above 300 lines, each with its reason. One that is no longer above is an error. */
const LONG_FILES: Readonly<Record<string, string>> = {
  'bench/edge-log.ts':
    'one audience from its arrival to its last request; the data and the forms of its lines are apart',
  'lambdas/core/audience/audience.ts':
    'the fold and the bounds write one state, and each must leave it whole for the other',
};

/** Functions above 70 lines, as `file function`, each with its reason. */
const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  'lambdas/core/edge/hit-reader.ts makeHitReader':
    'the hot loop: its steps share the spans, the hit and the caches of one reader, and allocate nothing',
};

type Check = (file: string, text: string) => string[];
const problems = (files: readonly string[], check: Check) =>
  files.flatMap((file) => check(file, textOf(file)).map((problem) => `${file}: ${problem}`));

describe('the sources', () => {
  it('are found', () => {
    for (const folder of ['lambdas/core/', 'lib/', 'bin/', 'test/']) {
      expect(sourcesUnder(folder).length).toBeGreaterThan(2);
    }
  });

  it('import only what their layer may', () => {
    expect(problems(SOURCES, checkImports)).toEqual([]);
  });

  it('of core read no clock, chance, environment or zone of the machine', () => {
    expect(problems(sourcesUnder('lambdas/core/'), checkMachine)).toEqual([]);
  });

  it('have no default exports in lib and lambdas', () => {
    const files = [...sourcesUnder('lib/'), ...sourcesUnder('lambdas/')];
    expect(problems(files, checkDefaultExports)).toEqual([]);
  });

  it('have names in kebab-case that say what is in them', () => {
    expect(problems(SOURCES, checkFileName)).toEqual([]);
  });

  it('have no notes without the number of an issue', () => {
    const files = SOURCES.filter(
      (file) => !/^test\/(tidy\.test|support\/source-checks)/.test(file),
    );
    expect(problems(files, checkNotes)).toEqual([]);
  });

  it('have no test that runs alone', () => {
    expect(problems(sourcesUnder('test/'), checkLoneTests)).toEqual([]);
  });

  it(`have at most ${FILE_LINES_MAX} lines, or a reason`, () => {
    const long = SOURCES.filter((file) => linesOf(textOf(file)) > FILE_LINES_MAX);
    expect(long).toEqual(Object.keys(LONG_FILES).sort());
  });

  it(`have functions of at most ${FUNCTION_LINES_MAX} lines, or a reason`, () => {
    const long = SOURCES.flatMap((file) =>
      findLongFunctions(file, textOf(file)).map(({ name }) => `${file} ${name}`),
    );
    expect(long.sort()).toEqual(Object.keys(LONG_FUNCTIONS).sort());
  });
});

describe('package.json', () => {
  it('names exact versions', () => {
    expect(checkVersions(textOf('package.json'))).toEqual([]);
  });
});

/** A check that finds nothing in the worst of samples would hold nothing. */
describe('checks find what they are for (canaries)', () => {
  it.each([
    ['lambdas/core/audience/x.ts', `import { readFileSync } from 'node:fs';`],
    ['lambdas/core/audience/x.ts', `import { z } from 'zod';`],
    ['lambdas/core/x.ts', `export { send } from '../adapters/send';`],
    ['lambdas/core/edge/x.ts', `import type { Audience } from '../audience/audience';`],
    ['lambdas/core/edge/x.ts', `const guard = await import('../guard/plan');`],
    ['lambdas/intake/handler.ts', `import { WAFV2Client } from '@aws-sdk/client-wafv2';`],
    ['lambdas/intake/handler.ts', `import { Stack } from 'aws-cdk-lib';`],
    ['lambdas/adapters/x.ts', `import { parseConfig } from '../../lib/config';`],
    ['lib/turnout.ts', `import { send } from '../lambdas/adapters/send';`],
    ['lib/turnout.ts', `import { makeHandler } from '../lambdas/intake/handler';`],
    ['lib/config-schema.ts', `import { Stack } from 'aws-cdk-lib';`],
    ['lib/config.ts', `import { Turnout } from './turnout';`],
    ['lib/turnout.ts', `import { build } from 'esbuild';`],
    ['lib/turnout.ts', `import { readFileSync } from 'node:fs';`],
    ['lib/bundle.ts', `import { Stack } from 'aws-cdk-lib';`],
    ['lib/pipeline.ts', `import { Duration } from 'aws-cdk-lib';`],
    ['lib/tables.ts', `import { parseConfig } from './config';`],
    ['lambdas/core/x.ts', `const { Prng } = require('../../test/support/prng');`],
    ['bin/x.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
  ])('%s: %s', (file, text) => {
    expect(checkImports(file, text)).toHaveLength(1);
  });

  it.each([
    [`const now = Date.now();`],
    [`const now = new Date();`],
    [`const local = new Date(2026, 10, 24);`],
    [`const text = Date();`],
    [`const text = new Date(ms).toString();`],
    [`const chance = Math.random();`],
    [`const key = crypto.getRandomValues(bytes);`],
    [`const level = process.env['LEVEL'];`],
    [`const hour = date.getHours();`],
    [`const text = date.toLocaleString();`],
    [`const format = new Intl.DateTimeFormat('en-US', { hour: 'numeric' });`],
    [`setTimeout(flush, 1_000);`],
  ])('core: %s', (text) => {
    expect(checkMachine('lambdas/core/x.ts', text)).toHaveLength(1);
  });

  it('core may speak of a process. and take a time as it comes', () => {
    const text = `// All in one process. Date.now()\nconst text = new Date(ms).toISOString();`;
    expect(checkMachine('lambdas/core/x.ts', text)).toEqual([]);
  });

  it.each(['lambdas/x/index.ts', 'lib/string-utils.ts', 'lib/viewTable.ts', 'test/Base.test.ts'])(
    'name: %s',
    (file) => {
      expect(checkFileName(file)).toHaveLength(1);
    },
  );

  it.each([
    `export default class Turnout {}`,
    `export default makeHandler({});`,
    `export { handler as default } from './handler';`,
  ])('default: %s', (text) => {
    expect(checkDefaultExports('lib/x.ts', text)).toHaveLength(1);
  });

  it('default of a switch is none', () => {
    const text = `switch (x) {\n  case 1:\n    break;\n  default:\n    f();\n}`;
    expect(checkDefaultExports('lib/x.ts', text)).toEqual([]);
  });

  it('notes', () => {
    expect(checkNotes('lib/x.ts', '// TODO later\n// TODO (#12) soon\nf(); // FIXME')).toEqual([
      '// TODO later',
      'f(); // FIXME',
    ]);
  });

  it.each([`it.only('x', f);`, `describe.only.each([])('x', f);`, `fit('x', f);`])(
    'alone: %s',
    (text) => {
      expect(checkLoneTests('test/x.test.ts', text).length).toBeGreaterThan(0);
    },
  );

  it.each([
    [FUNCTION_LINES_MAX, []],
    [FUNCTION_LINES_MAX + 1, [{ name: 'f', lines: FUNCTION_LINES_MAX + 1 }]],
  ])('a function of %i lines', (lines, found) => {
    const body = 'g();\n'.repeat(lines - 2);
    expect(findLongFunctions('lib/x.ts', `function f() {\n${body}}\n`)).toEqual(found);
    expect(findLongFunctions('test/x.ts', `describe('f', () => {\n${body}});\n`)).toEqual([]);
  });

  it.each(['^1.2.3', '~1.2.3', '1.x', 'latest', '*'])('version %s', (version) => {
    const text = JSON.stringify({ dependencies: { a: '1.2.3' }, devDependencies: { b: version } });
    expect(checkVersions(text)).toEqual([`b ${version}`]);
  });
});
