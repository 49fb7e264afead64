import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { CSV_COLUMNS } from '../bin/commands/recount-csv';
import { PEAK_SLOTS } from '../lambdas/core/audience/concurrency';
import {
  DEFINITION,
  DOUBLE_CLICK_MS,
  SILENCE_MS_MAX,
  SLOT_MS,
  SLOT_SECONDS,
  START_WITHIN_MS,
  VIEW_SECONDS,
} from '../lambdas/core/audience/rules';
import { BAD_LINES, LINE_BYTES_MAX } from '../lambdas/core/edge/bad-line';
import { CAUSES, CLASSES, OUTCOMES } from '../lambdas/core/edge/classes';
import { PROBES } from '../lambdas/core/edge/probes';
import { SUSPECT_RULES } from '../lambdas/core/guard/suspect';
import { CONTENTS_MAX } from '../lambdas/core/edge/content-table';
import { LIMITS } from '../lambdas/core/settings';
import { sourcesUnder, textOf } from './support/source-files';

/** Goal: no page says what the code does not do. Method: page and code are read and compared. */

const LAW = textOf('docs/VIEW_DEFINITION.md');
/** The rows of the page, by rule id. */
const RULES = new Map(
  [...LAW.matchAll(/^\| `([A-Z]\d_\w+)` \| (.*)$/gm)].map(([, id, row]) => [id!, row!]),
);
/** The guard's rules have a page of their own. */
const GUARD_LAW = textOf('docs/GUARD.md');
const GUARD_RULES = new Map(
  [...GUARD_LAW.matchAll(/^\| `?([GPSX]\d{1,2}_\w+)`? \| (.*)$/gm)].map(([, id, row]) => [
    id!,
    row!,
  ]),
);
const CORE = sourcesUnder('lambdas/core/').map((file) => [file, textOf(file)] as const);

function idsNamed(text: string): string[] {
  return text.match(/\b[A-Z]\d_[a-z]\w*/g) ?? [];
}

/** Rules of the page whose id no source names, and ids in sources that the page does not have. */
function differences(rules: readonly string[], sources: readonly string[]): string[] {
  const named = new Set(sources.flatMap(idsNamed));
  return [
    ...rules.filter((id) => !named.has(id)).map((id) => `${id} is not in the code`),
    ...[...named].filter((id) => !rules.includes(id)).map((id) => `${id} is not on the page`),
  ];
}

function withoutGuard(text: string): string {
  return text.replace(/\b[GPSX]\d{1,2}_[a-z]\w*/g, (id) => (GUARD_RULES.has(id) ? '' : id));
}

