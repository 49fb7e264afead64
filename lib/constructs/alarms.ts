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
import { METRICS_NAMESPACE, type RoadFunction } from './road-function';

export interface AlarmsProps {
  readonly intake: RoadFunction;
  readonly tally: RoadFunction;
  readonly watch: RoadFunction;
}

/** Counting is behind; the stream holds what waits for a week. */
const ITERATOR_AGE_MS_MAX = 60_000;
const PERIOD = Duration.minutes(1);

/** Numbers of the road that are never above 0 while all is well. */
const ALWAYS_ZERO: readonly {
  readonly metric: string;
  readonly by: FunctionName;
  readonly meaning: string;
}[] = [
  { metric: 'OpenHoles', by: 'watch', meaning: 'packets are missing in the chain of a lane' },
  {
    metric: 'LinesUnfolded',
    by: 'watch',
    meaning: 'lines were forwarded and not counted within a minute, or counted twice',
  },
  {
    metric: 'RecordsLost',
    by: 'intake',
    meaning: 'records expired unread: the figures of the event are incomplete',
  },
  {
    metric: 'PacketsQuarantined',
    by: 'tally',
    meaning: 'records of viewer-packets are no packets: somebody else writes there, or they broke',
  },
  {
    metric: 'OverBound',
    by: 'tally',
    meaning: 'an address or a lane has more viewers than are told apart: they count as unresolved',
  },
];

/** The alarms of the road. None has an action yet: whom to wake is the platform team's to say. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { intake, tally, watch } = props;
    this.all = [
      ...[intake, tally].map((it) => this.iteratorAge(it)),
      ...[intake, tally, watch].map((it) => this.errors(it)),
      ...ALWAYS_ZERO.map(({ metric, by, meaning }) => this.aboveZero(metric, by, meaning)),
      this.silence(watch),
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

  /** The alarms above are silent without watch. */
  private silence({ name, function: target }: RoadFunction): Alarm {
    return new Alarm(this, `${capital(name)}Silent`, {
      alarmDescription: `${name} did not run for three minutes: nobody looks at the ledger`,
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
