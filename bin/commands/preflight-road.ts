import { formatWhole } from '../../lambdas/core/plain-words';
import type { SourceFacts, StreamFacts, TableFacts } from '../../lambdas/adapters/deployment-facts';
import {
  HEADROOM,
  LINES_PER_SECOND_MAX,
  lanesFor,
  linesPerSecondOf,
} from '../../lambdas/core/sizing';
import { SHARD_LINES_PER_SECOND, loadOf, playedLinesPerSecond } from '../../lib/event-load';
import { type EventSourcePlan, SHARD_PACKETS_PER_SECOND_MAX, pipelineOf } from '../../lib/pipeline';
import {
  type PreflightInput,
  type PreflightLine,
  type Verdict,
  fail,
  judge,
  judgeBoth,
  pass,
  warn,
} from './preflight-line';

/** Whether streams, functions and tables take what is expected, and are connected. */
export function checkRoad(input: PreflightInput): PreflightLine[] {
  return [
    { check: 'lanes', ...checkLanes(input) },
    ...judge('edge_shards', input.facts.edgeLines, (stream) => checkEdgeShards(input, stream)),
    ...judge('edge_spread', input.facts.edgeLines, checkSpread),
    ...judge('packet_shards', input.facts.viewerPackets, (own) => checkPacketShards(input, own)),
    ...checkShardQuota(input),
    ...judge('lambda_concurrency', input.facts.concurrency, (own) => checkConcurrency(input, own)),
    ...judge('state_writes', input.facts.state, (table) => checkTable(input, table, 'state')),
    ...judge('views_writes', input.facts.views, (table) => checkTable(input, table, 'views')),
    ...judge('table_quota', input.facts.tableWritesMax, (max) => checkTableQuota(input, max)),
    ...checkSources(input),
  ];
}

function checkLanes({ settings: { lanes }, expected }: PreflightInput): Verdict {
  const wanted = linesPerSecondOf(expected);
  const most = LINES_PER_SECOND_MAX[lanes];
  const got = `${lanes} lanes, for ${formatWhole(most)} lines/s`;
  const expects = `${formatWhole(wanted)} lines/s with headroom`;
  if (wanted <= most) return pass(got, expects);
  const more = lanesFor(wanted);
  const repair =
    more === undefined
      ? 'split the audience over several deployments'
      : `"lanes": ${more} in turnout.json, in a new stack: they cannot be changed in one that has counted`;
  return fail(got, expects, repair);
}

/** A shard takes 1,000 records a second; a line is one, and far below its 1 MiB. */
function checkEdgeShards({ expected }: PreflightInput, stream: StreamFacts): Verdict {
  const { isOnDemand, openShards, warmMiBps, status, name, arn } = stream;
  const shards = Math.max(openShards, isOnDemand ? warmMiBps : 0);
  const wanted = Math.ceil(linesPerSecondOf(expected) / SHARD_LINES_PER_SECOND);
  const warm = warmMiBps > 0 ? `, warm for ${warmMiBps} MiB/s` : '';
  const got = `${openShards} shards ${isOnDemand ? 'on demand' : 'provisioned'}${warm}, ${status}`;
  const expects = `${wanted} shards, ACTIVE`;
  if (status !== 'ACTIVE') return fail(got, expects, `wait until ${name} is ACTIVE`);
  if (shards >= wanted) return pass(got, expects);
  const grow = growth(name, openShards, wanted);
  const repair = isOnDemand
    ? `"expected" with "edgeStream": "provisioned" or "warm" in turnout.json, and deploy; or ` +
      `aws kinesis update-stream-mode --stream-arn ${arn} --stream-mode-details StreamMode=PROVISIONED, then ${grow}`
    : grow;
  const isEnough = shards * SHARD_LINES_PER_SECOND >= playedLinesPerSecond(expected);
  return isEnough ? warn(got, expects, repair) : fail(got, expects, repair);
}

