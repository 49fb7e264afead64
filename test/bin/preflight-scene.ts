import { checkAll } from '../../bin/commands/preflight';
import type { PreflightInput, PreflightLine } from '../../bin/commands/preflight-line';
import { type DeploymentFacts, known } from '../../lambdas/adapters/deployment-facts';
import { DEFAULT_SETTINGS, type Settings } from '../../lambdas/core/settings';

/** A deployment at which nothing is wrong, and an event that begins in an hour. */

export const NOW_MS = Date.UTC(2026, 10, 29, 18);
export const EDGE = 'arn:aws:kinesis:us-east-1:123456789012:stream/lines';
export const PACKETS = 'arn:aws:kinesis:us-east-1:123456789012:stream/packets';
export const LOG = 'arn:aws:cloudfront::123456789012:realtime-log-config/turnout';
export const GROUP = 'arn:aws:wafv2:us-east-1:123456789012:global/rulegroup/Turnout/x';
export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:alarms';
const ACL = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/x';

export const STREAM = {
  ...{ status: 'ACTIVE', openShards: 4, retentionHours: 168, warmMiBps: 0, isSpread: true },
};
export const SOURCE = {
  ...{ id: 'uuid-1', state: 'Enabled', lastResult: 'OK' },
  ...{ parallelizationFactor: 1, retryAttempts: -1 },
};
export const OWN_RULE = {
  ...{ name: 'turnout', priority: 0, action: 'none', groupArn: GROUP },
  ...{ isByAddress: false, isCounted: false, overridden: [] as readonly string[] },
};
export const OTHER_RULE = { ...OWN_RULE, name: 'rates', groupArn: '', action: 'block' };
export const TABLE = { status: 'ACTIVE', isOnDemand: true, warmWrites: 4_000, streamArn: '' };

export const GOOD_FACTS: DeploymentFacts = {
  edgeLines: known({ ...STREAM, name: 'lines', arn: EDGE, isOnDemand: true }),
  viewerPackets: known({ ...STREAM, name: 'packets', arn: PACKETS, isOnDemand: false }),
  kinesisShards: known({ limit: 20_000, open: 8 }),
  concurrency: known({ limit: 1_000, unreserved: 1_000 }),
  intakeSource: known([{ ...SOURCE, batchSize: 5_000, windowSeconds: 1 }]),
  tallySource: known([{ ...SOURCE, batchSize: 500, windowSeconds: 2 }]),
  enforceSource: known([{ ...SOURCE, batchSize: 1_000, windowSeconds: 1, retryAttempts: 2 }]),
  state: known({ ...TABLE, name: 'state' }),
  views: known({ ...TABLE, name: 'views' }),
  blocks: known({ ...TABLE, name: 'blocks' }),
  tableWritesMax: known(40_000),
  logConfig: known({
    ...{ fields: DEFAULT_SETTINGS.realtimeFields, samplingPercent: 100, streamArns: [EDGE] },
  }),
  distributions: known([
    {
      ...{ id: 'EDIST', isEnabled: true, webAclArn: ACL },
      behaviours: [
        { path: '/live/*', logConfigArn: LOG },
        { path: '*', logConfigArn: LOG },
      ],
    },
  ]),
  requestsPerSecondMax: known(250_000),
  webAcls: known([{ name: 'site', arn: ACL, capacity: 160, rules: [OWN_RULE, OTHER_RULE] }]),
  alarms: known([{ name: 'holes', state: 'OK', isEnabled: true, actions: [TOPIC] }]),
  topics: known([{ arn: TOPIC, confirmed: 1, pending: 0 }]),
  secret: known({ name: 'viewer-key', isBeingDeleted: false }),
};

export const EVENT = {
  ...{ id: 'final', content: 'live' },
  ...{ startAtMs: NOW_MS + 3_600_000, endAtMs: NOW_MS + 3 * 3_600_000 },
};

export const GOOD_SETTINGS: Settings = {
  ...DEFAULT_SETTINGS,
  events: [EVENT],
  guard: { ...DEFAULT_SETTINGS.guard, own: ['192.0.2.0/24'] },
};

export const GOOD: PreflightInput = {
  facts: GOOD_FACTS,
  guard: known({
    order: undefined,
    status: { atMs: NOW_MS - 60_000, mode: 'count', overflow: 0 },
  }),
  settings: GOOD_SETTINGS,
  expected: {
    ...{ viewers: 3_000, segmentSeconds: 6, requestsPerSegment: 2, contents: 1 },
    edgeStream: 'on_demand',
  },
  ...{ logConfigArn: LOG, ruleGroupArn: GROUP, nowMs: NOW_MS },
  lists: [{ name: 'crawlers', date: '2026-11-24', isAbridged: false }],
};

/** The lines of one check, when this is otherwise than good. */
export function linesOf(check: string, more: Partial<PreflightInput>): PreflightLine[] {
  return checkAll({ ...GOOD, ...more }).filter((line) => line.check === check);
}

export function resultOf(check: string, more: Partial<PreflightInput>): string {
  return linesOf(check, more)
    .map(({ result }) => result)
    .join(' ');
}

export function withFacts(facts: Partial<DeploymentFacts>): Partial<PreflightInput> {
  return { facts: { ...GOOD_FACTS, ...facts } };
}

export function withGuard(guard: Partial<Settings['guard']>): Partial<PreflightInput> {
  return { settings: { ...GOOD_SETTINGS, guard: { ...GOOD_SETTINGS.guard, ...guard } } };
}
