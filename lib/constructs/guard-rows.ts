import { Stack } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

import { type DashboardRow, FROM_ZERO, graph, highest, MILLISECONDS, sums } from './dashboard-row';
import { PERIOD } from './metrics';

/** Who is blocked, whom that hits, and what the guard is up to. */
export function guardRows(scope: Construct): DashboardRow[] {
  return [blocksRow(scope), guardRow(scope)];
}

function blocksRow(scope: Construct): DashboardRow {
  const { stackName } = Stack.of(scope);
  // Which dimensions a rule has depends on the web ACL that it is in.
  const requests = (metric: string, rule: string, label: string) =>
    new MathExpression({
      expression: `SEARCH('Namespace="AWS/WAFV2" MetricName="${metric}" Rule="${stackName}-${rule}"', 'Sum')`,
      usingMetrics: {},
      label,
      period: PERIOD,
    });
  return {
    title: 'Who was blocked, and whom it hit',
    lines: [
      '**wanted**: blocks of the plan; **overflow**: suspects without room (P9_overflow); **spared**: suspects that are exempt or have too many viewers behind them',
      '**excess**: what suspects of the last minute sent more than viewers explain, in 10 s, and what of it comes from the largest network (ASN) and asks for one content; `turnout live` names both',
      '**viewers**: verified viewers behind blocks (covered), and those for whose sake blocks were given up (cut, F1); **refused by us**: persons turned away by a block (S4_turned_away), some of whom attacked',
      '**requests**: what the rules of AWS WAF blocked and counted',
    ],
    graphs: [
      graph(
        'blocks',
        highest(scope, 'enforce', {
          BlocksWanted: 'wanted',
          BlocksOverflow: 'overflow',
          BlocksSpared: 'spared',
        }),
        FROM_ZERO,
      ),
      graph(
        'excess in 10 s',
        highest(scope, 'enforce', {
          ExcessHits: 'all',
          ExcessNetworkHits: 'largest network',
          ExcessContentHits: 'largest content',
        }),
        FROM_ZERO,
      ),
      graph('viewers hit', [
        ...highest(scope, 'enforce', { ViewersCovered: 'covered', ViewersCut: 'cut' }),
        ...sums(scope, 'tally', { TurnedAwayByUs: 'refused by us' }),
      ]),
      graph('requests', [
        requests('BlockedRequests', 'block', 'blocked'),
        requests('CountedRequests', 'count', 'counted'),
      ]),
    ],
  };
}

function guardRow(scope: Construct): DashboardRow {
  return {
    title: 'What the guard does',
    lines: [
      '**mode**: 3 block, 2 count, 1 hold, 0 off (docs/GUARD.md, "Modes")',
      '**fuses**: viewers cut (F1), changes deferred (F2), roll-backs (F3), feeds unread (F4); all are alarms',
      '**pushes**: updates of sets that AWS WAF took, and refused; **line to block**: from the arrival of lines to the block',
    ],
    graphs: [
      graph('mode', highest(scope, 'enforce', { GuardMode: 'mode' }), {
        leftYAxis: { min: 0, max: 3, showUnits: false },
      }),
      graph(
        'fuses',
        sums(scope, 'enforce', {
          ViewersCut: 'F1 viewers cut',
          ChangesDeferred: 'F2 changes deferred',
          RollBacks: 'F3 roll-backs',
          FeedsUnread: 'F4 feeds unread',
        }),
      ),
      graph('pushes', [
        ...sums(scope, 'enforce', {
          SetPushes: 'taken',
          SetConflicts: 'conflicts',
          SetsThrottled: 'throttled',
          SetErrors: 'errors',
          ForeignRemovals: 'foreign removals',
          EntriesRestored: 'entries restored',
          BatchesBad: 'batches unread',
        }),
      ]),
      graph('line to block', highest(scope, 'enforce', { LineToBlockMs: 'highest' }), MILLISECONDS),
    ],
  };
}
