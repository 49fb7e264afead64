import { parseStatus } from '../../lambdas/api/block-list';
import type { GuardList } from '../../lambdas/core/guard/guard-set';
import { timeText } from '../../lambdas/core/plain-words';
import { authorText } from './blocks-status';
import { type BlocksFacts, reasonText, renderCsv, renderJson, renderTable } from './blocks-table';
import { type ControlAsk, type ControlDone, askControl } from './control-client';
import { type Deployment, type DeploymentOptions, withDeployment } from './deployment';
import { UsageError } from './errors';

/** Where people read, and what time it is. */
export interface GuardHost {
  readonly output: { write(text: string): unknown };
  readonly now: () => number;
}

export interface ListOptions extends DeploymentOptions {
  readonly list?: GuardList;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export interface ChangeOptions extends DeploymentOptions {
  readonly reason: string;
  readonly for?: number;
  readonly json?: boolean;
}

/** What people ask for of an address or a range. */
export type Change = Exclude<ControlAsk['action'], 'mode'>;

/** `turnout blocks ls` */
export async function runList(options: ListOptions, { output, now }: GuardHost): Promise<void> {
  const { list, json = false, csv = false } = options;
  if (json && csv) throw new UsageError('--json and --csv exclude each other');
  const facts = await withDeployment(options, (deployment) => load(deployment, list, now()));
  output.write((json ? renderJson : csv ? renderCsv : renderTable)(facts));
}

async function load(
  deployment: Deployment,
  list: GuardList | undefined,
  nowMs: number,
): Promise<BlocksFacts> {
  const guard = await deployment.guard();
  const [sets, status] = await Promise.all([guard.loadSets(), guard.loadStatus()]);
  const wanted = sets.filter((set) => list === undefined || set.list === list);
  return { sets: wanted, status: parseStatus(status), nowMs };
}

/** `turnout blocks add`, `rm`, `allow`, `disallow` */
export async function runChange(
  action: Change,
  cidr: string,
  options: ChangeOptions,
  { output }: GuardHost,
): Promise<void> {
  const { reason, for: forMinutes, json = false } = options;
  const ask = { action, cidr, reason, ...(forMinutes !== undefined && { forMinutes }) };
  const done = await withDeployment(options, (deployment) => askControl(deployment, ask));
  output.write(json ? `${JSON.stringify(done)}\n` : `${doneText(action, done)}\n`);
}

function doneText(action: Change, done: ControlDone): string {
  const { cidr = '', untilMs } = done;
  const until = timeText(untilMs);
  const what = {
    block: `${cidr} is to be blocked until ${until}`,
    unblock: `${cidr} is to be unblocked, and is spared until ${until}`,
    allow: `${cidr} is spared until ${until}`,
    disallow: `${cidr} is no longer spared by people`,
  }[action];
  return `${what}\nauthor: ${authorText(done.author)}\nreason: ${reasonText(done.reason)}`;
}