describe('docs/VIEW_DEFINITION.md', () => {
  it('names the definition that reports name, and its last change is this version', () => {
    expect(LAW).toContain(`definition \`${DEFINITION.id}\` version ${DEFINITION.version}\n`);
    const versions = [...LAW.matchAll(/^\| (\d+\.\d+\.\d+) \|/gm)].map(([, version]) => version);
    expect(versions.at(-1)).toBe(DEFINITION.version);
  });

  it('and the core name the same rules', () => {
    expect(RULES.size).toBeGreaterThan(30);
    expect(
      differences(
        [...RULES.keys()],
        CORE.map(([, text]) => withoutGuard(text)),
      ),
    ).toEqual([]);
  });

  it('would be caught with a rule more or less (canary)', () => {
    expect(differences(['T1_line_time', 'T2_slot'], ['/** T2_slot, T9_new */'])).toEqual([
      'T1_line_time is not in the code',
      'T9_new is not on the page',
    ]);
  });

  it('is quoted by short ids that it has', () => {
    const short = new Set([...RULES.keys()].map((id) => id.slice(0, 2)));
    const unknown = CORE.filter(([file]) => file.includes('/audience/')).flatMap(([file, text]) =>
      (text.match(/\/\*\*[\s\S]*?\*\/|\/\/.*/g) ?? [])
        .flatMap((comment) => comment.match(/\b[A-Z]\d\b/g) ?? [])
        .filter((id) => !short.has(id))
        .map((id) => `${file}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });

  /** Numbers in backticks are the defaults of settings; a rule that is not here has none. */
  const DEFAULTS: Readonly<Record<string, readonly number[]>> = {
    T3_broadcast_day: [LIMITS.dayStartHour.fallback],
    H2_outcome: [LIMITS.blockStatus.fallback],
    I2_session_id: [LIMITS.sessionIdsMax.fallback],
    P1_media_proves: [LIMITS.segmentSeconds.fallback],
    G4_reader: [LIMITS.pagesPerDayMax.fallback],
    B1_address: [LIMITS.viewersPerAddressMax.fallback, LIMITS.waitingPerAddressMax.fallback],
  };

  it.each([...RULES.keys()])('%s has the defaults of the code', (id) => {
    const numbers = [...RULES.get(id)!.matchAll(/`(\d[\d,.]*)`/g)].map(([, text]) => Number(text));
    expect(numbers).toEqual(DEFAULTS[id] ?? []);
  });

  it.each([
    ['T2_slot', `A slot is ${SLOT_SECONDS} seconds`],
    ['T2_slot', `[2k, 2k + ${SLOT_MS / 1_000})`],
    ['S1_silence', `more than ${SILENCE_MS_MAX / 60_000} minutes`],
    ['S1_silence', `exactly ${SILENCE_MS_MAX / 60_000} minutes is one session`],
    ['S4_turned_away', `within ${START_WITHIN_MS / 1_000} s`],
    ['V1_view', `${VIEW_SECONDS.map((seconds) => `view${seconds}`).join(', ')}: `],
    ['V1_view', `N / ${SLOT_SECONDS} slots`],
    ['V2_page_view', `within ${DOUBLE_CLICK_MS / 1_000} s`],
    ['A1_watch_seconds', `${SLOT_SECONDS} x slots`],
    ['A4_peak', `${PEAK_SLOTS} consecutive slots (${PEAK_SLOTS * SLOT_SECONDS} s)`],
    ['E2_interruption', `at most ${100 - LIMITS.interruptionFallPercent.fallback} %`],
    ['E2_interruption', `at least ${LIMITS.interruptionViewersMin.fallback}`],
    ['C1_class', `in the order ${CLASSES.join(', ')}`],
  ])('%s says: %s', (id, words) => {
    expect(RULES.get(id)).toContain(words);
  });

  it('H2_outcome knows the outcomes of the code', () => {
    for (const outcome of OUTCOMES) expect(RULES.get('H2_outcome')).toContain(`\`${outcome}\``);
  });
});

describe('docs/GUARD.md', () => {
  const ids = (letter: string) => [...GUARD_RULES.keys()].filter((id) => id.startsWith(letter));
  const guard = CORE.filter(([file]) => /core\/(guard|edge|road)\//.test(file));

  it('has rules of four sorts, and none that the page of views has', () => {
    const counts = ['G', 'S', 'X', 'P'].map((letter) => ids(letter).length);
    expect(counts).toEqual([9, 12, PROBES.length, 10]);
    expect([...GUARD_RULES.keys()].filter((id) => RULES.has(id))).toEqual([]);
  });

  it('and the core name the same rules', () => {
    const named = new Set(
      guard.flatMap(([, text]) => text.match(/\b[GPSX]\d{1,2}_[a-z]\w*/g) ?? []),
    );
    const strange = [...named].filter((id) => !GUARD_RULES.has(id) && !RULES.has(id));
    expect(strange).toEqual([]);
    const missing = [...ids('G'), ...ids('S'), ...ids('X')].filter((id) => !named.has(id));
    expect(missing).toEqual([]);
  });

  it('has plan rules that comments of the guard quote by number', () => {
    const comments = guard
      .filter(([file]) => file.includes('/guard/'))
      .flatMap(([, text]) => text.match(/\/\*\*[\s\S]*?\*\/|\/\/.*/g) ?? []);
    const quoted = new Set(comments.flatMap((text) => text.match(/\bP\d{1,2}(?=\b|_)/g) ?? []));
    const numbers = ids('P').map((id) => id.split('_')[0]!);
    expect([...quoted].filter((id) => !numbers.includes(id))).toEqual([]);
    expect(numbers.filter((id) => !quoted.has(id))).toEqual([]);
  });

  it('has the suspect rules in the order of the code', () => {
    expect(ids('S')).toEqual([...SUSPECT_RULES]);
    for (const id of ids('S')) expect(GUARD_RULES.get(id)).toMatch(/ \| \d{4}-\d\d-\d\d \|$/);
  });

  it('has the probes of the code', () => {
    const rows = PROBES.map(({ id, reason, since }) => [id, `${reason} | ${since} |`]);
    expect(ids('X').map((id) => [id, GUARD_RULES.get(id)])).toEqual(rows);
  });
});

describe('docs/CLI.md', () => {
  const page = textOf('docs/CLI.md');

  it('has the reasons of bad lines, in order', () => {
    const table = page.slice(page.indexOf('### Reasons'), page.indexOf('### --csv'));
    const reasons = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason]) => reason);
    expect(reasons).toEqual([...BAD_LINES]);
    expect(table).toContain(`${LINE_BYTES_MAX.toLocaleString('en-US')} bytes`);
  });

  it('has the columns of --csv', () => {
    const table = page.slice(page.indexOf('### --csv'), page.indexOf('## classify'));
    for (const cause of CAUSES) expect(table).toContain(`\`${cause}\``);
    const figures = CSV_COLUMNS.filter((name) => name.endsWith('_gross'));
    for (const name of figures) expect(table).toContain(`\`${name.replace('_gross', '')}\``);
    const others = CSV_COLUMNS.filter((name) => !name.includes('_'));
    for (const name of others) expect(table).toContain(`\`${name}\``);
  });
});

