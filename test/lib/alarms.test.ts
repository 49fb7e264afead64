import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Template } from 'aws-cdk-lib/assertions';

import { parseConfig } from '../../lib/config';
import { ALARM_THRESHOLDS } from '../../lib/constructs/alarm-spec';
import { FUNCTION_NAMES } from '../../lib/pipeline';
import { Turnout, type TurnoutProps } from '../../lib/turnout';
import { textOf } from '../support/source-files';
import {
  deployedContext,
  resourceOf,
  resourcesOf,
  standInBundles,
  synthTemplate,
} from './stack-support';

/** Goal: whoever is to be woken is woken, by numbers that are really written. Method: the template. */
const template = synthTemplate();

interface MetricOf {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Value: unknown }[];
}

interface AlarmOf {
  readonly AlarmDescription: string;
  readonly AlarmActions: readonly unknown[];
  readonly OKActions: readonly unknown[];
  readonly Metrics?: readonly {
    readonly Id: string;
    readonly Expression?: string;
    readonly MetricStat?: {
      readonly Metric: MetricOf;
      readonly Stat: string;
      readonly Period: number;
    };
  }[];
}

const alarmsOf = (of: Template) =>
  resourcesOf(of)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([id, { Properties }]) => [nameOf(id), Properties as object as AlarmOf] as const);

/** `IntakeErrors` of a logical id. */
const nameOf = (id: string) => id.replace(/^\w*?MonitoringAlarms(\w+)[0-9A-F]{8}$/, '$1');

function textOfMetric({ Namespace, MetricName, Dimensions }: MetricOf): string {
  const of = JSON.stringify(Dimensions[0]!.Value);
  const name = /"Turnout(?:Tables)?(\w+?)(?:Function|Stream)?[0-9A-F]{8}"/.exec(of)?.[1] ?? of;
  return `${Namespace} ${MetricName} of ${name.replaceAll('"', '').toLowerCase()}`;
}

function textOfAlarm(alarm: AlarmOf): string {
  const p = alarm as unknown as Record<string, unknown>;
  const expression = alarm.Metrics?.find((it) => it.Expression !== undefined)?.Expression;
  const what = expression ?? `${textOfMetric(alarm as never)}, ${p['Statistic'] as string}`;
  const times = `${p['DatapointsToAlarm'] as number} of ${p['EvaluationPeriods'] as number}`;
  const threshold = `${p['ComparisonOperator'] as string} ${p['Threshold'] as number}`;
  return `${what} ${threshold}, ${times}, ${p['TreatMissingData'] as string}`;
}

const alarms = alarmsOf(template);

