import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import type { Report } from '../../lambdas/core/audience/report';
import { Recount } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import { makeLineClock } from '../../local/replay-clock';
import { type LogFile, readLogLines } from '../../local/replay-log';
import { renderTable } from './recount-output';
import { planFiles } from './recount-plan';
import { readTask } from './recount-read';
import { compareRecount } from './start-compare';
import type { FeedLine, FeedSource } from './start-feed';
import type { ReplayPlan } from './start-plan';
import type { Put, Show } from './start-show';

const NEWLINE = Uint8Array.of(0x0a);
const KEY_BYTES = 16;

/** A log that is there, line by line; a recount of it is what the road must come to. */
export function makeReplayShow(
  { file, speed, config }: ReplayPlan,
  warn: (text: string) => void,
): Show {
  const settings = parseConfig(config);
  const { tasks, unknown } = planFiles([file], settings.realtimeFields);
  if (unknown[0] !== undefined) throw unknown[0];
  const [first] = tasks;
  if (first === undefined) throw new Error(`${file} is empty, expected lines`);
  const { format } = first;
  const log: LogFile = { path: file, isGzip: first.kind === 'gzip', format };

  async function recount({ lines, isAll }: Put): Promise<Report> {
    const counted = new Recount({ settings, key: randomBytes(KEY_BYTES) });
    if (isAll) for (const task of tasks) await readTask(counted, task, () => undefined);
    else await countFirst(counted, log, lines);
    return counted.report();
  }

  return {
    title: `a replay of ${basename(file)}, ${speed === 'max' ? 'as fast as it goes' : `speed ${speed}`}`,
    settings,
    settingsText: JSON.stringify(config),
    // Its time is not that of its arrival: it is counted, and nobody is judged by it.
    environment: { LINE_FORMAT: JSON.stringify(format), GUARD: 'off' },
    speed,
    span: undefined,
    source: makeLogSource(log, speed === 'max' ? undefined : makeLineClock(format, settings), warn),
    judge: async (report, put) => {
      const truth = await recount(put);
      return {
        truth,
        counted: report,
        differences: compareRecount(truth, report),
        against: put.isAll ? `turnout recount of ${file}` : `turnout recount of what was replayed`,
        render: (columns) => renderTable({ ...report, events: {} }, { columns }).split('\n'),
      };
    },
  };
}

/** `timeOf` is left out where nobody waits for a time. */
function makeLogSource(
  log: LogFile,
  timeOf: ((line: Uint8Array) => number | undefined) | undefined,
  warn: (text: string) => void,
): FeedSource {
  const batches = readLogLines(log);
  let lines: readonly Uint8Array[] = [];
  let at = 0;
  let n = 0;
  const take = (): FeedLine => {
    const line = lines[at]!;
    at += 1;
    n += 1;
    return { line, key: String(n - 1), atMs: timeOf?.(line) };
  };
  return {
    endAtMs: Infinity,
    next() {
      if (at < lines.length) return take();
      return (async () => {
        for (;;) {
          const { done, value } = await batches.next();
          if (done === true) return undefined;
          if (value.broken !== undefined) {
            warn(
              `${log.path} is cut short or damaged (${value.broken}); what could be read is replayed`,
            );
          }
          if (value.lines.length === 0) continue;
          lines = value.lines;
          at = 0;
          return take();
        }
      })();
    },
  };
}

/** Counts what was put before the replay was stopped. */
async function countFirst(recount: Recount, log: LogFile, lines: number): Promise<void> {
  recount.begin(log.format);
  let left = lines;
  for await (const batch of readLogLines(log)) {
    if (left === 0) break;
    for (const line of batch.lines.slice(0, left)) {
      recount.feed(line);
      recount.feed(NEWLINE);
    }
    left -= Math.min(left, batch.lines.length);
  }
  recount.end();
}
