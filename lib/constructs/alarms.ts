import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

import type { FunctionName } from '../pipeline';
import { ALWAYS_ZERO } from './always-zero';
import { METRICS_NAMESPACE, type RoadFunction } from './road-function';

export interface AlarmsProps {
  readonly intake: RoadFunction;
  readonly tally: RoadFunction;
  readonly watch: RoadFunction;
  readonly enforce: RoadFunction;
}

/** Counting is behind; the stream holds what waits for a week. */
const ITERATOR_AGE_MS_MAX = 60_000;
/** A block that comes a minute after the lines that asked for it is late, whoever holds it up. */
const LINE_TO_BLOCK_MS_MAX = 60_000;
const PERIOD = Duration.minutes(1);

/** The alarms of road and guard. None has an action yet: whom to wake is the platform team's to say. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { intake, tally, watch, enforce } = props;
    this.all = [
      ...[intake, tally].map((it) => this.iteratorAge(it)),
      ...[intake, tally, watch, enforce].map((it) => this.errors(it)),
      ...ALWAYS_ZERO.map(({ metric, by, meaning }) => this.aboveZero(metric, by, meaning)),
      this.blockLag(enforce),
      this.silence(watch, 'nobody looks at the ledger'),
      this.silence(enforce, 'nobody new is blocked, and no block ends'),
    ];
  }

  private iteratorAge({ name, function: target }: RoadFunction): Alarm {
    return new Alarm(this, `${capital(name)}IteratorAge`, {
      alarmDescription: `${name} is ${ITERATOR_AGE_MS_MAX / 1_000} s or more behind its stream`,
      metric: target.metric('IteratorAge', { statistic: Stats.MAXIMUM, period: PERIOD }),
      threshold: ITERATOR_AGE_MS_MAX,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING, // nothing to read
    });
  }

  /** What throws is redelivered, so one error is no harm, and one that stays is. */
  private errors({ name, function: target }: RoadFunction): Alarm {
    return new Alarm(this, `${capital(name)}Errors`, {
      alarmDescription: `${name} fails again and again`,
      metric: target.metricErrors({ period: PERIOD }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private aboveZero(metricName: string, by: FunctionName, meaning: string): Alarm {
    return new Alarm(this, metricName, {
      alarmDescription: meaning,
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { service: by },
        statistic: Stats.MAXIMUM,
        period: PERIOD,
      }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private blockLag({ name }: RoadFunction): Alarm {
    return new Alarm(this, 'BlockLag', {
      alarmDescription: `blocks come ${LINE_TO_BLOCK_MS_MAX / 1_000} s or more after their lines`,
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName: 'LineToBlockMs',
        dimensionsMap: { service: name },
        statistic: Stats.MAXIMUM,
        period: PERIOD,
      }),
      threshold: LINE_TO_BLOCK_MS_MAX,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // A push that has to wait for the quota of WAF is no harm, and pushes that all wait are.
      evaluationPeriods: 5,
      datapointsToAlarm: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  /** What runs each minute says so, and the alarms above are silent without it. */
  private silence({ name, function: target }: RoadFunction, meaning: string): Alarm {
    return new Alarm(this, `${capital(name)}Silent`, {
      alarmDescription: `${name} did not run for three minutes: ${meaning}`,
      metric: target.metricInvocations({ period: PERIOD }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
  }
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
