import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { type AlarmSpec, type AlarmThresholds, AT_ONCE, describeAlarm } from './alarm-spec';
import { awsAlarms } from './aws-alarms';
import { figureAlarms } from './figure-alarms';
import type { Monitored } from './metrics';

export interface AlarmsProps {
  readonly monitored: Monitored;
  readonly thresholds: AlarmThresholds;
  readonly topic: ITopic;
}

/** The alarms of road and guard. All go to one topic, when they are raised and when they are over. */
export class Alarms extends Construct {
  readonly all: readonly Alarm[];

  constructor(scope: Construct, id: string, { monitored, thresholds, topic }: AlarmsProps) {
    super(scope, id);
    const action = new SnsAction(topic);
    const specs = [
      ...awsAlarms(monitored, thresholds),
      ...figureAlarms(this, monitored, thresholds),
    ];
    this.all = specs.map((spec) => this.makeAlarm(spec, action));
  }

  private makeAlarm(spec: AlarmSpec, action: SnsAction): Alarm {
    const { id, metric, above = 0, below, minutes = AT_ONCE } = spec;
    const [datapointsToAlarm, evaluationPeriods] = minutes;
    const isBelow = below !== undefined;
    const alarm = new Alarm(this, id, {
      alarmDescription: describeAlarm(spec),
      metric,
      threshold: isBelow ? below : above,
      comparisonOperator: isBelow
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods,
      datapointsToAlarm,
      // Where there is nothing to measure nothing is wrong, but for what must be there.
      treatMissingData: isBelow ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}
