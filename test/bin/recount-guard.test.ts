import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlockReport, renderBlocks } from '../../bin/commands/recount-blocks';
import type { Report } from '../../lambdas/core/audience/report';
import { textWidth } from '../../bin/commands/text-table';
import {
  combinedLine,
  renderJson,
  renderRealtime,
  renderW3c,
  W3C_HEADER,
} from '../support/edge-lines';
import { type Request, every, hlsPlayer, lineOf } from '../support/guard-streams';

/** Goal: an auditor sees of any log what the guard would have blocked. Method: the program, on small logs. */
const TURNOUT = join(__dirname, '../../bin/turnout.js');
const folder = mkdtempSync(join(tmpdir(), 'turnout-'));
afterAll(() => rmSync(folder, { recursive: true }));

const put = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const turnout = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TURNOUT, 'recount', ...args], {
    ...{ cwd: folder, encoding: 'utf8' as const, maxBuffer: 1e8 },
  });
  return { status, stdout, stderr };
};

const ATTACKER = '203.0.113.200';
const requests: readonly Request[] = [
  ...hlsPlayer({ to: 60, ip: '192.0.2.1' }),
  ...every({ from: 10, to: 40, step: 0.1 }, (second) => [
    { second, path: '/page/a', ip: ATTACKER },
  ]),
].sort((a, b) => a.second - b.second);
// Times of whole seconds, which all formats have.
const lines = requests.map((it) => lineOf({ ...it, second: Math.floor(it.second) }));
const text = (rows: readonly string[]) => `${rows.join('\n')}\n`;
const log = put('all.tsv', text(lines.map((line) => renderRealtime(line, 'id'))));

describe('turnout recount --guard', () => {
  const blocksOf = (...args: string[]) => {
    const { status, stdout } = turnout('--guard', '--json', ...args);
    expect(status).toBe(0);
    return (JSON.parse(stdout) as Report & { blocks: BlockReport[] }).blocks;
  };
  const expected = {
    ...{ cidr: `${ATTACKER}/32`, at: '2026-11-24T20:00:16Z', rule: 'S1_flood', strikes: 1 },
    ...{ attackHits: 240, verifiedViewers: 0 },
  };

  it.each<[string, () => string]>([
    ['real-time lines', () => log],
    [
      'a standard log',
      () => put('a.w3c', text([W3C_HEADER, ...lines.map((it) => renderW3c(it, 'id'))])),
    ],
    ['JSON lines', () => put('a.json', text(lines.map((it) => renderJson(it, 'id'))))],
    ['an Apache or nginx log', () => put('a.log', text(lines.map(combinedLine)))],
  ])('prints the blocks of %s', (_, path) => {
    const [block, ...more] = blocksOf(path());
    expect(more).toEqual([]);
    expect(block).toMatchObject(expected);
    expect(Object.keys(block!)).toEqual([
      ...['cidr', 'at', 'until', 'rule', 'strikes', 'attackHits', 'verifiedViewers'],
    ]);
    expect(block!.until).toMatch(/^2026-11-24T20:(09|10):\d\dZ$/);
  });

  it('changes no figure, and says nothing of blocks without it', () => {
    const { blocks, ...rest } = JSON.parse(turnout('--guard', '--json', log).stdout) as Record<
      string,
      unknown
    >;
    expect(blocks).toHaveLength(1);
    expect(JSON.parse(turnout('--json', log).stdout)).toEqual(rest);
  });

  it('leaves --csv as it is', () => {
    const csv = turnout('--csv', log);
    expect(csv.stdout.split('\r\n').length).toBeGreaterThan(2);
    expect(turnout('--csv', '--guard', log)).toEqual(csv);
  });

  it('prints a table for people', () => {
    const { stdout } = turnout('--guard', log);
    expect(stdout).toContain(
      'guard\n  blocks 1, requests that would have been refused 240, viewers hit 0\n',
    );
    expect(stdout).toMatch(
      / {2}203\.0\.113\.200\/32 +2026-11-24T20:00:16Z +S1_flood +\d+ +1 +240 +0\n$/,
    );
  });

  it('reads on one thread, and says so when more are asked for', () => {
    const two = turnout('--guard', '--json', '--threads', '2', log);
    expect(two.stderr).toBe(
      'turnout: warning: --guard judges lines in the order in which they come, so it reads on one thread\n',
    );
    expect(two.stdout).toBe(turnout('--guard', '--json', '--threads', '1', log).stdout);
    expect(turnout('--guard', '--json', '--threads', '1', log).stderr).toBe('');
  });

  it('warns of a log that is out of order', () => {
    const reversed = put(
      'reversed.tsv',
      text([...lines].reverse().map((it) => renderRealtime(it, 'id'))),
    );
    const { status, stderr } = turnout('--guard', '--json', reversed);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^turnout: warning: \d+ of 341 hits come more than 10 s after later ones: .*sort the log by time\n$/,
      ),
    ]);
    expect(turnout('--json', reversed).stderr).toBe('');
  });

  it('blocks what is allowed, and private addresses, never', () => {
    const config = put('allow.json', JSON.stringify({ guard: { allow: [`${ATTACKER}/32`] } }));
    expect(blocksOf('--config', config, log)).toEqual([]);
    const own = put(
      'own.tsv',
      text(lines.map((it) => renderRealtime({ ...it, ip: '10.0.0.1' }, 'id'))),
    );
    expect(blocksOf(own)).toEqual([]);
  });
});

describe('renderBlocks', () => {
  const block = (n: number): BlockReport => ({
    ...{ cidr: `2001:db8:0:${n.toString(16)}::/64`, rule: 'S11_network', strikes: 2 },
    ...{ at: '2026-11-24T20:00:00Z', until: '2026-11-24T20:19:30Z' },
    ...{ attackHits: 1_000 + n, verifiedViewers: n },
  });
  const blocks = (n: number) => Array.from({ length: n }, (_, at) => block(at));

  it.each([
    [0, 0, undefined],
    [20, 20, undefined],
    [21, 20, '  and 1 more, see --json'],
    [1_500, 20, '  and 1,480 more, see --json'],
  ])('of %i blocks shows the worst %i: %p', (given, shown, more) => {
    const out = renderBlocks(blocks(given), { columns: 100 }).trimEnd().split('\n');
    const rows = out.filter((line) => line.includes('::/64'));
    expect(rows).toHaveLength(shown);
    if (given > 0) expect(rows[0]).toContain(`2001:db8:0:${(given - 1).toString(16)}::/64`);
    expect(out.at(-1)!.startsWith('  and ') ? out.at(-1) : undefined).toBe(more);
    const sum = blocks(given).reduce((total, { attackHits }) => total + attackHits, 0);
    expect(out[1]).toContain(`refused ${sum.toLocaleString('en-US')}, viewers hit`);
  });

  it.each([100, 80, 40])('fits into %i columns', (columns) => {
    for (const line of renderBlocks(blocks(3), { columns }).split('\n')) {
      expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  });
});
