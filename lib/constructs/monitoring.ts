import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import type { FunctionName } from '../pipeline';
import type { Resources } from './access';
import { ALARM_THRESHOLDS, type AlarmThresholds } from './alarm-spec';
import { makeAlarmTopic } from './alarm-topic';
import { Alarms } from './alarms';
import { Dashboard } from './dashboard';
import type { RoadFunction } from './road-function';

export interface MonitoringOptions {
  /**
   * Whether there is a dashboard, named like the stack.
   *
   * @default true
   */
  readonly dashboard?: boolean;
  /**
   * Where alarms go. If it is encrypted, its key must let `cloudwatch.amazonaws.com` use it.
   *
   * @default a new topic, encrypted with a key of its own, without subscribers
   */
  readonly alarmTopic?: ITopic;
  /**
   * What is too much.
   *
   * @default ALARM_THRESHOLDS
   */
  readonly alarmThresholds?: Partial<AlarmThresholds>;
}

export interface MonitoringProps extends MonitoringOptions {
  readonly resources: Pick<Resources, 'edgeLines' | 'viewerPackets' | 'state' | 'views' | 'blocks'>;
  readonly functions: Readonly<Record<FunctionName, RoadFunction>>;
}

/** Alarms, who is told of them, and a dashboard. */
export class Monitoring extends Construct {
  readonly alarms: readonly Alarm[];
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { edgeLines, viewerPackets, state, views, blocks } = props.resources;
    const monitored = {
      functions: props.functions,
      streams: { edgeLines, viewerPackets },
      tables: { state, views, blocks },
    };
    const thresholds = { ...ALARM_THRESHOLDS, ...props.alarmThresholds };
    checkThresholds(thresholds);
    this.topic = props.alarmTopic ?? makeAlarmTopic(this, 'Topic');
    this.alarms = new Alarms(this, 'Alarms', { monitored, thresholds, topic: this.topic }).all;
    if (props.dashboard ?? true) {
      new Dashboard(this, 'Dashboard', { monitored, alarms: this.alarms });
    }
  }
}

/** An alarm that can never be raised, or always is, is none. */
function checkThresholds(thresholds: AlarmThresholds): void {
  for (const [name, value] of Object.entries(thresholds)) {
    const most = name === 'turnedAwayPercent' ? 100 : Infinity;
    if (value > 0 && value < most) continue;
    const range = most === 100 ? 'above 0 and below 100' : 'above 0';
    throw new Error(`alarmThresholds.${name} is ${value}, expected a number ${range}`);
  }
}