/** A call doubles at most, and a day has ten calls. */
function growth(name: string, open: number, wanted: number): string {
  const call = `aws kinesis update-shard-count --stream-name ${name} --scaling-type UNIFORM_SCALING --target-shard-count`;
  if (wanted <= 2 * open) return `${call} ${wanted}`;
  const calls = Math.ceil(Math.log2(wanted / open));
  return `${call} ${2 * open}, doubled until it is ${wanted} (${calls} calls; AWS allows 10 in 24 hours)`;
}

function checkSpread({ isOnDemand, isSpread, arn }: StreamFacts): Verdict {
  const expected = 'records spread by Kinesis (AUTO), or provisioned shards';
  if (!isOnDemand) return pass('provisioned', expected);
  if (isSpread) return pass('AUTO', expected);
  return warn(
    'by the partition key of CloudFront, which is not documented',
    expected,
    `aws kinesis update-stream-record-distribution-strategy --stream-arn ${arn} --record-distribution-strategy AUTO`,
  );
}

const SHARD_RECORDS_PER_SECOND = 1_000;

function checkPacketShards(input: PreflightInput, stream: StreamFacts): Verdict {
  const { settings, expected } = input;
  const { openShards, status, name } = stream;
  const { packets } = loadOf(expected, settings.lanes);
  const each = packets / openShards;
  const got = `${openShards} shards, ${formatWhole(each)} packets/s each, ${status}`;
  const expects = `at most ${SHARD_PACKETS_PER_SECOND_MAX} packets/s each, ACTIVE`;
  if (status !== 'ACTIVE') return fail(got, expects, `wait until ${name} is ACTIVE`);
  if (each <= SHARD_PACKETS_PER_SECOND_MAX) return pass(got, expects);
  const { shards } = pipelineOf(settings).streams.viewerPackets;
  const repair = growth(name, openShards, shards);
  return each <= SHARD_RECORDS_PER_SECOND ? warn(got, expects, repair) : fail(got, expects, repair);
}

/** Shards that are there, and those that are still to be made. */
function shardsWanted({ settings, expected }: PreflightInput) {
  return {
    edge: Math.ceil(linesPerSecondOf(expected) / SHARD_LINES_PER_SECOND),
    packets: pipelineOf(settings).streams.viewerPackets.shards,
  };
}

function checkShardQuota(input: PreflightInput): PreflightLine[] {
  const { edgeLines, viewerPackets, kinesisShards } = input.facts;
  return judgeBoth('shard_quota', [kinesisShards, edgeLines], ({ limit, open }, edge) => {
    const wanted = shardsWanted(input);
    const packets = viewerPackets.isKnown ? viewerPackets.value.openShards : 0;
    const more = Math.max(0, wanted.edge - edge.openShards) + Math.max(0, wanted.packets - packets);
    const got = `${formatWhole(limit - open)} of ${formatWhole(limit)} shards free`;
    const expects = `room for ${formatWhole(more)} more`;
    if (limit - open >= more) return pass(got, expects);
    const repair = `a higher quota "shards per Region" of Kinesis: ${formatWhole(open + more)}`;
    return fail(got, expects, repair);
  });
}

/** Watch, enforce, control and api. */
const OTHER_FUNCTIONS = 4;

function checkConcurrency(
  input: PreflightInput,
  { limit, unreserved }: { readonly limit: number; readonly unreserved: number },
): Verdict {
  const { edgeLines, viewerPackets } = input.facts;
  const wanted = shardsWanted(input);
  const edge = Math.max(wanted.edge, edgeLines.isKnown ? edgeLines.value.openShards : 0);
  const packets = viewerPackets.isKnown ? viewerPackets.value.openShards : wanted.packets;
  const needed = edge + packets + OTHER_FUNCTIONS;
  const got = `${formatWhole(unreserved)} unreserved of ${formatWhole(limit)}`;
  const expects = `${formatWhole(needed)}, one for each shard, and half as much again for other functions`;
  const repair = `a higher quota "concurrent executions" of Lambda: ${formatWhole(Math.ceil(needed * HEADROOM) + limit - unreserved)}`;
  if (unreserved < needed) return fail(got, expects, repair);
  return unreserved < needed * HEADROOM ? warn(got, expects, repair) : pass(got, expects);
}

