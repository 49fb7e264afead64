import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../bin/commands/errors';
import { checkReplayed, configFor, planFrom, writeConfig } from '../../bin/commands/start-from';
import { choosePlan, savePlan } from '../../bin/commands/start-plan';
import { parseConfig } from '../../lib/config';
import { makeCrowd } from '../../local/crowd/crowd';
import type { TemplateRoad } from '../../local/template-plan';

const folder = mkdtempSync(join(tmpdir(), 'turnout-from-plan-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = Date.parse('2026-03-03T19:00:00Z');
const configAt = (startAtMs: number) =>
  makeCrowd({ seed: 1, viewers: 1, minutes: 3, startAtMs }).config;

/** Of a template, what the configuration decides. */
function templateOf(config: object): TemplateRoad {
  const settings = parseConfig(config);
  return { stack: 'Turnout', settings, settingsText: JSON.stringify(config) } as TemplateRoad;
}

describe('configFor', () => {
  it('is the own one of the event without a template', () => {
    const config = configAt(NOW);
    expect(configFor(config, undefined)).toEqual({
      settings: parseConfig(config),
      settingsText: JSON.stringify(config),
    });
  });

  it('is that of the template, whenever its event was and however the road is sized', () => {
    const template = templateOf({ ...configAt(NOW - 86_400_000), lanes: 64 });
    const { settings, settingsText } = configFor(configAt(NOW), template);
    expect([settings, settingsText]).toEqual([template.settings, template.settingsText]);
    expect(settings.lanes).toBe(64);
  });

  it.each<[string, object, RegExp]>([
    ['other contents', { contents: [] }, /contents\.0 is nothing, expected \{"id":"live"/],
    ['another status', { blockStatus: 429 }, /blockStatus is 429, expected 409\. Write/],
    ['another guard', { guard: { mode: 'hold' } }, /guard\.mode is "hold", expected "\w+"/],
    ['another day', { dayStartHour: 9 }, /dayStartHour is 9, expected \d/],
  ])('refuses %s, and says how to come by the right one', (_, change, message) => {
    const own = configAt(NOW);
    const made = { ...own, ...change } as Record<string, unknown>;
    if ('contents' in change) delete made['events'];
    const config = () => configFor(own, templateOf(made));
    expect(config).toThrow(message);
    expect(config).toThrow(/--write-config FILE .* npx cdk synth -c config=FILE$/);
    expect(config).toThrow(UsageError);
  });

  it.each([
    [3, /^(?!.* more)/],
    [4, /; and 1 more\./],
  ])('names three of %i differences', (count, message) => {
    const changes = Object.entries({
      ...{ blockStatus: 429, dayStartHour: 9, sessionIdsMax: 3, timeZone: 'Europe/Berlin' },
    }).slice(0, count);
    const template = templateOf({ ...configAt(NOW), ...Object.fromEntries(changes) });
    expect(() => configFor(configAt(NOW), template)).toThrow(message);
  });
});

describe('checkReplayed', () => {
  it('takes the configuration that the replay was begun with, and no other', () => {
    const template = templateOf({ lanes: 64 });
    expect(() => checkReplayed({ lanes: 64 }, template)).not.toThrow();
    expect(() => checkReplayed({ lanes: 16 }, template)).toThrow(/has changed since the replay/);
  });
});

describe('choosePlan with --from', () => {
  it('keeps where it came from, goes on with it, and refuses another', () => {
    const keep = join(folder, 'kept');
    const plan = choosePlan({ keep, from: 'cdk.out', stack: 'Turnout' }, NOW);
    const from = { dir: join(process.cwd(), 'cdk.out'), stack: 'Turnout' };
    expect(plan.from).toEqual(from);
    savePlan(keep, plan);
    expect(choosePlan({ keep }, NOW + 1).from).toEqual(from);
    expect(choosePlan({ keep, from: 'cdk.out', stack: 'Turnout' }, NOW + 1).from).toEqual(from);
    const other = () => choosePlan({ keep, from: 'other.out' }, NOW + 1);
    expect(other).toThrow(/keeps a run with from .*cdk\.out.*, got .*other\.out/);
    expect(other).toThrow(UsageError);
  });

  it('is not begun in a directory of the usual functions: their streams have other names', () => {
    const keep = join(folder, 'usual');
    savePlan(keep, choosePlan({ keep }, NOW));
    expect(() => choosePlan({ keep, from: 'cdk.out' }, NOW)).toThrow(
      /with no from, got .*cdk\.out/,
    );
  });

  it('needs a folder for the name of a stack', () => {
    expect(planFrom({})).toBeUndefined();
    expect(() => planFrom({ stack: 'Turnout' })).toThrow(UsageError);
  });
});

describe('writeConfig', () => {
  it('writes what cdk synth reads, and never over a file', () => {
    const file = join(folder, 'event.json');
    const config = configAt(NOW);
    writeConfig(file, JSON.stringify(config));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(config);
    writeFileSync(file, 'mine');
    expect(() => writeConfig(file, '{}')).toThrow(/event\.json exists, expected a new file/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('says where it cannot write', () => {
    const file = join(folder, 'nowhere', 'event.json');
    expect(() => writeConfig(file, '{}')).toThrow(/nowhere.* cannot be written: ENOENT/);
    expect(existsSync(file)).toBe(false);
  });
});
