import type { PreflightPlaces } from '../../lambdas/adapters/preflight-places';
import { readFact } from '../../lambdas/adapters/deployment-facts';
import { readDeployment } from '../../lambdas/adapters/preflight-reader';
import { parseStatus } from '../../lambdas/api/block-list';
import { SHIPPED_FILES } from '../../lambdas/core/edge/network-lists';
import type { GuardScope } from '../../lambdas/core/settings';
import type { GuardHost } from './blocks';
import { expectedOf } from './cost';
import { type Deployment, type DeploymentOptions, withDeployment } from './deployment';
import { ToldError } from './deployment-failure';
import { checkAlarms } from './preflight-alarms';
import { checkEdge } from './preflight-edge';
import { checkGuard } from './preflight-guard';
import type { ListAge, PreflightInput, PreflightLine } from './preflight-line';
import { checkRoad } from './preflight-road';
import { readSettings } from './recount';
import { plainText, wrapText } from './text-table';

export interface PreflightOptions extends DeploymentOptions {
  readonly viewers?: number;
  readonly segmentSeconds?: number;
  readonly contents: number;
  readonly config?: string;
  readonly json?: boolean;
}

/** `turnout preflight`: looks at a deployment before an event. Throws if anything fails, after saying what. */
export async function runPreflight(options: PreflightOptions, host: GuardHost): Promise<void> {
  const settings = readSettings(options.config);
  const expected = expectedOf(options, settings.expected, options.contents);
  const input = await withDeployment(options, async (deployment): Promise<PreflightInput> => {
    const places = placesOf(deployment.stack, await deployment.outputs(), settings.guard.scope);
    const [facts, guard] = await Promise.all([readDeployment(places), readGuard(deployment, host)]);
    const { logConfigArn, ruleGroupArn } = places;
    const lists = shippedLists();
    return {
      ...{ facts, guard, settings, expected, logConfigArn, ruleGroupArn, lists },
      nowMs: host.now(),
    };
  });
  const lines = checkAll(input);
  host.output.write(options.json === true ? renderJson(lines, input) : renderText(lines));
  const failed = lines.filter(({ result }) => result === 'fail').length;
  if (failed > 0) throw new ToldError(`${failed} of ${lines.length} checks fail`);
}

export function checkAll(input: PreflightInput): PreflightLine[] {
  return [...checkRoad(input), ...checkEdge(input), ...checkGuard(input), ...checkAlarms(input)];
}

function placesOf(
  stack: string,
  outputs: ReadonlyMap<string, string>,
  scope: GuardScope,
): PreflightPlaces {
  const place = (name: string): string => {
    const found = outputs.get(name);
    if (found !== undefined) return found;
    throw new Error(`stack ${stack} has no output ${name}: expected a stack of Turnout`);
  };
  return {
    ...{ stack, scope },
    edgeLinesStream: place('EdgeLinesStream'),
    viewerPacketsStream: place('ViewerPacketsStream'),
    stateTable: place('StateTable'),
    viewsTable: place('ViewsTable'),
    blocksTable: place('BlocksTable'),
    logConfigArn: place('RealtimeLogConfigArn'),
    ruleGroupArn: place('RuleGroupArn'),
  };
}

function readGuard(deployment: Deployment, { now }: GuardHost): Promise<PreflightInput['guard']> {
  return readFact('dynamodb:GetItem and dynamodb:Query', async () => {
    const [guard, manual] = [await deployment.guard(), await deployment.manual()];
    const [entries, body] = await Promise.all([manual.load(now()), guard.loadStatus()]);
    return { order: entries.mode, status: parseStatus(body) };
  });
}

/** The lists of this checkout, which are those of the functions that were deployed from it. */
function shippedLists(): ListAge[] {
  return Object.entries(SHIPPED_FILES).map(([name, { date, note }]) => ({
    ...{ name, date },
    isAbridged: /^abridged/i.test(note),
  }));
}

const COLUMNS = 100;
const INDENT = ' '.repeat(6);

export function renderText(lines: readonly PreflightLine[]): string {
  const told = lines.flatMap(({ check, result, got, expected, repair }) => [
    ...wrapText(plainText(`${result}  ${check}: ${got}`), COLUMNS, INDENT),
    ...(repair === undefined
      ? []
      : [
          ...wrapText(`${INDENT}expected ${plainText(expected)}`, COLUMNS, INDENT),
          // Not wrapped: whoever copies a command must get it whole.
          `${INDENT}repair   ${plainText(repair)}`,
        ]),
  ]);
  const { pass, warn, fail } = countsOf(lines);
  return `${[...told, '', `${pass} pass, ${warn} warn, ${fail} fail`].join('\n')}\n`;
}

function renderJson(lines: readonly PreflightLine[], { nowMs, expected }: PreflightInput): string {
  const at = new Date(nowMs).toISOString();
  return `${JSON.stringify({ at, expected, ...countsOf(lines), lines })}\n`;
}

function countsOf(lines: readonly PreflightLine[]) {
  const count = (wanted: PreflightLine['result']) =>
    lines.filter(({ result }) => result === wanted).length;
  return { pass: count('pass'), warn: count('warn'), fail: count('fail') };
}
