import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { type AlarmSpec, type AlarmThresholds, IN_A_ROW, LASTING } from './alarm-spec';
import { ALWAYS_ZERO } from './always-zero';
import {
  excessPercent,
  freshnessMs,
  type Monitored,
  ownMetric,
  turnedAwayPercent,
} from './metrics';

/** Alarms of what our own functions measure. */
export function figureAlarms(
  scope: Construct,
  { streams }: Monitored,
  thresholds: AlarmThresholds,
): AlarmSpec[] {
  const { freshnessSeconds, lineToBlockSeconds, turnedAwayPersonsMin } = thresholds;
  return [
    ...ALWAYS_ZERO.map(({ metric, by, ...text }) => ({
      id: metric,
      metric: ownMetric(scope, by, metric, Stats.MAXIMUM),
      ...text,
    })),
    {
      id: 'Freshness',
      meaning: `lines come, and the newest counted is more than ${freshnessSeconds} s old`,
      first: 'look whether the event sources of intake and tally are enabled, and for their errors',
      metric: freshnessMs(scope, streams.edgeLines),
      above: freshnessSeconds * 1_000,
      // The first minute after a quiet time looks back at it.
      minutes: IN_A_ROW,
    },
    {
      id: 'TurnedAway',
      meaning: `more than ${thresholds.turnedAwayPercent} % of the persons who want to watch are turned away, not by our blocks`,
      first: 'see on the dashboard by what: 4xx and 5xx are the origin, never asked is the entry',
      metric: turnedAwayPercent(scope, turnedAwayPersonsMin),
      above: thresholds.turnedAwayPercent,
      // Who starts within a minute is turned away no more.
      minutes: LASTING,
    },
    ...excessAlarms(scope, thresholds),
    {
      id: 'BlockLag',
      meaning: `blocks come more than ${lineToBlockSeconds} s after the lines that asked for them`,
      first: 'compare the iterator ages and the throttles of AWS WAF: one of them is the cause',
      metric: ownMetric(scope, 'enforce', 'LineToBlockMs', Stats.MAXIMUM),
      above: lineToBlockSeconds * 1_000,
      // A push that has to wait for the quota of WAF is no harm, and pushes that all wait are.
      minutes: LASTING,
    },
    {
      id: 'SetsThrottled',
      meaning: 'AWS WAF takes no updates of the sets: blocks and their ends are late',
      first: 'look who else calls AWS WAF in this account: one quota is for all',
      metric: ownMetric(scope, 'enforce', 'SetsThrottled'),
      minutes: LASTING,
    },
  ];
}

/** Attacks that have one thing in common: somebody else than the guard may have an answer to it. */
function excessAlarms(
  scope: Construct,
  { excessPercent: above, excessHitsMin }: AlarmThresholds,
): AlarmSpec[] {
  return [
    {
      id: 'ExcessOfNetwork',
      meaning: `more than ${above} % of the excess of all suspects comes from one network (ASN)`,
      first:
        'run `turnout live` for its number; if none of your viewers live there, refuse it by an ASN rule of the web ACL',
      metric: excessPercent(scope, 'Network', excessHitsMin),
      above,
    },
    {
      id: 'ExcessOfContent',
      meaning: `more than ${above} % of the excess of all suspects asks for one content`,
      first: 'run `turnout live` for its name, and see on the dashboard whether its viewers watch',
      metric: excessPercent(scope, 'Content', excessHitsMin),
      above,
    },
  ];
}
