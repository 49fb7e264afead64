import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { parseConfig } from '../../lib/config';
import { BLOCKS_FILTERS, pipelineOf } from '../../lib/pipeline';
import { Turnout } from '../../lib/turnout';
import {
  deployedContext,
  resourceOf,
  resourcesOf,
  standInBundles,
  synthTemplate,
} from './stack-support';

/** Goal: enforce runs when there is something new, and knows its sets. Method: the template. */
const template = synthTemplate();
const sets = resourcesOf(template).filter(([, { Type }]) => Type === 'AWS::WAFv2::IPSet');

describe('enforce', () => {
  const source = resourceOf(template, 'AWS::Lambda::EventSourceMapping', 'TurnoutEnforceSource');
  const patterns = (
    source.Properties['FilterCriteria'] as { readonly Filters: readonly { Pattern: string }[] }
  ).Filters.map(({ Pattern }) => JSON.parse(Pattern) as unknown);

  it('is woken by the stream of Blocks, soon, and does not insist: each minute it runs anyway', () => {
    const { blocksSource } = pipelineOf(parseConfig({}));
    expect(source.Properties).toMatchObject({
      EventSourceArn: {
        'Fn::GetAtt': [expect.stringMatching(/^TurnoutTablesBlocks/), 'StreamArn'],
      },
      BatchSize: blocksSource.batchSize,
      MaximumBatchingWindowInSeconds: 1,
      MaximumRetryAttempts: 2,
      MaximumRecordAgeInSeconds: 60,
      StartingPosition: 'TRIM_HORIZON',
    });
  });

  it('is woken by news of lanes and by people, not by itself or by what expires', () => {
    expect(patterns).toEqual(BLOCKS_FILTERS);
    const wakes = (eventName: string, pk: string) =>
      patterns.some((it) => matches(it, { eventName, dynamodb: { Keys: { pk: { S: pk } } } }));
    const table = [
      ['INSERT', 'suspects#7', true],
      ['MODIFY', 'suspects#7', true],
      ['REMOVE', 'suspects#7', false],
      ['INSERT', 'manual', true],
      ['REMOVE', 'manual', true],
      ['MODIFY', 'control', true],
      ['MODIFY', 'set', false],
      ['MODIFY', 'enforce', false],
      ['INSERT', 'memory', false],
      ['INSERT', 'audit#2026-11-24', false],
    ] as const;
    expect(table.map(([name, pk]) => [name, pk, wakes(name, pk)])).toEqual(table);
  });

  it('runs after each deploy, also one that was taken back: an update of a set empties it', () => {
    const rule = resourceOf(template, 'AWS::Events::Rule', 'TurnoutEnforceAfterDeploy').Properties;
    expect(rule).toMatchObject({
      EventPattern: {
        source: ['aws.cloudformation'],
        'detail-type': ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [{ Ref: 'AWS::StackId' }],
          'status-details': {
            status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
          },
        },
      },
      Targets: [
        {
          Arn: { 'Fn::GetAtt': [expect.stringMatching(/^TurnoutEnforceFunction/), 'Arn'] },
          RetryPolicy: { MaximumRetryAttempts: 0 },
        },
      ],
    });
    expect(rule).not.toHaveProperty('ScheduleExpression');
  });

  it('reserves no concurrency: a lease in Blocks makes one writer of many, and none is refused', () => {
    const functions = resourcesOf(template).filter(([, it]) => it.Type === 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(4);
    for (const [, { Properties: p }] of functions) {
      expect(p).not.toHaveProperty('ReservedConcurrentExecutions');
    }
  });

  it('is told of each set its list, family, number, name and id, and of which stack it is', () => {
    const { Environment } = resourceOf(template, 'AWS::Lambda::Function', 'TurnoutEnforceFunction')
      .Properties as { readonly Environment: { readonly Variables: Record<string, unknown> } };
    const { WAF_SETS, WAF_SCOPE, STACK_ID } = Environment.Variables;
    const joined = (WAF_SETS as { readonly 'Fn::Join': readonly [string, readonly unknown[]] })[
      'Fn::Join'
    ];
    // Each token stands for the id of its resource.
    const text = joined[1].map((part) =>
      typeof part === 'string'
        ? part
        : (part as { 'Fn::GetAtt': string[] })['Fn::GetAtt'].join('.'),
    );
    const told = JSON.parse(text.join('')) as Record<string, unknown>[];
    expect(told).toEqual(
      sets.map(([logicalId, { Properties: p }]) => {
        const name = p['Name'] as string;
        const [, list, family, n] = name.split('-');
        return { list, family, n: Number(n), name, id: `${logicalId}.Id` };
      }),
    );
    expect(WAF_SCOPE).toBe('CLOUDFRONT');
    expect(STACK_ID).toEqual({ Ref: 'AWS::StackId' });
  });
});

describe('enforce in a stack that is nested in another', () => {
  it('asks for the nested one, whose updates empty its sets, and may ask for no other', () => {
    process.env['CDK_VALIDATION'] = 'false';
    const dir = mkdtempSync(join(tmpdir(), 'turnout-nested-'));
    const app = new App({ context: deployedContext(), outdir: join(dir, 'cdk.out') });
    const parent = new Stack(app, 'Streaming', { env: { region: 'us-east-1' } });
    const nested = new NestedStack(parent, 'Counting');
    new Turnout(nested, 'Turnout', { settings: parseConfig({}), bundles: standInBundles(dir) });
    const own = Template.fromStack(nested);
    rmSync(dir, { recursive: true });
    const { Properties } = resourceOf(own, 'AWS::Lambda::Function', 'TurnoutEnforceFunction');
    const role = resourceOf(own, 'AWS::IAM::Role', 'TurnoutEnforceRole');
    // Of the template that it stands in: in the parent it would be a reference to the nested one.
    expect(Properties).toMatchObject({
      Environment: { Variables: { STACK_ID: { Ref: 'AWS::StackId' } } },
    });
    expect(JSON.stringify(role)).toContain(
      '{"Action":"cloudformation:DescribeStacks","Effect":"Allow","Resource":{"Ref":"AWS::StackId"},"Sid":"FindDeploys"}',
    );
  });
});

describe('control', () => {
  it('has a URL that only signed calls pass, and nobody may call yet', () => {
    expect(resourceOf(template, 'AWS::Lambda::Url', 'TurnoutControl').Properties).toMatchObject({
      AuthType: 'AWS_IAM',
    });
    const permissions = resourcesOf(template).filter(
      ([, { Type }]) => Type === 'AWS::Lambda::Permission',
    );
    expect(permissions.length).toBeGreaterThan(2);
    for (const [, { Properties: p }] of permissions) {
      // Rules run functions, and the API its own; nobody else has been let in.
      const isOfApi = JSON.stringify(p['FunctionName']).includes('TurnoutApiFunction');
      expect(p['Principal']).toBe(isOfApi ? 'apigateway.amazonaws.com' : 'events.amazonaws.com');
      expect(JSON.stringify(p['FunctionName'])).not.toContain('Control');
    }
  });
});

/** The part of the filter language that is used: lists of texts and prefixes in objects. */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    return pattern.some((one: string | { readonly prefix: string }) =>
      typeof one === 'string' ? one === value : (value as string).startsWith(one.prefix),
    );
  }
  return Object.entries(pattern as object).every(([key, inner]) =>
    matches(inner, (value as Record<string, unknown>)[key]),
  );
}
