import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../bin/commands/errors';
import { attackSpan, parseMode } from '../../bin/commands/start-attack-plan';
import {
  type StartOptions,
  parseAttackRate,
  parseAttackers,
  parsePropagation,
  parseSeconds,
} from '../../bin/commands/start-options';
import { type CrowdPlan, choosePlan, savePlan } from '../../bin/commands/start-plan';
import {
  describeShapes,
  mixedShapes,
  parseShapes,
  warningsOf,
} from '../../bin/commands/start-shapes';
import { SHAPES } from '../../local/attacks/attack';

const NOW = Date.parse('2026-11-24T20:15:42.500Z');
const folder = mkdtempSync(join(tmpdir(), 'turnout-attack-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('options of an attack', () => {
  it.each<[string, (text: string) => unknown, string, unknown]>([
    ['attack', parseShapes, 'botnet', ['botnet']],
    ['attack', parseShapes, 'botnet, flash-crowd,botnet', ['botnet', 'flash-crowd']],
    ['attackers', parseAttackers, '1', 1],
    ['attackers', parseAttackers, '1000000', 1_000_000],
    ['attack-rate', parseAttackRate, '0.01', 0.01],
    ['attack-rate', parseAttackRate, '10000', 10_000],
    ['attack-at', parseSeconds, '0', 0],
    ['propagation', parsePropagation, '0', 0],
    ['propagation', parsePropagation, '600', 600],
    ['mode', parseMode, 'count', 'count'],
  ])('takes --%s', (_, parse, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it.each<[string, (text: string) => unknown, string]>([
    ['attack', parseShapes, ''],
    ['attack', parseShapes, 'Botnet'],
    ['attackers', parseAttackers, '0'],
    ['attackers', parseAttackers, '1000001'],
    ['attack-rate', parseAttackRate, '0.009'],
    ['attack-rate', parseAttackRate, '10001'],
    ['attack-at', parseSeconds, '-1'],
    ['propagation', parsePropagation, '601'],
    ['mode', parseMode, 'on'],
  ])('refuses --%s, and says what it expected', (_, parse, text) => {
    expect(() => parse(text)).toThrow(new RegExp(`expected .*, got ${text}$`));
  });

  it('names all shapes to who names one that is none', () => {
    for (const shape of SHAPES) expect(() => parseShapes('x')).toThrow(shape);
    expect(() => parseShapes('botnet,x,y')).toThrow(/got x, y$/);
  });
});

describe('choosePlan', () => {
  const attackOf = (options: StartOptions) => choosePlan(options, NOW) as CrowdPlan;

  it('has no attack that nobody asked for', () => {
    expect(attackOf({})).not.toHaveProperty('attack');
  });

  it('keeps what was said, and what holds else', () => {
    expect(attackOf({ attack: ['botnet'] })).toMatchObject({
      viewers: 500,
      attack: { shapes: ['botnet'], propagationSeconds: 5, mode: 'block' },
    });
    const said = {
      attackAt: 20,
      attackers: 7,
      attackRate: 2,
      attackRamp: 3,
      attackRequests: 9,
    } as const;
    const more = { propagation: 0, mode: 'count' } as const;
    expect(attackOf({ attack: ['botnet'], ...said, ...more }).attack).toEqual({
      shapes: ['botnet'],
      fromSecond: 20,
      attackers: 7,
      perSecond: 2,
      rampSeconds: 3,
      requestsMax: 9,
      propagationSeconds: 0,
      mode: 'count',
    });
  });

  it('lets more people come where the shape is a crowd, unless it is said how many', () => {
    expect(attackOf({ attack: ['botnet', 'flash-crowd'] }).viewers).toBe(5_000);
    expect(attackOf({ attack: ['flash-crowd'], viewers: 30 }).viewers).toBe(30);
  });

  it.each<[RegExp, StartOptions]>([
    [/--mode is of an attack/, { mode: 'count' }],
    [/--attackers is of an attack/, { attackers: 5 }],
    [/--attack-at is of an attack/, { attackAt: 5 }],
    [/--mode is of an attack/, { replay: __filename, mode: 'count' }],
    [/--attack is of the event/, { replay: __filename, attack: ['botnet'] }],
    [
      /--outage is of an event without attack/,
      { attack: ['botnet'], outage: { seconds: 1, fromSecond: 1, shape: '5xx' } },
    ],
    [/--attack-at 180: expected a second before the end/, { attack: ['botnet'], attackAt: 180 }],
    [
      /--attackers is of shapes with many bots, got single-source$/,
      { attack: ['single-source'], attackers: 2 },
    ],
    [/expected one of late-start, origin-failure$/, { attack: ['late-start', 'origin-failure'] }],
    [/expected one of stall, late-start$/, { attack: ['stall', 'botnet', 'late-start'] }],
    [/got flash-crowd: people come by --viewers/, { attack: ['flash-crowd'], attackers: 2 }],
    [/expected at most 20000, got 20001/, { attack: ['rotating-agents'], attackers: 20_001 }],
    [/--attack-rate is of bots/, { attack: ['one-slash-64'], attackRate: 2 }],
    [/--attack-requests is of a botnet/, { attack: ['cache-busting'], attackRequests: 2 }],
    [/--attack-ramp is of bots/, { attack: ['rotating-agents'], attackRamp: 2 }],
  ])('refuses as wrong use: %s', (message, options) => {
    expect(() => choosePlan(options, NOW)).toThrow(message);
    expect(() => choosePlan(options, NOW)).toThrow(UsageError);
  });

  it('does not go on with an attack: who was refused then is not known', () => {
    const keep = join(folder, 'kept');
    savePlan(keep, choosePlan({ keep, attack: ['botnet'] }, NOW));
    expect(() => choosePlan({ keep }, NOW)).toThrow(/keeps an attack, which cannot go on/);
  });
});

describe('the size of a shape', () => {
  const wishes = { shapes: ['botnet'] } as const;

  it('is what the machine carries, and says of how many', () => {
    expect(mixedShapes(wishes, undefined, 144)).toEqual([{ shape: 'botnet', addresses: 1_000 }]);
    expect(describeShapes(wishes, 500, 144)).toEqual([
      'botnet: 1,000 of 50,000 addresses, about 3 requests/s each',
    ]);
  });

  it('is what was asked for', () => {
    const asked = { ...wishes, attackers: 60_000, perSecond: 0.5, rampSeconds: 9 };
    expect(mixedShapes(asked, 10, 144)).toEqual([
      { shape: 'botnet', addresses: 60_000, fromSecond: 10, perSecond: 0.5, rampSeconds: 9 },
    ]);
    expect(describeShapes(asked, 500, 144)).toEqual([
      'botnet: 60,000 addresses, about 0.5 requests/s each',
    ]);
  });

  it('is smaller where several share the machine, and never larger than its own', () => {
    const both = { shapes: ['botnet', 'cache-busting'] } as const;
    expect(mixedShapes(both, undefined, 144)).toMatchObject([
      { addresses: 500 },
      { addresses: 20 },
    ]);
    const once = { shapes: ['one-slash-64'] } as const;
    expect(mixedShapes(once, undefined, 10)).toMatchObject([{ addresses: 15_000 }]);
    expect(mixedShapes(once, undefined, 86_000)).toMatchObject([{ addresses: 1_000_000 }]);
  });

  it.each(SHAPES)('of %s is told', (shape) => {
    expect(describeShapes({ shapes: [shape] }, 100, 60)[0]).toMatch(
      new RegExp(`^${shape}: \\d[\\d,]* `),
    );
  });

  it('warns of what cannot be found in the time', () => {
    expect(warningsOf(['slow-scrapers'], 300)).toHaveLength(1);
    expect(warningsOf(['slow-scrapers', 'botnet'], 301)).toEqual([]);
  });
});

describe('attackSpan', () => {
  it('is from kick-off to the end, unless it is said when it begins', () => {
    expect(attackSpan({}, 3)).toEqual({ fromSecond: 36, seconds: 144 });
    expect(attackSpan({ fromSecond: 90 }, 3)).toEqual({ fromSecond: 90, seconds: 90 });
  });
});
