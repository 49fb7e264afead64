import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../lib/config';
import type { Report } from '../../lambdas/core/audience/report';
import { LIST_FILES, type ListFiles, SHIPPED_FILES } from '../../lambdas/core/edge/network-lists';
import { Recount, type RecountProps } from '../../lambdas/core/recount';
import { DEFAULT_SETTINGS, type Settings } from '../../lambdas/core/settings';
import { readJson } from './json-file';
import { UsageError } from './errors';
import { type Progress, makeProgress } from './progress';
import { type BlockReport, blocksOf, renderBlocks } from './recount-blocks';
import { renderCsv } from './recount-csv';
import { renderTable } from './recount-output';
import { planFiles } from './recount-plan';
import { type RecountTask, readTask } from './recount-read';
import { streamTasks } from './recount-stdin';
import { countInThreads } from './recount-threads';

export interface RecountOptions {
  readonly config?: string;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly minutes?: boolean;
  readonly keyFile?: string;
  readonly lists?: string;
  readonly threads?: number;
  readonly skipUnknown?: boolean;
  readonly guard?: boolean;
}

const CONFIG_DEFAULT = 'turnout.json';
/** Below this a second thread takes longer to begin than to help. */
const THREADS_FROM_BYTES = 16 * 1_048_576;

/** `turnout recount`: counts logs and prints the report. */
export async function runRecount(files: readonly string[], options: RecountOptions): Promise<void> {
  if (options.json === true && options.csv === true)
    throw new UsageError('--json and --csv exclude each other');
  if (options.from !== undefined && options.to !== undefined && options.to <= options.from) {
    throw new UsageError('--to must be after --from');
  }
  const settings = readSettings(options.config);
  const props: RecountProps = {
    settings,
    key: options.keyFile === undefined ? randomBytes(16) : readKey(options.keyFile),
    lists: options.lists === undefined ? SHIPPED_FILES : readLists(options.lists),
    guard: options.guard,
  };
  for (const file of files) {
    if (file !== '-' && !existsSync(file)) throw new Error(`${file} does not exist`);
  }
  if (props.guard === true && (options.threads ?? 1) > 1) {
    warn('--guard judges lines in the order in which they come, so it reads on one thread');
  }
  const { report, blocks, late } = await count(files, props, options);
  process.stdout.write(render(report, blocks, options));
  warnOverBound(report);
  warnLate(late, report);
}

function render(
  report: Report,
  blocks: readonly BlockReport[] | undefined,
  { json = false, csv = false }: RecountOptions,
): string {
  if (json) return `${JSON.stringify({ ...report, blocks }, null, 2)}\n`;
  if (csv) return renderCsv(report);
  const columns = Math.min(100, process.stdout.columns ?? 100);
  const table = renderTable(report, { columns });
  return blocks === undefined ? table : `${table}\n${renderBlocks(blocks, { columns })}`;
}

/** What comes out of counting; of the guard, if it judged. */
interface Counted {
  readonly report: Report;
  readonly blocks: readonly BlockReport[] | undefined;
  readonly late: number;
}

async function count(
  files: readonly string[],
  props: RecountProps,
  options: RecountOptions,
): Promise<Counted> {
  const { realtimeFields } = props.settings;
  const plan = planFiles(
    files.filter((file) => file !== '-'),
    realtimeFields,
  );
  for (const error of plan.unknown) {
    if (options.skipUnknown !== true) throw error;
    warn(`passed over: ${error.message}`);
  }
  // Pipes have no size and cannot be looked at twice: they are read like standard input.
  const streams = plan.pipes.map((path) =>
    streamTasks(createReadStream(path), { name: path, realtimeFields }),
  );
  if (files.includes('-')) {
    streams.push(streamTasks(process.stdin, { name: 'standard input', realtimeFields }));
  }
  const progress = makeProgress({
    totalBytes: streams.length > 0 ? undefined : plan.bytes,
    stream: process.stderr,
    now: () => performance.now(),
  });
  const threads = options.threads ?? availableParallelism();
  const tasks = allTasks(plan.tasks, streams);
  const isSmall = streams.length === 0 && plan.bytes < THREADS_FROM_BYTES;
  const isAlone = threads === 1 || isSmall || props.guard === true;
  try {
    const recount = isAlone
      ? await countHere(props, tasks, progress)
      : await countInThreads(props, tasks, { threads, progress, warn });
    const report = recount.report({
      fromMs: options.from,
      toMs: options.to,
      minutes: options.minutes === true || options.csv === true,
    });
    const { guard } = recount;
    return { report, blocks: guard && blocksOf(guard), late: guard?.late ?? 0 };
  } finally {
    progress.done();
  }
}

async function countHere(
  props: RecountProps,
  tasks: AsyncIterable<RecountTask>,
  progress: Progress,
): Promise<Recount> {
  const recount = new Recount(props);
  let bytes = 0;
  for await (const task of tasks) {
    const broken = await readTask(recount, task, (more) => {
      bytes += more;
      progress.update({ bytes, lines: recount.lines });
    });
    if (broken !== undefined) warn(brokenText(task, broken));
  }
  return recount;
}

async function* allTasks(
  planned: readonly RecountTask[],
  streams: readonly AsyncIterable<RecountTask>[],
): AsyncIterable<RecountTask> {
  yield* planned;
  for (const stream of streams) yield* stream;
}

/** What is said of a gzip that could not be read to its end. */
export function brokenText(task: RecountTask, message: string): string {
  const name = task.kind === 'bytes' ? 'a stream' : task.path;
  return `${name} is cut short or damaged (${message}); what could be read of it is counted`;
}

function warn(text: string): void {
  process.stderr.write(`turnout: warning: ${text}\n`);
}

function warnOverBound({ ledger }: Report): void {
  if (ledger.overBound === 0) return;
  warn(
    `${ledger.overBound} hits came from more viewers than one address, or all, may hold ` +
      '(rules B1, B2): they count as unresolved',
  );
}

function warnLate(late: number, { ledger }: Report): void {
  if (late === 0) return;
  warn(
    `${late} of ${ledger.hits} hits come more than 10 s after later ones: --guard judges lines as they ` +
      'come, so it found attacks late or not at all; sort the log by time',
  );
}

/** Settings from the given file, from ./turnout.json, or the defaults. */
export function readSettings(path: string | undefined): Settings {
  if (path === undefined && !existsSync(CONFIG_DEFAULT)) return DEFAULT_SETTINGS;
  const file = path ?? CONFIG_DEFAULT;
  return parseConfig(readJson(file), file);
}

function readKey(path: string): Uint8Array {
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[0-9a-fA-F]{32}$/.test(text)) {
    throw new Error(`${path} must hold 32 hexadecimal digits, got ${text.length} characters`);
  }
  return Buffer.from(text, 'hex');
}

/** Lists that `npm run lists` wrote into a folder; one that is missing there is the shipped one. */
function readLists(folder: string): ListFiles {
  const lists: Record<string, unknown> = { ...SHIPPED_FILES };
  let found = 0;
  for (const [list, file] of Object.entries(LIST_FILES)) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    lists[list] = readJson(path);
    found += 1;
  }
  if (found === 0) {
    throw new Error(`${folder} holds none of ${Object.values(LIST_FILES).join(', ')}`);
  }
  return lists as unknown as ListFiles;
}
