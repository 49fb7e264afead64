import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

import { contextOf } from '../../bin/app-context';
import { parseConfig } from '../../lib/config';
import { Turnout, type TurnoutProps } from '../../lib/turnout';
import { makeTurnoutStack, stackNameOf } from '../../lib/turnout-stack';
import { standInBundles, synthPlaced } from './stack-support';

/** Goal: what is asked for wrongly is refused in a sentence, at synth. Method: both sides of each. */
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'turnout-props-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** Nothing is bundled: what is looked at is the configuration. */
const makeTurnout = (props: TurnoutProps) => {
  const context = { 'aws:cdk:bundling-stacks': [] };
  const app = new App({ context, outdir: join(dir, 'cdk.out') });
  const { outputs, resources } = new Turnout(new Stack(app, 'Own'), 'Turnout', props);
  return { outputs, sets: resources.sets.length };
};

describe('config', () => {
  const fewSets = { guard: { setsV4: 1, setsV6: 1 } };

  it('is what would stand in turnout.json, or its path', () => {
    const path = join(dir, 'turnout.json');
    writeFileSync(path, JSON.stringify(fewSets));
    expect(makeTurnout({ config: fewSets }).sets).toBe(4);
    expect(makeTurnout({ config: path }).sets).toBe(4);
    expect(makeTurnout({}).sets).toBe(16);
  });

  it('is checked as the file is, and named in the error', () => {
    const wrong = join(dir, 'wrong.json');
    writeFileSync(wrong, '{ "lanes": 32 }');
    const message = 'lanes: expected one of 16, 64, 256, 512, got 32';
    expect(() => makeTurnout({ config: { lanes: 32 as 16 } })).toThrow(
      `config has 1 problem\n  ${message}`,
    );
    expect(() => makeTurnout({ config: wrong })).toThrow(`wrong.json has 1 problem\n  ${message}`);
    writeFileSync(wrong, '{');
    expect(() => makeTurnout({ config: wrong })).toThrow('wrong.json is no JSON');
    expect(() => makeTurnout({ config: join(dir, 'none.json') })).toThrow('none.json');
  });

  it('or settings and bundles of the same file, and nothing between', () => {
    const settings = parseConfig(fewSets);
    const bundles = standInBundles(dir);
    expect(makeTurnout({ settings, bundles }).sets).toBe(4);
    const refused: [TurnoutProps, string][] = [
      [{ settings }, 'was given settings, expected config, or settings and bundles'],
      [{ bundles }, 'was given bundles, expected'],
      [{ config: {}, settings, bundles }, 'was given config and settings and bundles, expected'],
    ];
    for (const [props, message] of refused) expect(() => makeTurnout(props)).toThrow(message);
  });
});

describe('outputs', () => {
  it('name the web ACL and the archive where there are any', () => {
    const names = (props: TurnoutProps) => Object.keys(makeTurnout(props).outputs);
    expect(names({})).not.toEqual(expect.arrayContaining(['WebAclArn']));
    expect(names({})).not.toEqual(expect.arrayContaining(['ArchiveBucket']));
    expect(names({ webAcl: true, archive: true })).toEqual(
      expect.arrayContaining(['WebAclArn', 'ArchiveBucket']),
    );
  });
});

describe('logRetention', () => {
  it('is that of every log', () => {
    const template = synthPlaced({ props: { logRetention: RetentionDays.ONE_WEEK } });
    const logs = Object.values(template.findResources('AWS::Logs::LogGroup'));
    expect(logs).toHaveLength(7);
    for (const { Properties } of logs) expect(Properties).toMatchObject({ RetentionInDays: 7 });
  });
});

describe('stage', () => {
  it('is in the name of the stack, so that stages stand beside each other', () => {
    expect([undefined, 'prod', 'eu-2'].map(stackNameOf)).toEqual([
      'Turnout',
      'Turnout-prod',
      'Turnout-eu-2',
    ]);
    const app = new App({ outdir: join(dir, 'stages') });
    const given = () => ({
      settings: parseConfig({}),
      bundles: standInBundles(mkdtempSync(join(dir, 'bundles-'))),
    });
    const stacks = [undefined, 'prod'].map((stage) =>
      makeTurnoutStack(app, { ...given(), ...(stage !== undefined && { stage }) }),
    );
    const [first, second] = stacks.map(({ turnout }) => turnout.resources.sets[0]!.name);
    expect([first, second]).toEqual(['Turnout-block-v4-1', 'Turnout-prod-block-v4-1']);
  });

  it.each(['', '-prod', 'prod-', 'pr_od', 'a'.repeat(33)])('is not %p', (stage) => {
    expect(() => stackNameOf(stage)).toThrow(
      `the stage is ${JSON.stringify(stage)}, expected 1 to 32 letters, digits and dashes between them`,
    );
  });

  it('has up to 32 characters', () => {
    expect(stackNameOf('a'.repeat(32))).toHaveLength(40);
  });
});

describe('context of the app', () => {
  const read = (context: Record<string, unknown>) => contextOf((key) => context[key]);

  it.each([
    [{}, { isDemo: false }],
    [
      { demo: 'true', stage: 'prod' },
      { isDemo: true, stage: 'prod' },
    ],
    [
      { demo: true, webAcl: true },
      { isDemo: true, webAcl: true },
    ],
    [
      { webAcl: 'false', demo: 'false', archive: 'false' },
      { isDemo: false, archive: false },
    ],
    [{ webAcl: 'count' }, { isDemo: false, webAcl: { antiDdos: 'count' } }],
    [{ webAcl: 'block' }, { isDemo: false, webAcl: { antiDdos: 'block' } }],
    [{ archive: 'true' }, { isDemo: false, archive: true }],
    [
      { archive: 'E2EXAMPLE1EXAM,E2EXAMPLE2EXAM' },
      { isDemo: false, archive: { distributionIds: ['E2EXAMPLE1EXAM', 'E2EXAMPLE2EXAM'] } },
    ],
    [{ config: 'x.json' }, { isDemo: false, config: 'x.json' }],
  ])('%j is understood', (context, expected) => {
    expect(read(context)).toEqual(expected);
  });

  it.each([
    [{ demo: 'yes' }, '-c demo=yes: expected one of true, false, got "yes"'],
    [
      { webAcl: 'Count' },
      '-c webAcl=Count: expected one of true, false, count, block, got "Count"',
    ],
  ])('%j is refused', (context, message) => {
    expect(() => read(context)).toThrow(message);
  });
});
