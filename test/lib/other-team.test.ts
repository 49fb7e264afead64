import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { FUNCTION_NAMES } from '../../lib/pipeline';
import { type Resource, ROOT } from './stack-support';

/**
 * Goal: a team adds Turnout to a CDK app of its own. Method: the app in test/fixtures/other-team is run
 * as the CDK command line runs it, from its own folder, and its template is read.
 */
const APP = join(ROOT, 'test/fixtures/other-team');
const SYNTH_MS_MAX = 120_000;

describe('the app of another team', () => {
  let out: string;
  let resources: [string, Resource][];
  const ofType = (type: string) => resources.filter(([, it]) => it.Type === type);
  const run = (context: object) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'app.ts'], {
      cwd: APP,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        // As the command line says it: by the folder of the app, which is not that of this package.
        CDK_OUTDIR: relative(APP, out),
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_VALIDATION: 'false',
      },
    });
  const assets = () => readdirSync(out).filter((name) => /^asset\.\w+$/.test(name));

  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'turnout-team-'));
    const { status, stderr } = run({});
    if (status !== 0) throw new Error(stderr);
    const text = readFileSync(join(out, 'Streaming.template.json'), 'utf8');
    const { Resources } = JSON.parse(text) as { readonly Resources: Record<string, Resource> };
    resources = Object.entries(Resources);
  }, SYNTH_MS_MAX);
  afterAll(() => rmSync(out, { recursive: true }));

  it('bundles each function by itself, with the configuration of the team', () => {
    const config = readFileSync(join(APP, 'turnout.json'), 'utf8');
    expect(assets()).toHaveLength(FUNCTION_NAMES.length);
    for (const asset of assets()) {
      expect(readFileSync(join(out, asset, 'turnout.json'), 'utf8')).toBe(config);
      const code = readFileSync(join(out, asset, 'index.mjs'), 'utf8');
      expect(code.length).toBeGreaterThan(100_000);
      expect(code).not.toContain(ROOT);
    }
  });

  it('keeps its own rule first, and has the guard behind it', () => {
    const [[, acl]] = ofType('AWS::WAFv2::WebACL') as [[string, Resource]];
    const rules = acl.Properties['Rules'] as {
      Name: string;
      Priority: number;
      Statement: object;
    }[];
    expect(rules.map(({ Name, Priority }) => [Name, Priority])).toEqual([
      ['rate', 0],
      ['Streaming', 10],
    ]);
    expect(rules[1]!.Statement).toEqual({
      RuleGroupReferenceStatement: {
        Arn: { 'Fn::GetAtt': [expect.stringMatching(/RuleGroup/), 'Arn'] },
      },
    });
  });

  it('logs the behaviour that carries its streams, and no other', () => {
    const [[, distribution]] = ofType('AWS::CloudFront::Distribution') as [[string, Resource]];
    const { DistributionConfig } = distribution.Properties as {
      readonly DistributionConfig: {
        readonly DefaultCacheBehavior: object;
        readonly CacheBehaviors: { PathPattern: string; RealtimeLogConfigArn?: unknown }[];
      };
    };
    expect(DistributionConfig.DefaultCacheBehavior).not.toHaveProperty('RealtimeLogConfigArn');
    const logs = DistributionConfig.CacheBehaviors.map((it) => [
      it.PathPattern,
      it.RealtimeLogConfigArn,
    ]);
    expect(logs).toEqual([
      ['/live/*', { 'Fn::GetAtt': [expect.stringMatching(/LogConfig/), 'Arn'] }],
      ['/api/*', undefined],
    ]);
  });

  it('has stateful resources under ids that begin with that of the construct', () => {
    const stateful = resources.filter(([, it]) => it.DeletionPolicy === 'Retain');
    expect(stateful.map(([, { Type }]) => Type).sort()).toEqual([
      'AWS::DynamoDB::GlobalTable',
      'AWS::DynamoDB::GlobalTable',
      'AWS::DynamoDB::GlobalTable',
      'AWS::SecretsManager::Secret',
    ]);
    for (const [id] of stateful) expect(id).toMatch(/^Turnout/);
  });

  it(
    'bundles nothing where CDK needs no bundles, as when it lists stacks',
    () => {
      rmSync(out, { recursive: true });
      const { status, stderr } = run({ 'aws:cdk:bundling-stacks': [] });
      expect([status, stderr]).toEqual([0, '']);
      for (const asset of assets()) {
        expect(readFileSync(join(out, asset, 'index.mjs'), 'utf8')).toBe('// not bundled\n');
      }
    },
    SYNTH_MS_MAX,
  );
});
