import {
  type GraphWidgetProps,
  type IMetric,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import type { FunctionName } from '../pipeline';
import { ownMetric, PERIOD } from './metrics';

/** A heading with one line for each figure, and graphs beside each other. */
export interface DashboardRow {
  readonly title: string;
  /** Figure, what it is and where it is defined. */
  readonly lines: readonly string[];
  readonly graphs: readonly GraphWidgetProps[];
}

export function graph(
  title: string,
  left: IMetric[],
  more: Omit<GraphWidgetProps, 'title' | 'left'> = {},
): GraphWidgetProps {
  return { title, left, period: PERIOD, ...more };
}

export const MILLISECONDS = { leftYAxis: { label: 'ms', min: 0, showUnits: false } };
export const FROM_ZERO = { leftYAxis: { min: 0, showUnits: false } };

type Labels = Readonly<Record<string, string>>;

/** Metrics of one function by name, as sums, with a label for each. */
export function sums(scope: Construct, by: FunctionName, labels: Labels): IMetric[] {
  return Object.entries(labels).map(([name, label]) => ownMetric(scope, by, name).with({ label }));
}

export function highest(scope: Construct, by: FunctionName, labels: Labels): IMetric[] {
  return Object.entries(labels).map(([name, label]) =>
    ownMetric(scope, by, name, Stats.MAXIMUM).with({ label }),
  );
}

/** Watch time of a minute by its length: the viewers that there were in it on average. */
export function watching(scope: Construct, group: string, label: string): MathExpression {
  const seconds = `seconds${group}`;
  return new MathExpression({
    expression: `${seconds} / PERIOD(${seconds})`,
    usingMetrics: { [seconds]: ownMetric(scope, 'tally', `WatchSeconds${group}`) },
    label,
    period: PERIOD,
  });
}
