import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { PLAN_DEFAULTS, parseClaims, runPlan } from '../../bin/commands/plan';

const SIX = `address\tattackHits\tverifiedViewers
198.51.100.0\t9\t0
198.51.100.1\t0\t4
198.51.100.2\t9\t0
198.51.100.3\t0\t4
198.51.100.4\t9\t0
198.51.100.5/32\t0\t4
`;

async function planOf(text: string, options: { capacity: number; weight: number; json?: boolean }) {
  const stdout = new PassThrough();
  await runPlan('-', options, { stdin: Readable.from([Buffer.from(text)]), stdout });
  return String(stdout.read());
}

describe('turnout plan', () => {
  it('prints the CIDRs, then the totals beside those of whole networks', async () => {
    const lines = (await planOf(SIX, { capacity: 2, weight: 1 })).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      '198.51.100.0/30\t18\t8\t2',
      '198.51.100.4/32\t9\t0\t1',
      '',
    ]);
    expect(lines.find((line) => line.startsWith('chosen'))).toMatch(/2 +27 +100.00 % +8 .* 19$/);
    expect(lines.find((line) => line.startsWith('top /24'))).toMatch(/1 +27 +100.00 % +12 .* 15$/);
    expect(lines).toContain('at most 19 can be had with 2 CIDRs');
  });

  it('says the same as JSON', async () => {
    const text = `${SIX}2001:db8::1\t50\t0\n66.249.64.9\t40\t0\n192.0.2.9\t3\t5\n`;
    const told = JSON.parse(await planOf(text, { capacity: 1, weight: 2, json: true }));
    expect(told).toMatchObject({
      ...{ capacity: 1, viewerWeight: 2 },
      ipv4: {
        ...{ suspects: 5, attackHits: 70, verifiedViewers: 17, value: 9, bound: 9 },
        totals: { cidrs: 1, attackHits: 9, verifiedViewers: 0, suspects: 1 },
        collateral: { viewers: 0, percent: 0 },
        spared: [
          { cidr: '66.249.64.9/32', why: 'exempt', list: 'crawlers:googlebot' },
          { cidr: '192.0.2.9/32', why: 'viewers' },
        ].sort((a, b) => (a.cidr < b.cidr ? 1 : -1)),
      },
      ipv6: { chosen: [{ cidr: '2001:db8::/64', attackHits: 50, suspects: 1 }], overflow: [] },
    });
    expect(told.ipv4.overflow).toHaveLength(2);
  });

  it.each([
    ['192.0.2.1\t1\n', 'expected address, attackHits and verifiedViewers with tabs between'],
    ['192.0.2.1\t1\t0\t7\n', 'expected address, attackHits and verifiedViewers with tabs between'],
    ['192.0.2.256\t1\t0\n', 'expected an address or a range, got "192.0.2.256"'],
    ['192.0.2.1\t-1\t0\n', 'expected two whole numbers'],
    ['192.0.2.1\t1\t\n', 'expected two whole numbers'],
    ['address\t1\t0\n', 'expected an address or a range, got "address"'],
  ])('refuses %j and names the line', (line, message) => {
    expect(() => parseClaims(`address\ta\tg\r\n\n${line}`, 'x.tsv')).toThrow(
      `x.tsv, line 3: ${message}`,
    );
  });

  it.each([
    [['plan', '-'], SIX, 0],
    [['plan', '-'], 'nonsense\n', 1],
    [['plan', '/nowhere.tsv'], '', 1],
    [['plan', '-', '--capacity', '0'], '', 2],
    [['plan', '-', '--weight', '-1'], '', 2],
    [['plan'], '', 2],
  ])('%j ends with the status that says so', (args, input, status) => {
    const bin = join(__dirname, '../../bin/turnout.js');
    const done = spawnSync(process.execPath, [bin, ...args], { input, encoding: 'utf8' });
    expect([done.status, done.stderr.includes(' at ')]).toEqual([status, false]);
    expect(done.stderr === '').toBe(status === 0);
  });

  it('has the capacity of one IP set and the weight of the configuration', () => {
    expect(PLAN_DEFAULTS).toEqual({ capacity: 10_000, weight: 100 });
  });
});