describe('alarms', () => {
  const ABOVE = 'GreaterThanThreshold';
  const own = (by: string, ...names: string[]) =>
    names.map((name) => `Turnout ${name} of ${by}, Maximum ${ABOVE} 0, 1 of 1, notBreaching`);
  const lasting = (what: string) => `${what}, Sum ${ABOVE} 0, 3 of 5, notBreaching`;

  it('are these and no others', () => {
    expect(alarms.map(([, alarm]) => textOfAlarm(alarm)).sort()).toEqual(
      [
        ...FUNCTION_NAMES.map((name) => lasting(`AWS/Lambda Errors of ${name}`)),
        ...FUNCTION_NAMES.map((name) => lasting(`AWS/Lambda Throttles of ${name}`)),
        ...['intake', 'tally'].map(
          (name) =>
            `AWS/Lambda IteratorAge of ${name}, Maximum ${ABOVE} 60000, 1 of 1, notBreaching`,
        ),
        // What must be there is missed when it is not.
        ...['watch', 'enforce'].map(
          (name) => `AWS/Lambda Invocations of ${name}, Sum LessThanThreshold 1, 3 of 3, breaching`,
        ),
        // Nobody knows whether CloudFront comes again: at once.
        `AWS/Kinesis WriteProvisionedThroughputExceeded of edgelines, Sum ${ABOVE} 0, 1 of 1, notBreaching`,
        lasting('AWS/Kinesis ReadProvisionedThroughputExceeded of edgelines'),
        lasting('AWS/Kinesis WriteProvisionedThroughputExceeded of viewerpackets'),
        lasting('AWS/Kinesis ReadProvisionedThroughputExceeded of viewerpackets'),
        ...['state', 'views', 'blocks'].flatMap((name) => [
          lasting(`AWS/DynamoDB ReadThrottleEvents of ${name}`),
          lasting(`AWS/DynamoDB WriteThrottleEvents of ${name}`),
        ]),
        ...own('intake', 'RecordsLost'),
        ...own('tally', 'OverBound', 'PacketsQuarantined', 'SuspectsUntold'),
        ...own('watch', 'LinesUnfolded', 'OpenHoles'),
        ...own('enforce', 'BatchesBad', 'BlocksOverflow', 'ChangesDeferred', 'EntriesRestored'),
        ...own('enforce', 'FeedsUnread', 'ForeignRemovals', 'RollBacks', 'SetErrors', 'ViewersCut'),
        lasting('Turnout SetsThrottled of enforce'),
        `Turnout LineToBlockMs of enforce, Maximum ${ABOVE} 60000, 3 of 5, notBreaching`,
        // Which of both is asked, of network or of content, the metrics below say.
        `IF(excess >= 1000, 100 * largest / excess, 0) ${ABOVE} 50, 1 of 1, notBreaching`,
        `IF(excess >= 1000, 100 * largest / excess, 0) ${ABOVE} 50, 1 of 1, notBreaching`,
        `IF(FILL(lines, 0) > 0, freshness, 0) ${ABOVE} 60000, 3 of 3, notBreaching`,
        `IF((attempts + neverAsked) >= 50, 100 * (client + server + hungUp + neverAsked) / (attempts + neverAsked), 0) ${ABOVE} 5, 3 of 5, notBreaching`,
      ].sort(),
    );
  });

  it('compute with metrics of a minute, each from where it is written', () => {
    const parts = alarms.flatMap(([, { Metrics = [] }]) => Metrics);
    const stats = parts.flatMap(({ Id, MetricStat }) =>
      MetricStat === undefined
        ? []
        : [
            `${Id}: ${textOfMetric(MetricStat.Metric)}, ${MetricStat.Stat} of ${MetricStat.Period} s`,
          ],
    );
    expect(stats.sort()).toEqual([
      'attempts: Turnout Attempts of tally, Sum of 60 s',
      'client: Turnout TurnedAwayClientError of tally, Sum of 60 s',
      'excess: Turnout ExcessHits of enforce, Maximum of 60 s',
      'excess: Turnout ExcessHits of enforce, Maximum of 60 s',
      'freshness: Turnout FreshnessMs of watch, Maximum of 60 s',
      'hungUp: Turnout TurnedAwayHungUp of tally, Sum of 60 s',
      'largest: Turnout ExcessContentHits of enforce, Maximum of 60 s',
      'largest: Turnout ExcessNetworkHits of enforce, Maximum of 60 s',
      'lines: AWS/Kinesis IncomingRecords of edgelines, Sum of 60 s',
      'neverAsked: Turnout TurnedAwayNeverAsked of tally, Sum of 60 s',
      'server: Turnout TurnedAwayServerError of tally, Sum of 60 s',
    ]);
    const plain = alarms.filter(([, { Metrics }]) => Metrics === undefined);
    expect(plain.filter(([, it]) => (it as unknown as { Period: number }).Period !== 60)).toEqual(
      [],
    );
  });

  it.each(['Network', 'Content'])('ask for the excess of %s under its name', (of) => {
    const [, alarm] = alarms.find(([name]) => name === `ExcessOf${of}`)!;
    const largest = alarm.Metrics!.find(({ Id }) => Id === 'largest')!;
    expect(largest.MetricStat!.Metric.MetricName).toBe(`Excess${of}Hits`);
    expect(alarm.AlarmDescription).toContain(of.toLowerCase());
  });

  it('say what is wrong, what to do first and where the rest stands, each at its own anchor', () => {
    const anchors = alarms.map(([name, { AlarmDescription: text }]) => {
      const [, anchor] = /^[^.]{15,}\. First: .{15,}\. docs\/OPERATIONS\.md#(alarm-[a-z-]+)$/.exec(
        text,
      ) ?? [text, 'nowhere'];
      expect(text.length).toBeLessThan(1_024); // CloudWatch takes no more
      expect(anchor).toBe(`alarm${name.replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`)}`);
      return anchor;
    });
    expect(new Set(anchors).size).toBe(alarms.length);
  });

  it('tell one topic when they are raised and when they are over', () => {
    const topic = { Ref: expect.stringMatching(/^TurnoutMonitoringTopic[0-9A-F]{8}$/) as unknown };
    for (const [, { AlarmActions, OKActions }] of alarms) {
      expect([AlarmActions, OKActions]).toEqual([[topic], [topic]]);
    }
  });
});

describe('alarms and metrics', () => {
  it('meet: each metric of ours that an alarm looks at is one that is written', () => {
    const own = alarms.flatMap(([, alarm]) => {
      const parts = (alarm.Metrics ?? []).flatMap((it) => it.MetricStat?.Metric ?? []);
      return [alarm as unknown as MetricOf, ...parts]
        .filter(({ Namespace }) => Namespace === 'Turnout')
        .map(({ MetricName }) => MetricName);
    });
    expect(own.length).toBeGreaterThan(20);
    const written = textOf('lambdas/adapters/metrics.ts');
    expect(own.filter((name) => !written.includes(`  ${name}: { unit: '`))).toEqual([]);
  });
});

describe('the topic', () => {
  const keyOf = () => resourceOf(template, 'AWS::KMS::Key', 'TurnoutMonitoring').Properties;

  it('is encrypted with a key of its own, which changes each year', () => {
    expect(resourceOf(template, 'AWS::SNS::Topic', 'TurnoutMonitoring').Properties).toMatchObject({
      KmsMasterKeyId: {
        'Fn::GetAtt': [expect.stringMatching(/^TurnoutMonitoringTopicKey/), 'Arn'],
      },
    });
    expect(keyOf()).toMatchObject({ EnableKeyRotation: true });
  });

  it('is written by the alarms of our account alone, and never in the clear', () => {
    const { PolicyDocument } = resourceOf(template, 'AWS::SNS::TopicPolicy', 'TurnoutMonitoring')
      .Properties as { readonly PolicyDocument: { readonly Statement: readonly object[] } };
    const byAlarms = {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    };
    const inTheClear = { Bool: { 'aws:SecureTransport': 'false' } };
    expect(PolicyDocument.Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Principal: '*', Condition: inTheClear }),
      expect.objectContaining({ ...byAlarms, Action: 'sns:Publish' }),
    ]);
    // Without this, alarms are raised and nobody is told.
    const { KeyPolicy } = keyOf() as { KeyPolicy: { Statement: readonly object[] } };
    expect(KeyPolicy.Statement.slice(1)).toEqual([
      expect.objectContaining({ ...byAlarms, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
    ]);
  });
});

