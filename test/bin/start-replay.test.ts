import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Report } from '../../lambdas/core/audience/report';
import { recountText } from '../../lambdas/core/recount';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { parseConfig } from '../../lib/config';
import { makeCrowd } from '../../local/crowd/crowd';
import { makeReplayShow } from '../../bin/commands/start-replay';
import { dataPath, describeWithData } from '../support/data';
import { type Summary, summaryOf } from './start-process';

const folder = mkdtempSync(join(tmpdir(), 'turnout-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

jest.setTimeout(90_000);

/** What of the record must be that of a recount. */
function recordOf({ definition, contents, ledger: { lines, hits, bad } }: Report) {
  return { definition, contents, ledger: { lines, hits, bad } };
}

/** The process says that it is equal; the test does not take its word. */
function expectEqual(summary: Summary<Report>, recount: Report) {
  expect(summary.equal).toBe(true);
  expect(recordOf(summary.truth)).toEqual(recordOf(recount));
  expect(recordOf(summary.counted)).toEqual(recordOf(recount));
  expect(summary.ledger).toMatchObject({ late: 0, lost: 0 });
}

const START = Date.parse('2026-03-03T19:00:00Z');

describe('npm start --replay', () => {
  it('counts and does not judge: the times of a log are not those of its arrival', () => {
    const file = put(
      'judged.log',
      '192.0.2.7 - - [03/Mar/2026:10:00:07 +0000] "GET / HTTP/1.1" 200 5\n',
    );
    const show = makeReplayShow(
      { kind: 'replay', file, bytes: 1, speed: 'max', config: {} },
      () => undefined,
    );
    expect(show.environment).toMatchObject({ GUARD: 'off' });
    expect(show.guard).toBeUndefined();
  });

  it('of real-time lines as gzip, with a turnout.json and by their own times, is a recount', async () => {
    const crowd = makeCrowd({ seed: 3, viewers: 30, minutes: 2, startAtMs: START });
    const lines = [...crowd.lines()].map(({ line }) => line);
    const text = `\n${lines.join('')}no line at all\n${'x'.repeat(70_000)}\n\ncut off without newline`;
    const config = put('event.json', JSON.stringify(crowd.config));
    const file = put('event.log', gzipSync(text));
    const { status, summary, stderr } = await summaryOf<Report>([
      '--replay',
      file,
      '--config',
      config,
      '--speed',
      '60',
    ]);
    const recount = recountText(Buffer.from(text), parseConfig(crowd.config));
    expect(recount.ledger.bad).toMatchObject({ too_few_fields: 2, too_long: 1 });
    expectEqual(summary, recount);
    expect(status).toBe(0);
    expect(stderr).toMatch(/stream live\n/);
    expect(stderr).toMatch(/EQUAL: what was counted is turnout recount of/);
  });

  it('of an Apache log, as it is and cut short, is a recount', async () => {
    const agent =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36';
    const line = (n: number, zone: string, path: string) =>
      `198.51.100.${n % 50} - - [03/Mar/2026:${String(10 + (n % 2)).padStart(2, '0')}:${String(
        n % 60,
      ).padStart(2, '0')}:07 ${zone}] "GET ${path} HTTP/1.1" 200 5120 "-" "${agent} caf\xe9"`;
    const lines = Array.from({ length: 300 }, (_, n) =>
      line(n * 7, n % 2 === 0 ? '+0000' : '+0130', n % 3 === 0 ? '/live/1.ts' : `/page-${n % 5}`),
    );
    // Bytes that are no UTF-8 must arrive as they are.
    const log = Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1');
    const packed = gzipSync(log);
    const cut = put('cut.gz', packed.subarray(0, packed.length - 40));
    // Most of the time is waiting for windows, so both run at once.
    const [whole, part] = await Promise.all([
      summaryOf<Report>(['--replay', put('access.log', log)]),
      summaryOf<Report>(['--replay', cut]),
    ]);
    expect(whole.status).toBe(0);
    expectEqual(whole.summary, recountText(log, DEFAULT_SETTINGS));
    expect(Object.keys(whole.summary.counted.contents).length).toBeGreaterThan(5);

    const { status, summary, stderr } = part;
    expect([status, summary.equal]).toEqual([0, true]);
    expect(stderr).toMatch(/cut\.gz is cut short or damaged .*; what could be read is replayed/);
    // Who reads the file knows of the line that was cut off; the road never had it.
    expect(summary.truth.ledger.bad).toEqual({ cut_off: 1 });
    expect(summary.counted.ledger.lines).toBe(summary.truth.ledger.lines - 1);
  });
});

describeWithData('npm start --replay of public logs', () => {
  it('counts 600 lines of a real Apache log as a recount does', async () => {
    const log = gunzipSync(readFileSync(dataPath('elastic-apache_logs', 'apache_logs.gz')!));
    const part = Buffer.from(log.toString('latin1').split('\n').slice(0, 600).join('\n'), 'latin1');
    const { status, summary } = await summaryOf<Report>(['--replay', put('apache.log', part)]);
    expect(status).toBe(0);
    expect(summary.ledger.lines).toBe(600);
    expectEqual(summary, recountText(part, DEFAULT_SETTINGS));
  });

  it('counts 28,949 standard lines of CloudFront as a recount does', async () => {
    const path = dataPath('cloudfront-fixtures', 'aws-waf-automations', 'cf-access-log-sample.gz')!;
    const { status, summary } = await summaryOf<Report>(['--replay', path]);
    expect(status).toBe(0);
    expect(summary.ledger.lines).toBe(28_949);
    expectEqual(summary, recountText(gunzipSync(readFileSync(path)), DEFAULT_SETTINGS));
  });
});
