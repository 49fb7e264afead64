import { formatWhole } from '../../lambdas/core/plain-words';
import { type ExpectedSettings, LIMITS, type LaneCount } from '../../lambdas/core/settings';
import { LINES_PER_SECOND_MAX, lanesFor, linesPerSecondOf } from '../../lambdas/core/sizing';
import {
  type CostRow,
  WEB_ACL_MONTH,
  eventCost,
  standingCost,
  sumOf,
  webAclCost,
} from '../../lib/event-cost';
import { type Expected, loadOf, playedLinesPerSecond } from '../../lib/event-load';
import { guardSetsOf } from '../../lib/guard-sets';
import { PRICES, PRICES_OF } from '../../lib/prices';
import { UsageError } from './errors';
import { readSettings } from './recount';
import { formatHundredths, layTable, wrapText } from './text-table';

export interface CostOptions {
  readonly viewers?: number;
  readonly hours: number;
  readonly segmentSeconds?: number;
  readonly contents: number;
  readonly config?: string;
  readonly json?: boolean;
}

interface Costs {
  readonly expected: Expected;
  readonly hours: number;
  readonly lanes: LaneCount;
  readonly edgeShards: number;
  readonly linesPerSecond: number;
  readonly event: readonly CostRow[];
  readonly webAcl: CostRow;
  readonly month: readonly CostRow[];
}

const COLUMNS = 100;

/** `turnout cost`: what an event costs, and the months between events, from counted units and list prices. */
export function runCost(options: CostOptions, output: { write(text: string): unknown }): void {
  const costs = costsOf(options);
  output.write(options.json === true ? renderJson(costs) : renderText(costs));
}

/** What is expected, by options or else by turnout.json. */
export function expectedOf(
  { viewers, segmentSeconds }: Pick<CostOptions, 'viewers' | 'segmentSeconds'>,
  file: ExpectedSettings | undefined,
  contents: number,
): Expected {
  const wanted = viewers ?? file?.viewers;
  if (wanted === undefined) {
    throw new UsageError('expected --viewers N, or `expected` in turnout.json, got neither');
  }
  return {
    viewers: wanted,
    segmentSeconds: segmentSeconds ?? file?.segmentSeconds ?? LIMITS.segmentSeconds.fallback,
    requestsPerSegment: file?.requestsPerSegment ?? LIMITS.requestsPerSegment.fallback,
    edgeStream: file?.edgeStream ?? 'on_demand',
    contents,
  };
}

function costsOf(options: CostOptions): Costs {
  const { hours, contents, config } = options;
  const settings = readSettings(config);
  const expected = expectedOf(options, settings.expected, contents);
  const needed = lanesFor(linesPerSecondOf(expected));
  if (needed === undefined) {
    throw new UsageError(
      `${formatWhole(linesPerSecondOf(expected))} lines/s with headroom: expected at most ` +
        `${formatWhole(LINES_PER_SECOND_MAX[512])}; split the audience over several deployments`,
    );
  }
  // Lanes are those that are deployed, unless they are too few.
  const lanes = settings.lanes > needed ? settings.lanes : needed;
  const { edgeShards, packetShards } = loadOf(expected, lanes);
  return {
    ...{ expected, hours, lanes, edgeShards },
    linesPerSecond: playedLinesPerSecond(expected),
    event: eventCost(expected, lanes, hours),
    webAcl: webAclCost(expected, hours),
    month: standingCost({
      ...{ lanes, edgeShards, packetShards, edgeStream: expected.edgeStream },
      sets: guardSetsOf(settings.guard).length,
    }),
  };
}

/** Rows of one service stand together, with their sum. */
function renderText(costs: Costs): string {
  const { expected, hours, lanes, linesPerSecond, event, webAcl, month } = costs;
  const { viewers, segmentSeconds, requestsPerSegment, contents } = expected;
  const lines = linesPerSecond * hours * 3_600;
  const perMillion = (usd: number) => ((usd / lines) * 1e6).toFixed(3);
  const bill = (rows: readonly CostRow[], cells: (usd: number) => string[]) =>
    rows.map(({ service, what, usd, isEstimate }) => ({
      label: `  ${service}: ${what}${isEstimate ? ' (estimate)' : ''}`,
      cells: cells(usd),
    }));
  const eventCells = (usd: number) => [formatHundredths(usd), perMillion(usd)];
  const total = { label: 'together', cells: eventCells(sumOf(event)) };
  const acl = { label: `${webAcl.service}: ${webAcl.what}`, cells: eventCells(webAcl.usd) };
  const standing = bill(month, (usd) => [formatHundredths(usd)]);
  const sum = { label: 'together', cells: [formatHundredths(sumOf(month))] };
  const own = {
    label: 'AWS WAF: a web ACL, if there is none yet',
    cells: [formatHundredths(WEB_ACL_MONTH)],
  };
  return `${[
    `${formatWhole(viewers)} viewers of ${formatWhole(contents)} ${contents === 1 ? 'stream' : 'streams'} for ${hours} hours, ` +
      `${requestsPerSegment} requests in ${segmentSeconds} s each: ${formatWhole(linesPerSecond)} lines/s, ` +
      `${formatWhole(lines)} lines, ${lanes} lanes`,
    '',
    ...layTable(['USD', 'a million lines'], [...bill(event, eventCells), total, acl], COLUMNS),
    '',
    'between events, a month of 730 hours:',
    ...layTable(['USD'], [...standing, sum, own], COLUMNS),
    '',
    ...(expected.edgeStream === 'warm' ? [WARM, ...NOTES] : NOTES).flatMap((note) =>
      wrapText(note, COLUMNS),
    ),
  ].join('\n')}\n`;
}

const NOTES: readonly string[] = [
  `List prices of ${PRICES_OF.region}, ${PRICES_OF.date}, from third-party pages: check them against the price pages of AWS.`,
  'Units were counted at 1,000 and 100,000 lines/s with steady viewers; an evening with pages, bots and errors took more.',
  'The web ACL is paid for its requests with or without Turnout. Not in the sums: logs, metrics, alarms, keys, storage, backups, queries, the free tier.',
];

const WARM =
  'A warm stream takes On-demand Advantage, with a commitment of the account and lower rates: here it is reckoned as on demand.';

function renderJson(costs: Costs): string {
  const { expected, hours, lanes, edgeShards, linesPerSecond, event, webAcl, month } = costs;
  const lines = linesPerSecond * hours * 3_600;
  const told = {
    ...{ ...expected, hours, lanes, edgeShards, linesPerSecond, lines },
    prices: { ...PRICES_OF, ...PRICES },
    event: { rows: event, usd: sumOf(event), usdPerMillionLines: (sumOf(event) / lines) * 1e6 },
    webAclRequests: webAcl.usd,
    month: { rows: month, usd: sumOf(month), webAcl: WEB_ACL_MONTH },
  };
  return `${JSON.stringify(told)}\n`;
}
