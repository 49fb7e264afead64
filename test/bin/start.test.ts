import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Truth } from '../../local/crowd/crowd';
import { parseSummary, start, summaryOf } from './start-process';

const folder = mkdtempSync(join(tmpdir(), 'turnout-start-'));
afterAll(() => rmSync(folder, { recursive: true }));

jest.setTimeout(60_000);

const SMALL = ['--viewers', '40', '--minutes', '1', '--seed', '7'];

/** Goal: who starts it sees an event counted to the truth, whatever comes in between. The real process. */
describe('npm start', () => {
  it('counts an event that ends as the truth says, and prints it on the last line', async () => {
    const { status, summary, stderr } = await summaryOf<Truth>([...SMALL, '--speed', '30']);
    expect(status).toBe(0);
    expect(Object.keys(summary)).toEqual(['truth', 'counted', 'equal', 'ledger', 'latency']);
    const { truth, counted, equal, ledger, latency } = summary;
    expect(equal).toBe(true);
    expect(counted).toEqual(truth);
    expect(truth.contents.live!.views['view30']).toBeGreaterThan(10);
    expect(ledger).toMatchObject({ lines: truth.lines, late: 0, lost: 0 });
    expect(latency.p50).toBeGreaterThan(0);
    expect(latency.p99).toBeGreaterThanOrEqual(latency.p50);
    expect(stderr).toMatch(/attempts +33 +33\n/);
    expect(stderr).toMatch(/^EQUAL: /m);
  });

  it('stops at Ctrl-C, even one that comes twice, and compares what was put until then', async () => {
    const run = start([...SMALL, '--outage', '20@20', '--speed', '8', '--json']);
    await run.says('0:00');
    await sleep(4_000);
    // A terminal sends it to the whole group, and npm passes its own on.
    process.kill(run.pid, 'SIGINT');
    process.kill(run.pid, 'SIGINT');
    const { status, stdout, stderr } = await run.ended;
    const { truth, equal } = parseSummary<Truth>(stdout, stderr);
    expect([status, equal]).toEqual([0, true]);
    expect(stderr).toMatch(/lines until it was stopped/);
    expect(stderr).toMatch(/ stopping\n/);
    expect(truth.lines).toBeGreaterThan(50);
    expect(truth.contents.live!.outcomes['5xx']).toBeGreaterThan(5);
  });

  it('leaves at once at a second Ctrl-C', async () => {
    const run = start([...SMALL, '--json']);
    await run.says('0:00');
    process.kill(run.pid, 'SIGINT');
    await sleep(700);
    const beginMs = Date.now();
    process.kill(run.pid, 'SIGINT');
    const { status, stdout } = await run.ended;
    expect([status, stdout]).toEqual([130, '']);
    expect(Date.now() - beginMs).toBeLessThan(1_000);
  });

  it.each<[number, RegExp, string[]]>([
    [2, /--viewers <n>' argument '0' is invalid.*whole number from 1/, ['--viewers', '0']],
    [2, /too many arguments/, ['40']],
    [2, /--seed is of the event that is made up/, ['--replay', 'x.log', '--seed', '7']],
    [1, /no log of a known format/, ['--replay', 'x.log']],
  ])('ends with status %i and %s, without a stack trace', async (status, message, args) => {
    writeFileSync(join(folder, 'x.log'), 'hello\n');
    const ended = await start(args, folder).ended;
    expect([ended.status, ended.stdout]).toEqual([status, '']);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).not.toMatch(/\n {4}at /);
  });
});
