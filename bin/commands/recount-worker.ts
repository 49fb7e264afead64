import { parentPort, workerData } from 'node:worker_threads';
import { Recount, type RecountPart, type RecountProps } from '../../lambdas/core/recount';
import { type RecountTask, readTask } from './recount-read';

/**
 * One thread of `turnout recount`: takes tasks one at a time, counts them all into one state, and
 * hands that over at the end.
 */
export type ToWorker = { readonly task: RecountTask } | 'finish';
export type FromWorker =
  | { readonly kind: 'progress'; readonly bytes: number; readonly lines: number }
  | { readonly kind: 'idle'; readonly broken?: string | undefined }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'part'; readonly part: RecountPart };

const recount = new Recount(workerData as RecountProps);
const say = (message: FromWorker, transfer: ArrayBuffer[] = []) =>
  parentPort!.postMessage(message, transfer);
let lines = 0;

async function work(task: RecountTask): Promise<void> {
  const broken = await readTask(recount, task, (bytes) => {
    say({ kind: 'progress', bytes, lines: recount.lines - lines });
    lines = recount.lines;
  });
  say({ kind: 'idle', broken });
}

parentPort!.on('message', (message: ToWorker) => {
  if (message === 'finish') {
    const part = recount.toPart();
    say({ kind: 'part', part }, [part.state.buffer]);
    parentPort!.close();
    return;
  }
  work(message.task).catch((error: unknown) =>
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});