describe('docs/ARCHITECTURE.md', () => {
  it('has the bounds of the code', () => {
    const page = textOf('docs/ARCHITECTURE.md');
    const { viewersPerAddressMax, waitingPerAddressMax } = LIMITS;
    for (const bound of [
      LINE_BYTES_MAX,
      CONTENTS_MAX,
      viewersPerAddressMax.fallback,
      waitingPerAddressMax.fallback,
    ]) {
      expect(page).toContain(bound.toLocaleString('en-US'));
    }
  });
});

describe('README.md', () => {
  it('has every option of recount, and no other', () => {
    const options = (text: string) => [...new Set(text.match(/--[a-z]+(-[a-z]+)*/g))].sort();
    const program = textOf('bin/turnout.ts');
    const recount = program.slice(program.indexOf(`'recount'`), program.indexOf('.action('));
    const readme = textOf('README.md');
    const table = readme.slice(readme.indexOf('## Options'), readme.indexOf('Exit status'));
    expect(options(table)).toEqual(options(recount));
  });
});

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/ARCHITECTURE.md',
  'docs/CLASSIFICATION.md',
  'docs/CLI.md',
  'docs/CONFIGURATION.md',
  'docs/COST.md',
  'docs/DEPLOY.md',
  'docs/OPERATIONS.md',
  'SECURITY.md',
  'docs/GUARD.md',
  'docs/VIEW_DEFINITION.md',
];

describe.each(PAGES)('%s', (page) => {
  const text = textOf(page);

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    const local = links.filter((link) => !/^https?:/.test(link));
    expect(local.filter((link) => !isThere(join(dirname(page), link)))).toEqual([]);
  });

  it('names files that are there', () => {
    const paths = text.match(/(?<=`)(bench|bin|docs|lambdas|lib|test)\/[\w./-]+(?=`)/g) ?? [];
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });

  it('names scripts that package.json has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

function isThere(path: string): boolean {
  return existsSync(join(__dirname, '..', path));
}

it('the lock file names the version that package.json names', () => {
  const version = (file: string) =>
    (JSON.parse(readFileSync(join(__dirname, '..', file), 'utf8')) as { version: string }).version;
  expect(version('package-lock.json')).toBe(version('package.json'));
});