describe('properties', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'turnout-alarms-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  function stackOf(props: (stack: Stack) => Partial<TurnoutProps>): Stack {
    const own = mkdtempSync(join(dir, 'app-'));
    const app = new App({ context: deployedContext(), outdir: join(own, 'cdk.out') });
    const stack = new Stack(app, 'Other', { env: { region: 'us-east-1' } });
    const settings = parseConfig({});
    new Turnout(stack, 'Counting', { settings, bundles: standInBundles(own), ...props(stack) });
    return stack;
  }
  const other = () =>
    (made ??= Template.fromStack(
      stackOf((stack) => ({
        alarmTopic: new Topic(stack, 'Pager'),
        alarmThresholds: { freshnessSeconds: 90 },
        dashboard: false,
      })),
    ));
  let made: Template | undefined;

  it('take a topic of somebody else, and make none', () => {
    const actions = alarmsOf(other()).map(([, { AlarmActions }]) => JSON.stringify(AlarmActions));
    expect(new Set(actions)).toEqual(new Set([expect.stringContaining('Pager') as string]));
    other().resourceCountIs('AWS::SNS::Topic', 1);
    other().resourceCountIs('AWS::KMS::Key', 0);
  });

  it('leave the dashboard out, which is there unless one says so', () => {
    other().resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });

  it('set what is too much, one by one', () => {
    const thresholdOf = (name: string) =>
      (Object.fromEntries(alarmsOf(other()))[name] as unknown as { readonly Threshold: number })
        .Threshold;
    expect(thresholdOf('Freshness')).toBe(90_000);
    expect(thresholdOf('IntakeIteratorAge')).toBe(90_000);
    expect(thresholdOf('TurnedAway')).toBe(ALARM_THRESHOLDS.turnedAwayPercent);
  });

  it('leave the metrics of two stacks of an account apart', () => {
    const text = JSON.stringify(alarmsOf(other()));
    expect(text).toContain('"Namespace":"Other"');
    expect(text).not.toContain('"Namespace":"Turnout"');
    const { Environment } = resourceOf(other(), 'AWS::Lambda::Function', 'CountingWatchFunction')
      .Properties as { readonly Environment: { readonly Variables: object } };
    expect(Environment.Variables).toMatchObject({ POWERTOOLS_METRICS_NAMESPACE: 'Other' });
  });

  it.each([
    [{ turnedAwayPercent: 0 }, 'turnedAwayPercent is 0, expected a number above 0 and below 100'],
    [{ turnedAwayPercent: 100 }, 'turnedAwayPercent is 100, expected a number above 0 and below'],
    [{ freshnessSeconds: -1 }, 'freshnessSeconds is -1, expected a number above 0'],
    [{ lineToBlockSeconds: NaN }, 'lineToBlockSeconds is NaN, expected a number above 0'],
  ])('refuse %p', (alarmThresholds, expected) => {
    expect(() => stackOf(() => ({ alarmThresholds }))).toThrow(`alarmThresholds.${expected}`);
  });

  it.each([{ turnedAwayPercent: 0.1 }, { turnedAwayPercent: 99.9 }])('take %p', (thresholds) => {
    expect(() => stackOf(() => ({ alarmThresholds: thresholds }))).not.toThrow();
  });
});
