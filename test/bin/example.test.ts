import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import {
  BROKEN_LINES,
  DOUBLED_LINES,
  makeExample,
  PEOPLE,
  START_DELAY_SECONDS,
} from '../../docs/example/make';
import type { Report } from '../../lambdas/core/audience/report';
import { TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';

const ROOT = join(__dirname, '../..');
const LOG = 'docs/example/edge-lines.tsv.gz';

function runRecount(...more: string[]) {
  const config = 'docs/example/turnout.json';
  const args = ['bin/turnout.js', 'recount', '--config', config, LOG, ...more];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const logOnDisk = () => gunzipSync(readFileSync(join(ROOT, LOG))).toString('utf8');

/** What `docs/example/make.ts` let people do, held against what `npm start` counts. */
describe('the example evening', () => {
  const { status, stdout, stderr } = runRecount('--json');
  const report = JSON.parse(stdout || '{}') as Report;
  const event = report.events?.['interview-2026-11-24'];
  const content = report.contents?.['interview'];

  it('is counted without a word of complaint', () => {
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('begins 42 minutes late', () => {
    expect(START_DELAY_SECONDS).toBe(42 * 60);
    expect(event!.startDelaySeconds! - START_DELAY_SECONDS).toBeGreaterThanOrEqual(0);
    expect(event!.startDelaySeconds! - START_DELAY_SECONDS).toBeLessThan(1);
  });

  it('verifies everybody who watched, and nobody else', () => {
    expect(event!.viewers).toMatchObject({
      verified: PEOPLE.watching,
      unresolved: PEOPLE.leavingAtOnce,
      invalid: { tool: 1, datacentre: 30 },
    });
  });

  it('knows who was turned away, and by what', () => {
    expect(event!.turnedAway).toEqual({
      refusedByUs: PEOPLE.refusedByUs,
      '4xx': PEOPLE.withOldLink,
      '5xx': PEOPLE.refusedByOutage,
      hungUp: PEOPLE.hangingUp,
      neverAsked: PEOPLE.neverServed,
    });
  });

  it('was interrupted once, for two minutes', () => {
    expect(event!.interruptions).toHaveLength(1);
    const [interruption] = event!.interruptions;
    expect(interruption!.at.slice(0, 16)).toBe('2026-11-24T20:54');
    expect(Math.round(interruption!.seconds / 60)).toBe(2);
    expect(interruption!.recovered).toBe(true);
  });

  it('comes from six countries on three kinds of devices', () => {
    expect(Object.keys(content!.by.country)).toEqual(['BR', 'CA', 'DE', 'GB', 'IN', 'US']);
    expect(Object.keys(content!.by.device)).toEqual(['desktop', 'phone', 'tv']);
  });

  it('has three lines that cannot be read, and a ledger that is in balance', () => {
    const lines = logOnDisk().split('\n').length - 1;
    const { ledger } = report;
    expect(ledger).toMatchObject({ lines, hits: lines - BROKEN_LINES, overBound: 0 });
    expect(ledger.bad).toEqual({ too_few_fields: BROKEN_LINES });
  });

  it('prints the table that the README shows', () => {
    const table = runRecount().stdout;
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const shown = /```text\nstream interview\n([\s\S]*?)```/.exec(readme)![1]!;
    const lines = shown.split('\n').filter((line) => line !== '' && line !== '...');
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => !table.split('\n').includes(line))).toEqual([]);
  });
});

describe('makeExample', () => {
  const text = makeExample();

  it('writes the log of the checkout again, byte for byte', () => {
    expect(text === logOnDisk()).toBe(true);
  });

  it('writes the fields that Turnout asks for, some lines twice, addresses of nobody', () => {
    const lines = text.split('\n').slice(0, -1);
    const whole = lines.filter((line) => line.split('\t').length === TURNOUT_FIELDS.length);
    expect(lines.length - whole.length).toBe(BROKEN_LINES);
    expect(whole.length - new Set(whole).size).toBe(DOUBLED_LINES);
    const reserved = /^(198\.1[89]\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|10\.|2001:db8:)/;
    const others = whole.map((line) => line.split('\t')[1]!).filter((ip) => !reserved.test(ip));
    expect(others).toEqual([]);
  });
});
