import { type PassStatus, countSets, lastFacts, parseStatus } from '../../lambdas/api/block-list';
import { GUARD_LISTS } from '../../lambdas/core/guard/guard-set';
import { type ModeReason, whyMode } from '../../lambdas/core/guard/modes';
import { formatWhole, lengthText, timeText } from '../../lambdas/core/plain-words';
import type { GuardMode } from '../../lambdas/core/settings';
import type { GuardHost } from './blocks';
import { authorText, passText } from './blocks-status';
import { reasonText } from './blocks-table';
import { askControl } from './control-client';
import { type Deployment, type DeploymentOptions, withDeployment } from './deployment';
import { UsageError } from './errors';
import { readSettings } from './recount';

export interface ModeOptions extends DeploymentOptions {
  readonly reason?: string;
  readonly for?: number;
  readonly config?: string;
  readonly json?: boolean;
}

/** One update of WAF in two seconds: docs/GUARD.md, "Enforce". */
const SECONDS_PER_SET = 2;

/** `turnout mode`: what is in force and why; with a mode, sets it for a time. */
export async function runMode(
  mode: string | undefined,
  options: ModeOptions,
  host: GuardHost,
): Promise<void> {
  const { reason } = options;
  if (mode === undefined) {
    if (reason !== undefined || options.for !== undefined) {
      throw new UsageError('--reason and --for belong to a mode: expected block, count, hold, off');
    }
    await show(options, host);
    return;
  }
  if (reason === undefined) throw new UsageError(`mode ${mode}: expected --reason, got none`);
  await withDeployment(options, (deployment) => set(deployment, { mode, reason, options, host }));
}

async function show(options: ModeOptions, { output, now }: GuardHost): Promise<void> {
  const settings = readSettings(options.config);
  const { order, status } = await withDeployment(options, async (deployment) => {
    const [guard, manual] = [await deployment.guard(), await deployment.manual()];
    const [entries, body] = await Promise.all([manual.load(now()), guard.loadStatus()]);
    return { order: entries.mode, status: parseStatus(body) };
  });
  const nowMs = now();
  const why = whyMode(settings, order, nowMs);
  output.write(options.json ? renderJson(why, status) : renderText(why, status, nowMs));
}

const MEANINGS: Readonly<Record<GuardMode, string>> = {
  block: 'suspects are blocked',
  count: 'suspects go to the list count, which blocks nobody; what people blocked is blocked',
  hold: 'nothing changes but what ends and what people do',
  off: 'no entry of ours is in any set',
};

function renderText(why: ModeReason, status: PassStatus | undefined, nowMs: number): string {
  const lines = [`mode: ${why.mode} (${MEANINGS[why.mode]})`, `why: ${whyText(why)}`];
  if (why.untilMs !== undefined) {
    lines.push(`until: ${timeText(why.untilMs)}, ${lengthText(why.untilMs - nowMs)} from now`);
  }
  lines.push(passText(status, nowMs));
  if (status !== undefined && status.mode !== why.mode) {
    const hint =
      why.because === 'person' ? 'the next pass will' : 'is turnout.json the deployed one?';
    lines.push(`the last pass did not know this mode: ${hint}`);
  }
  return `${lines.join('\n')}\n`;
}

function whyText({ because, order, event }: ModeReason): string {
  switch (because) {
    case 'person':
      return `set by ${authorText(order!.author)}: ${reasonText(order!.reason)}`;
    case 'in_event':
      return `guard.mode of turnout.json, inside the window of event ${event}`;
    case 'outside_events':
      return 'guard.outsideEvents of turnout.json, outside of event windows';
    case 'no_events':
      return 'guard.mode of turnout.json, which has no events';
  }
}

function renderJson(why: ModeReason, status: PassStatus | undefined): string {
  const { mode, because, order, event, untilMs } = why;
  const until = untilMs === undefined ? null : new Date(untilMs).toISOString();
  const { lastPass } = lastFacts(status);
  const said = order && { author: order.author, reason: order.reason };
  return `${JSON.stringify({ mode, because, ...(event && { event }), ...said, until, lastPass })}\n`;
}

interface NewMode {
  readonly mode: string;
  readonly reason: string;
  readonly options: ModeOptions;
  readonly host: GuardHost;
}

async function set(deployment: Deployment, { mode, reason, options, host }: NewMode) {
  const { for: forMinutes, json = false } = options;
  const limit = forMinutes === undefined ? {} : { forMinutes };
  // At once: a kill switch waits for no count, and nothing is carried out before the count is read.
  const [done, expected] = await Promise.all([
    askControl(deployment, { action: 'mode', mode, reason, ...limit }),
    mode === 'off' ? expect(deployment).catch(() => undefined) : undefined,
  ]);
  if (json) {
    host.output.write(`${JSON.stringify({ ...done, ...(expected && { expected }) })}\n`);
    return;
  }
  const lines = [
    `mode ${mode} until ${timeText(done.untilMs)}`,
    `author: ${authorText(done.author)}`,
    `reason: ${reasonText(done.reason)}`,
  ];
  if (expected !== undefined) lines.push(expectedText(expected));
  else if (mode === 'off')
    lines.push('what the sets hold could not be read; all of ours leaves them');
  host.output.write(`${lines.join('\n')}\n`);
}

interface Expected {
  readonly entries: number;
  readonly sets: number;
  readonly seconds: number;
}

async function expect(deployment: Deployment): Promise<Expected> {
  const stored = await (await deployment.guard()).loadSets();
  const counts = GUARD_LISTS.map((list) => countSets(stored.filter((one) => one.list === list)));
  const entries = counts.reduce((sum, { ours }) => sum + ours, 0);
  const sets = counts.reduce((sum, own) => sum + own.sets, 0);
  return { entries, sets, seconds: SECONDS_PER_SET * sets };
}

function expectedText({ entries, sets, seconds }: Expected): string {
  if (entries === 0) return 'no set holds an entry of ours: nothing is to be removed';
  const where = sets === 1 ? '1 set' : `${sets} sets`;
  const what =
    entries === 1
      ? `1 entry of ours leaves ${where}`
      : `${formatWhole(entries)} entries of ours leave ${where}`;
  return `${what}, which takes about ${seconds} seconds`;
}
