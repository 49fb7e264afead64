import { TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import { type AttackOptions, CROWD_SHAPES, SHAPES, makeAttack } from '../../local/attacks/attack';
import { seeds } from '../support/prng';
import {
  HOMES,
  START_AT_MS,
  attackLines,
  attackOptions,
  countBy,
  isInOrder,
  readFields,
  sourceOfIp,
  textOf,
} from './attack-lines';

/**
 * Goal: the attacks are what they say, so that a guard is judged by the truth. Method: what is said of them is
 * counted again in their lines, for every shape.
 */
const isCrowd = (shape: string) => CROWD_SHAPES.some((crowd) => crowd === shape);

describe.each(SHAPES)('%s', (shape) => {
  it.each(seeds(2))('writes the same lines for the same seed, call for call (SEED=%i)', (seed) => {
    const attack = makeAttack(attackOptions({ shape, seed }));
    const text = textOf([...attack.lines()]);
    const sources = attack.sources();
    expect(textOf([...attack.lines()]) === text).toBe(true);
    expect(attack.sources()).toEqual(sources);
    expect(textOf(attackLines({ shape, seed })) === text).toBe(true);
    expect(textOf(attackLines({ shape, seed: seed + 100 })) === text).toBe(false);
  });

  it.each(seeds(2))('numbers lines from 0 by rising times, inside its time (SEED=%i)', (seed) => {
    const lines = attackLines({ shape, seed, seconds: 30 });
    expect(lines.length).toBeGreaterThan(10);
    expect(isInOrder(lines)).toBe(true);
    expect(lines[0]!.atMs).toBeGreaterThanOrEqual(START_AT_MS);
    expect(lines.at(-1)!.atMs).toBeLessThan(START_AT_MS + 30_000);
  });

  it('writes lines as CloudFront delivers them, and says the source and the time of each', () => {
    const odd = attackLines({ shape }).filter(({ line, atMs, source }) => {
      const fields = readFields(line);
      const [, query = '-'] = fields['cs-uri-stem']!.split('?');
      return (
        line.split('\t').length !== TURNOUT_FIELDS.length ||
        !/^[^\n]+\n$/.test(line) ||
        !Object.values(fields).every((value) => /^[\x21-\x7e]+$/.test(value)) ||
        query !== fields['cs-uri-query'] ||
        Math.round(Number(fields['timestamp']) * 1000) !== atMs ||
        sourceOfIp(fields['c-ip']!) !== source
      );
    });
    expect(odd).toEqual([]);
  });

  it('keeps the books of its offenders as its lines have it', () => {
    const attack = makeAttack(attackOptions({ shape }));
    const lines = [...attack.lines()].filter(({ isAttack }) => isAttack);
    const offenders = attack.sources();
    const sum = offenders.reduce((total, { requests }) => total + requests, 0);
    expect(sum).toBe(lines.length);
    expect(offenders.length > 0).toBe(!isCrowd(shape));
    if (shape === 'rotating-agents') return;
    const counts = countBy(lines, ({ source }) => source);
    const active = offenders.filter(({ requests }) => requests > 0);
    expect(new Map(active.map((one) => [one.source, one.requests]))).toEqual(counts);
    const first = new Map<string, number>();
    const last = new Map<string, number>();
    for (const { source, atMs } of lines) {
      if (!first.has(source)) first.set(source, atMs);
      last.set(source, atMs);
    }
    expect(new Map(active.map((one) => [one.source, one.firstAtMs]))).toEqual(first);
    expect(new Map(active.map((one) => [one.source, one.lastAtMs]))).toEqual(last);
  });

  it('has no address of a viewer unless it says so', () => {
    const attack = makeAttack(attackOptions({ shape }));
    const lines = [...attack.lines()].filter(({ isAttack }) => isAttack);
    const viewers = new Map([...HOMES, ...attack.people()]);
    const shared = new Set(
      attack.sources().flatMap(({ source, holdsViewers }) => (holdsViewers ? [source] : [])),
    );
    const hits = lines.filter(({ source }) => viewers.has(source) && !shared.has(source));
    expect(hits).toEqual([]);
  });

  it('writes lines of attacks alone, or of a crowd alone, or of both', () => {
    const kinds = new Set(attackLines({ shape }).map(({ isAttack }) => isAttack));
    const both = shape === 'origin-failure-with-botnet' ? [false, true] : [!isCrowd(shape)];
    expect([...kinds].sort()).toEqual(both);
  });

  it('is answered by whoever is asked, at the moment of each request', () => {
    const attack = makeAttack(attackOptions({ shape, blockStatus: 429, seconds: 40 }));
    const untilMs = START_AT_MS + 20_000;
    let asked = 0;
    const lines = [
      ...attack.lines((source, atMs) => {
        asked += source === '' ? 0 : 1;
        return atMs < untilMs ? 'served' : 'refused';
      }),
    ];
    const refused = lines.filter(({ line }) => readFields(line)['sc-status'] === '429');
    expect(refused).toEqual(lines.filter(({ atMs }) => atMs >= untilMs));
    expect(asked).toBeGreaterThanOrEqual(lines.length);
    const sum = attack.sources().reduce((total, one) => total + one.refused, 0);
    expect(sum).toBe(refused.filter(({ isAttack }) => isAttack).length);
  });
});

it('most bots go on when they are refused, and some back off', () => {
  const shape = 'manifest-hammering';
  const count = (judge?: 'refused' | 'failed') =>
    countBy(
      makeAttack(attackOptions({ shape, scale: 1 })).lines(
        judge === undefined ? undefined : () => judge,
      ),
      ({ source }) => source,
    );
  const [open, shut] = [count(), count('refused')];
  const fell = [...open].filter(([source, n]) => (shut.get(source) ?? 0) < n / 4).length;
  expect(fell).toBeGreaterThan(open.size * 0.05);
  expect(fell).toBeLessThan(open.size * 0.4);
  const failed = count('failed');
  const less = [...open].filter(([source, n]) => (failed.get(source) ?? 0) < n / 4);
  expect(less).toEqual([]);
});

it('fails as an origin does', () => {
  const attack = makeAttack(attackOptions({ shape: 'single-source' }));
  const lines = [...attack.lines(() => 'failed')];
  const statuses = new Set(lines.map(({ line }) => readFields(line)['sc-status']));
  expect([...statuses].sort()).toEqual(['502', '503']);
  expect(attack.sources()[0]!.failed).toBe(lines.length);
});

it.each<[string, Partial<AttackOptions>]>([
  ['seed of an attack: got 0.5, expected a whole number', { seed: 0.5 }],
  ['shape of an attack: got x, expected one of single-source, botnet', { shape: 'x' as 'botnet' }],
  ['startAtMs of an attack: got -1', { startAtMs: -1 }],
  ['seconds of an attack: got 0.9, expected a number from 1 to 86400', { seconds: 0.9 }],
  ['seconds of an attack: got 86401', { seconds: 86_401 }],
  ['scale of an attack: got 0, expected a number above 0', { scale: 0 }],
  [
    'cgnatSource of an attack behind-cgnat: got none',
    { shape: 'behind-cgnat', cgnatSource: undefined },
  ],
  [
    'networks that hold viewers: got 0 /20s of homes, expected 8',
    { shape: 'rotating-agents', networksHoldViewers: true, homes: new Map() },
  ],
  [
    'addresses of rotating-agents: got 20001, expected at most 20000',
    { shape: 'rotating-agents', scale: 1, addresses: 20_001 },
  ],
])('refuses %s', (message, options) => {
  expect(() => makeAttack(attackOptions({ shape: 'botnet', ...options }))).toThrow(message);
});

it('takes as many addresses of rotating-agents as its networks have room for', () => {
  const options = { shape: 'rotating-agents', scale: 1, addresses: 20_000, seconds: 1 } as const;
  const sources = new Set(attackLines(options).map(({ source }) => source));
  expect(sources.size).toBe(20_000);
});
