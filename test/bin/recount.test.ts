import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Report } from '../../lambdas/core/audience/report';
import { recountText } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import { renderJson, renderRealtime, renderW3c, W3C_HEADER } from '../support/edge-lines';
import { Prng } from '../support/prng';
import { randomAudience } from '../support/random-audience';

const TURNOUT = join(__dirname, '../../bin/turnout.js');

/** A folder of logs of one random audience, plain and in pieces; outside the repository. */
const folder = mkdtempSync(join(tmpdir(), 'turnout-'));
afterAll(() => rmSync(folder, { recursive: true }));

const audience = randomAudience(new Prng(7));
const rows = audience.lines.map((line, n) =>
  renderRealtime(line, `id-${n}`, audience.config.realtimeFields),
);
const put = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
put('turnout.json', JSON.stringify(audience.config));
const whole = put('all.tsv', text(rows));

function turnout(args: readonly string[], input?: string | Uint8Array) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TURNOUT, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return { status, stdout, stderr };
}
const recount = (...args: string[]) => turnout(['recount', '--json', ...args]);

/** Every way to hand over the same lines prints the same bytes; keys are drawn anew each time. */
describe('turnout recount', () => {
  const expected = `${JSON.stringify(recountText(new TextEncoder().encode(text(rows)), parseConfig(audience.config)), null, 2)}\n`;
  const half = Math.floor(rows.length / 2);

  it('prints what the core counts, with exit status 0', () => {
    expect(recount(whole)).toEqual({ status: 0, stdout: expected, stderr: '' });
  });

  it.each<[string, () => string[]]>([
    ['shuffled', () => [put('shuffled.tsv', text(new Prng(1).shuffle(rows)))]],
    [
      'in two files',
      () => [put('b.tsv', text(rows.slice(half))), put('a.tsv', text(rows.slice(0, half)))],
    ],
    [
      'in a folder, one of two gzip and named as if it were not',
      () => {
        put('logs/deep/one.log', gzipSync(text(rows.slice(0, half))));
        put('logs/two.log', text(rows.slice(half)));
        put('logs/.hidden', 'no log');
        put('logs/empty.log', '');
        return [join(folder, 'logs')];
      },
    ],
    [
      'with CRLF and empty lines',
      () => [put('crlf.tsv', rows.map((row) => `${row}\r\n\r\n`).join(''))],
    ],
    ['with two threads', () => ['--threads', '2', whole]],
    [
      'with a key of its own',
      () => ['--key-file', put('key', '00112233445566778899aabbccddeeff\n'), whole],
    ],
  ])('prints the same bytes for the same lines %s', (_, args) => {
    expect(recount(...args())).toEqual({ status: 0, stdout: expected, stderr: '' });
  });

  it.each<[string, string | Uint8Array]>([
    ['plain', text(rows)],
    ['gzip', gzipSync(text(rows))],
  ])('reads %s standard input', (_, input) => {
    expect(turnout(['recount', '--json', '-'], input)).toEqual({
      status: 0,
      stdout: expected,
      stderr: '',
    });
  });

  it('gives the same figures for real-time, standard v1 and JSON lines of the same requests', () => {
    // Standard times have whole seconds, and no country; so the requests are such.
    // Hosters are told by their network number, which standard logs lack.
    const people = audience.lines.filter((line) => line.class !== 'datacentre');
    const lines = people.map((line) => ({
      ...line,
      tMs: Math.floor(line.tMs / 1_000) * 1_000,
      country: '',
      sessionId: undefined,
    }));
    const { config: settings } = audience;
    const plain = lines.map((line) => ({
      ...line,
      objectDurationMs: undefined,
      objectType: undefined,
    }));
    const files = [
      put(
        'same.tsv',
        text(
          plain.map((line, n) => renderRealtime(line as never, `id-${n}`, settings.realtimeFields)),
        ),
      ),
      put(
        'same.w3c',
        text([W3C_HEADER, ...plain.map((line, n) => renderW3c(line as never, `id-${n}`))]),
      ),
      put('same.json', text(plain.map((line, n) => renderJson(line as never, `id-${n}`)))),
    ];
    const [realtime, standard, json] = files.map(
      (file) => (JSON.parse(recount(file).stdout) as Report).contents,
    );
    expect(standard).toEqual(realtime);
    expect(json).toEqual(realtime);
  });

  it('keeps what a cut gzip holds, says so, and counts the cut line', () => {
    const packed = gzipSync(text(rows));
    const file = put('cut.gz', packed.subarray(0, Math.floor(packed.length * 0.8)));
    const { status, stdout, stderr } = recount(file);
    const { ledger } = JSON.parse(stdout) as Report;
    expect(status).toBe(0);
    expect(stderr).toMatch(/cut\.gz is cut short or damaged .*what could be read of it is counted/);
    expect(ledger.bad['cut_off']).toBe(1);
    expect(ledger.hits).toBeGreaterThan(rows.length * 0.5);
    expect(ledger.hits).toBeLessThan(rows.length);
    expect(ledger.lines).toBe(ledger.hits + 1);
  });

  it('keeps what a damaged gzip of one chunk holds, and says so', () => {
    const packed = Buffer.from(gzipSync(text(rows)));
    packed[packed.length - 6]! ^= 0xff; // the sum at its end
    const { status, stderr } = recount(put('sum.gz', packed));
    expect(status).toBe(0);
    expect(stderr).toMatch(/sum\.gz is cut short or damaged/);
    const nothing = recount(put('nothing.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5])));
    expect([nothing.status, nothing.stdout]).toEqual([1, '']);
    expect(nothing.stderr).toMatch(/nothing\.gz is a damaged gzip/);
  });

  it('keeps what a gzip on standard input holds when it breaks off', () => {
    const packed = gzipSync(text(rows));
    const input = packed.subarray(0, Math.floor(packed.length * 0.8));
    const { status, stdout, stderr } = turnout(['recount', '--json', '-'], input);
    expect(status).toBe(0);
    expect(stderr).toMatch(/a stream is cut short or damaged/);
    const { ledger } = JSON.parse(stdout) as Report;
    expect(ledger.bad['cut_off']).toBe(1);
    expect(ledger.hits).toBeGreaterThan(rows.length * 0.5);
  });

  it('reads a named pipe like standard input', () => {
    const script = `cat ${whole} | ${process.execPath} ${TURNOUT} recount --json /dev/stdin`;
    const { stdout } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toBe(expected);
  });

  it('prints a table of at most 100 columns, and rows of minutes as CSV', () => {
    const table = turnout(['recount', whole]).stdout.split('\n');
    expect(Math.max(...table.map((line) => [...line].length))).toBeLessThanOrEqual(100);
    expect(table.join('\n')).toMatch(/gross +refusedByUs +invalid +unresolved +verified/);
    const csv = turnout(['recount', '--csv', whole]).stdout.trim().split('\r\n');
    expect(csv[0]).toMatch(/^content,kind,minute,hits/);
    expect(csv.length).toBeGreaterThan(3);
  });

  it('sums whole minutes between --from and --to, and calls new viewers so', () => {
    const all = JSON.parse(recount('--minutes', whole).stdout) as Report;
    const content = Object.values(all.contents).find(({ minutes }) => minutes!.length > 3)!;
    const { minute } = content.minutes![1]!;
    const to = new Date(Date.parse(minute) + 60_000).toISOString();
    const one = JSON.parse(recount('--from', minute, '--to', to, whole).stdout) as Report;
    const same = Object.values(one.contents).find(({ kind }) => kind === content.kind)!;
    expect(one.window).toEqual({ from: minute, to: to.replace('.000', '') });
    expect(same).not.toHaveProperty('viewers');
    expect(one.ledger).toEqual(all.ledger);
  });

  it.each<[number, RegExp, () => string[]]>([
    [1, /missing\.tsv does not exist/, () => ['missing.tsv']],
    [
      1,
      /x\.txt is no log of a known format; looked for CloudFront real-time.*it begins with: hello/,
      () => [put('x.txt', 'hello\n')],
    ],
    [
      1,
      /bad\.json has 2 problem/,
      () => ['--config', put('bad.json', '{"contens":[],"timeZone":"Mars"}'), whole],
    ],
    [1, /none\.json cannot be read/, () => ['--config', 'none.json', whole]],
    [
      1,
      /32 hexadecimal digits, got 3 characters/,
      () => ['--key-file', put('short', 'abc'), whole],
    ],
    [2, /missing required argument/, () => []],
    [2, /expected a time with zone.*got 20:00/, () => ['--from', '20:00', whole]],
    [
      2,
      /--to must be after --from/,
      () => ['--from', '2026-11-24T20:00:00Z', '--to', '2026-11-24T20:00:00Z', whole],
    ],
    [2, /--json and --csv exclude each other/, () => ['--csv', whole]],
    [2, /unknown option '--jsn'/, () => ['--jsn', whole]],
  ])('ends with status %i and %s, without a stack trace', (status, message, args) => {
    const result = recount(...args());
    expect([result.status, result.stdout]).toEqual([status, '']);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n {4}at /);
  });

  it('passes over files of no known format when asked to', () => {
    const { status, stderr, stdout } = recount('--skip-unknown', put('y.txt', 'hello\n'), whole);
    expect([status, stdout]).toEqual([0, expected]);
    expect(stderr).toMatch(/warning: passed over: .*y\.txt/);
  });
});
