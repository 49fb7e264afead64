import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Recount, type RecountProps } from '../../lambdas/core/recount';
import type { Progress } from './progress';
import { brokenText } from './recount';
import type { RecountTask } from './recount-read';
import type { FromWorker, ToWorker } from './recount-worker';

export interface ThreadOptions {
  readonly threads: number;
  readonly progress: Progress;
  readonly warn: (text: string) => void;
}

/**
 * Counts tasks in several threads. Each takes the next task when it is done with the last, and keeps
 * one state; the states are merged at the end. Counting does not depend on order, so neither does the
 * result on who took what.
 */
export async function countInThreads(
  props: RecountProps,
  tasks: AsyncIterable<RecountTask>,
  { threads, progress, warn }: ThreadOptions,
): Promise<Recount> {
  const queue = tasks[Symbol.asyncIterator]();
  const seen = { bytes: 0, lines: 0 };
  const whole = new Recount(props);
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(join(__dirname, 'recount-worker.js'), { workerData: props });
    const done = drive(worker, queue, {
      warn,
      progress: (bytes, lines) => {
        seen.bytes += bytes;
        seen.lines += lines;
        progress.update(seen);
      },
      merge: (part) => whole.merge(part),
    });
    return { worker, done };
  });
  try {
    await Promise.all(workers.map(({ done }) => done));
  } finally {
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  }
  return whole;
}

interface Driving {
  readonly warn: (text: string) => void;
  readonly progress: (bytes: number, lines: number) => void;
  readonly merge: (part: (FromWorker & { kind: 'part' })['part']) => void;
}

/** Feeds one thread until there are no tasks, then takes its part. */
function drive(
  worker: Worker,
  queue: AsyncIterator<RecountTask>,
  { warn, progress, merge }: Driving,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let task: RecountTask | undefined;
    const next = async () => {
      const { done, value } = await queue.next();
      task = done === true ? undefined : value;
      const message: ToWorker = task === undefined ? 'finish' : { task };
      const transfer = task?.kind === 'bytes' ? [task.bytes.buffer as ArrayBuffer] : [];
      worker.postMessage(message, transfer);
    };
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a counting thread ended with status ${code}`)));
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'progress') progress(message.bytes, message.lines);
      else if (message.kind === 'failed') reject(new Error(message.message));
      else if (message.kind === 'part') {
        try {
          merge(message.part);
          resolve();
        } catch (error) {
          reject(error as Error);
        }
      } else {
        if (message.broken !== undefined && task !== undefined)
          warn(brokenText(task, message.broken));
        next().catch(reject);
      }
    });
    next().catch(reject);
  });
}
