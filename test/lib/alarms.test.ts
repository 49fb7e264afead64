import { textOf } from '../support/source-files';
import { resourcesOf, synthTemplate } from './stack-support';

/** Goal: whoever is to be woken is woken, by numbers that are really written. Method: the template. */
const template = synthTemplate();

describe('alarms', () => {
  const alarms = resourcesOf(template)
    .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
    .map(([, { Properties: p }]) => {
      const [dimension] = p['Dimensions'] as { readonly Value: unknown }[];
      const of = JSON.stringify(dimension!.Value).replace(/^.*Turnout(\w+?)Function.*$/, '$1');
      const namespace = p['Namespace'] as string;
      const comparison = p['ComparisonOperator'] as string;
      return [
        `${namespace} ${p['MetricName'] as string} of ${of.replaceAll('"', '').toLowerCase()}`,
        `${p['Statistic'] as string} ${comparison} ${p['Threshold'] as number}`,
        `${(p['DatapointsToAlarm'] ?? p['EvaluationPeriods']) as number} of ${p['EvaluationPeriods'] as number} x ${p['Period'] as number} s`,
        p['TreatMissingData'] as string,
      ].join(', ');
    });

  it('are these and no others', () => {
    expect(alarms.sort()).toEqual([
      'AWS/Lambda Errors of enforce, Sum GreaterThanThreshold 0, 3 of 5 x 60 s, notBreaching',
      'AWS/Lambda Errors of intake, Sum GreaterThanThreshold 0, 3 of 5 x 60 s, notBreaching',
      'AWS/Lambda Errors of tally, Sum GreaterThanThreshold 0, 3 of 5 x 60 s, notBreaching',
      'AWS/Lambda Errors of watch, Sum GreaterThanThreshold 0, 3 of 5 x 60 s, notBreaching',
      'AWS/Lambda Invocations of enforce, Sum LessThanThreshold 1, 3 of 3 x 60 s, breaching',
      'AWS/Lambda Invocations of watch, Sum LessThanThreshold 1, 3 of 3 x 60 s, breaching',
      'AWS/Lambda IteratorAge of intake, Maximum GreaterThanOrEqualToThreshold 60000, 1 of 1 x 60 s, notBreaching',
      'AWS/Lambda IteratorAge of tally, Maximum GreaterThanOrEqualToThreshold 60000, 1 of 1 x 60 s, notBreaching',
      'Turnout BatchesBad of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout BlocksOverflow of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout ChangesDeferred of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout EntriesRestored of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout FeedsUnread of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout ForeignRemovals of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout LineToBlockMs of enforce, Maximum GreaterThanOrEqualToThreshold 60000, 3 of 5 x 60 s, notBreaching',
      'Turnout LinesUnfolded of watch, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout OpenHoles of watch, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout OverBound of tally, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout PacketsQuarantined of tally, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout RecordsLost of intake, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout RollBacks of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout SetErrors of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout SuspectsUntold of tally, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
      'Turnout ViewersCut of enforce, Maximum GreaterThanThreshold 0, 1 of 1 x 60 s, notBreaching',
    ]);
  });
});

describe('alarms and metrics', () => {
  it('meet: each metric of ours that an alarm looks at is one that is written', () => {
    const watched = resourcesOf(template)
      .filter(([, it]) => it.Properties['Namespace'] === 'Turnout')
      .map(([, it]) => it.Properties['MetricName'] as string);
    expect(watched.length).toBeGreaterThan(10);
    const written = textOf('lambdas/adapters/telemetry.ts');
    expect(watched.filter((name) => !written.includes(`  ${name}: { unit: '`))).toEqual([]);
  });
});
