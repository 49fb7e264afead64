import { Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  type IAlarm,
  Row,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

import { audienceRows, roadRows } from './audience-rows';
import { type DashboardRow, highest, sums, watching } from './dashboard-row';
import { guardRows } from './guard-rows';
import type { Monitored } from './metrics';

export interface DashboardProps {
  readonly monitored: Monitored;
  readonly alarms: readonly IAlarm[];
}

/** CloudWatch has 24 columns. */
const COLUMNS = 24;
/** An alarm takes a sixth of the width. */
const ALARMS_PER_LINE = 6;

/** What somebody looks at while an event goes on: how many now, who was turned away, who was blocked. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { monitored, alarms }: DashboardProps) {
    super(scope, id);
    const dashboard = new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: Stack.of(this).stackName,
      start: '-PT3H',
    });
    dashboard.addWidgets(...this.now());
    dashboard.addWidgets(
      new AlarmStatusWidget({
        title: 'Alarms; what to do: docs/OPERATIONS.md',
        alarms: [...alarms],
        width: COLUMNS,
        height: 1 + Math.ceil(alarms.length / ALARMS_PER_LINE),
      }),
    );
    for (const row of [...audienceRows(this), ...guardRows(this), ...roadRows(this, monitored)]) {
      dashboard.addWidgets(headingOf(row));
      dashboard.addWidgets(graphsOf(row));
    }
  }

  private now() {
    const metrics = [
      watching(this, 'Verified', 'verified viewers watching'),
      ...sums(this, 'tally', { Starts: 'starts in a minute' }),
      ...highest(this, 'enforce', { BlocksWanted: 'blocks' }),
      ...highest(this, 'enforce', { GuardMode: 'mode of the guard' }),
      ...highest(this, 'watch', { FreshnessMs: 'age of the figures' }),
    ];
    return [
      new SingleValueWidget({
        title: 'Now, and since when',
        metrics,
        sparkline: true,
        width: COLUMNS,
        height: 4,
      }),
    ];
  }
}

function headingOf({ title, lines }: DashboardRow): TextWidget {
  const markdown = [`## ${title}`, ...lines.map((line) => `* ${line}`)].join('\n');
  return new TextWidget({ markdown, width: COLUMNS, height: 2 + lines.length });
}

function graphsOf({ graphs }: DashboardRow): Row {
  const width = Math.floor(COLUMNS / graphs.length);
  return new Row(...graphs.map((graph) => new GraphWidget({ ...graph, width })));
}
