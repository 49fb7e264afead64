import { parentPort, workerData } from 'node:worker_threads';
import { startDynamo } from './dynamo-server';
import type { FromEmulator, ThreadData, ToEmulator } from './emulator-threads';
import { startKinesis } from './kinesis-server';

/** The thread of one emulator. */

const { kind, options } = workerData as ThreadData;
const say = (message: FromEmulator) => parentPort!.postMessage(message);

async function run(): Promise<void> {
  const dynamo = kind === 'dynamo' ? await startDynamo(options) : undefined;
  const server = dynamo ?? (await startKinesis(options));
  say({ endpoint: server.endpoint });
  parentPort!.on('message', ({ sweepAtSeconds }: ToEmulator) => {
    const work = sweepAtSeconds === undefined ? server.close() : dynamo?.sweep(sweepAtSeconds);
    Promise.resolve(work).then(
      (removed) => {
        say({ removed: removed ?? 0 });
        if (sweepAtSeconds === undefined) parentPort!.close();
      },
      (error: unknown) => say({ error: String(error) }),
    );
  });
}

const breakDown = (error: unknown) => {
  say({ broken: error instanceof Error ? error.message : String(error) });
  process.exit(1); // of this thread alone
};
// The emulators throw out of callbacks, for instance when another process has their state open.
process.on('uncaughtException', breakDown);
run().catch(breakDown);