/** What a new table on demand takes at once, where AWS does not say what this one does. */
const WRITES_AT_ONCE = 4_000;

function checkTable(
  { settings, expected }: PreflightInput,
  { name, status, isOnDemand, warmWrites }: TableFacts,
  kind: 'state' | 'views',
): Verdict {
  const writes = Math.ceil(loadOf(expected, settings.lanes).writes[kind]);
  const wanted = Math.ceil(writes * HEADROOM);
  const atOnce = warmWrites > 0 ? warmWrites : WRITES_AT_ONCE;
  const how = warmWrites > 0 ? '' : ', as any new table';
  const got = `${formatWhole(atOnce)} write units/s at once${how}, ${status}`;
  const expects = `${formatWhole(wanted)} write units/s on demand, ACTIVE`;
  if (status !== 'ACTIVE') return fail(got, expects, `wait until ${name} is ACTIVE`);
  if (!isOnDemand) {
    const repair = `aws dynamodb update-table --table-name ${name} --billing-mode PAY_PER_REQUEST`;
    return fail('provisioned', expects, repair);
  }
  if (atOnce >= wanted) return pass(got, expects);
  const repair = `aws dynamodb update-table --table-name ${name} --warm-throughput WriteUnitsPerSecond=${wanted}`;
  return atOnce >= writes ? warn(got, expects, repair) : fail(got, expects, repair);
}

function checkTableQuota({ settings, expected }: PreflightInput, most: number): Verdict {
  const { state, views } = loadOf(expected, settings.lanes).writes;
  const wanted = Math.ceil(Math.max(state, views) * HEADROOM);
  const got = `${formatWhole(most)} write units/s for a table`;
  const expects = `${formatWhole(wanted)}`;
  if (most >= wanted) return pass(got, expects);
  const repair = `a higher quota "table-level write throughput" of DynamoDB: ${formatWhole(wanted)}`;
  return fail(got, expects, repair);
}

function checkSources({ facts, settings }: PreflightInput): PreflightLine[] {
  const { eventSources, blocksSource } = pipelineOf(settings);
  const { intakeSource, tallySource, enforceSource } = facts;
  return [
    ...judge('intake_source', intakeSource, (all) => checkSource(all, eventSources.intake)),
    ...judge('tally_source', tallySource, (all) => checkSource(all, eventSources.tally)),
    ...judge('enforce_source', enforceSource, (all) => checkSource(all, blocksSource)),
  ];
}

/** By these numbers lines are counted once; windows and batches are what the units were counted with. */
function checkSource(found: readonly SourceFacts[], plan: EventSourcePlan): Verdict {
  const text = (
    own: Omit<EventSourcePlan, 'maxRecordAgeSeconds' | 'startingPosition' | 'bisectOnError'>,
  ) =>
    `batches of ${formatWhole(own.batchSize)} in ${own.windowSeconds} s, factor ${own.parallelizationFactor}, retries ${own.retryAttempts}`;
  const expects = `one, Enabled: ${text(plan)}`;
  const [own] = found;
  const deploy = 'deploy with this turnout.json';
  if (own === undefined || found.length > 1)
    return fail(`${found.length} event sources`, expects, deploy);
  const got = `${own.state}: ${text(own)}`;
  if (own.state !== 'Enabled') {
    const repair = `aws lambda update-event-source-mapping --uuid ${own.id} --enabled`;
    return fail(got, expects, repair);
  }
  if (text(own) !== text(plan)) return fail(got, expects, deploy);
  if (/PROBLEM|error/i.test(own.lastResult)) {
    return warn(
      `${got}, last result ${own.lastResult}`,
      expects,
      'look into the log of the function',
    );
  }
  return pass(got, expects);
}
