import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GuardReport } from '../../bin/commands/start-guard-report';
import type { Truth } from '../../local/crowd/crowd';
import { type Summary, start, summaryOf } from './start-process';

const folder = mkdtempSync(join(tmpdir(), 'turnout-attacked-'));
afterAll(() => rmSync(folder, { recursive: true }));

jest.setTimeout(150_000);

const EVENT = ['--viewers', '40', '--minutes', '1', '--seed', '7', '--speed', '2'];
const ATTACK = ['--attack', 'single-source', '--attack-at', '5', '--propagation', '1'];

async function attacked(mode: string) {
  const keep = join(folder, mode);
  const args = [...EVENT, ...ATTACK, '--mode', mode, '--keep', keep];
  const { status, summary, stderr } = await summaryOf<Truth>(args);
  const { guard, ...rest } = summary as Summary<Truth> & { guard: GuardReport };
  return { status, guard, rest, stderr, held: heldIn(join(keep, 'road', 'waf')) };
}

/** What each list holds at the end. */
function heldIn(dir: string): { block: string[]; count: string[] } {
  const held = { block: [] as string[], count: [] as string[] };
  for (const file of readdirSync(dir)) {
    const { name, addresses } = JSON.parse(readFileSync(join(dir, file), 'utf8'));
    held[/^block/.test(name) ? 'block' : 'count'].push(...addresses);
  }
  return held;
}

/**
 * In the networks of bots. Which of the machines that come to every event are found in a minute depends on how
 * the windows of lanes lie on the clock.
 */
function ofAttack(cidrs: readonly string[]): string[] {
  return cidrs.filter((cidr) => /^(24[89]|25[0-4])\./.test(cidr));
}

/**
 * Goal: who starts it sees one attacker found, blocked and refused, and every viewer let in and counted. The real
 * process and functions; both modes at once, as most of the time is waiting.
 */
describe('npm start --attack', () => {
  it('blocks an attacker and no viewer, and in mode count decides the same and blocks nothing', async () => {
    const [block, count] = await Promise.all([attacked('block'), attacked('count')]);

    expect([block.status, block.rest.equal]).toEqual([0, true]);
    expect(Object.keys(block.rest.truth.contents)).toContain('live');
    expect(block.guard).toMatchObject({
      ...{ mode: 'block', offenders: 1, offendersBlocked: 1 },
      ...{ viewersBlocked: 0, viewersRefused: 0, collateral: 0, overflow: 0 },
      attackersCounted: {},
    });
    const { attackRequests, latency, suspects, updateCalls } = block.guard;
    expect(attackRequests.refused).toBeGreaterThan(attackRequests.served / 10);
    expect(attackRequests.refused).toBeGreaterThan(200);
    expect(suspects).toMatchObject({ attack: 1, viewers: 0 });
    expect(updateCalls).toBeGreaterThan(0);
    expect(latency.p50).toBeGreaterThan(0);
    expect(latency.p99).toBe(latency.p50);
    // The line that made it a suspect is not the first.
    expect(latency.first).toBeGreaterThan(latency.p50!);
    expect(block.stderr).toMatch(/offenders blocked +1 of 1\n/);
    expect(block.stderr).toMatch(/^EQUAL: /m);

    expect([count.status, count.rest.equal]).toEqual([0, true]);
    expect(count.guard).toMatchObject({
      ...{ mode: 'count', offenders: 1, offendersBlocked: 0, viewersBlocked: 0 },
      attackRequests: { refused: 0 },
      blocks: { block: 0 },
    });
    expect(count.guard.latency.p50).toBeGreaterThan(0);
    expect(count.held.block).toEqual([]);
    expect(block.held.count).toEqual([]);
    expect(ofAttack(block.held.block)).toHaveLength(1);
    expect(ofAttack(count.held.count)).toEqual(ofAttack(block.held.block));
  });

  it('ends with status 2 and all shapes where a shape is none', async () => {
    const { status, stdout, stderr } = await start(['--attack', 'botnet,blizzard'], folder).ended;
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/expected one or more of single-source, botnet, .*got blizzard/);
  });
});
