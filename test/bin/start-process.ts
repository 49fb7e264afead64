import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ViewsLedger } from '../../lambdas/core/road/views-report';

/** `npm start` as a process of its own. */

const START = join(__dirname, '../../bin/start.js');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `Of` is Truth for an event, Report for a replay. */
export interface Summary<Of> {
  readonly truth: Of;
  readonly counted: Of;
  readonly equal: boolean;
  readonly ledger: ViewsLedger;
  readonly latency: { readonly p50: number; readonly p99: number };
}

export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Comes back when standard error says it, with all that it has said. */
  says(text: string): Promise<string>;
}

export function start(args: readonly string[], cwd?: string): Started {
  const child = spawn(process.execPath, [START, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const waiting: { text: string; go: (said: string) => void }[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const { text: awaited, go } of waiting) if (stderr.includes(awaited)) go(stderr);
  });
  return {
    pid: child.pid!,
    ended: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => resolve({ status, stdout, stderr }));
    }),
    says: (text) =>
      new Promise((go) => {
        if (stderr.includes(text)) go(stderr);
        else waiting.push({ text, go });
      }),
  };
}

/** Runs to the end with --json, and reads the last line of standard output. */
export async function summaryOf<Of>(
  args: readonly string[],
): Promise<{ status: number | null; summary: Summary<Of>; stderr: string }> {
  const { status, stdout, stderr } = await start([...args, '--json']).ended;
  return { status, summary: parseSummary(stdout, stderr), stderr };
}

export function parseSummary<Of>(stdout: string, stderr: string): Summary<Of> {
  const last = stdout.trimEnd().split('\n').at(-1)!;
  if (!last.startsWith('{')) throw new Error(`no summary in ${stdout}; ${stderr}`);
  return JSON.parse(last) as Summary<Of>;
}
