import { parentPort, workerData } from 'node:worker_threads';
import { startDynamo } from './dynamo-server';
import type { FromEmulator, ThreadData, ToEmulator } from './emulator-threads';
import { startKinesis } from './kinesis-server';
import type { TableWrite } from './table-writes';

/** The thread of one emulator. */

const { kind, options } = workerData as ThreadData;
const say = (message: FromEmulator) => parentPort!.postMessage(message);

async function run(): Promise<void> {
  const onWrite = (written: TableWrite) => say({ written });
  const dynamo = kind === 'dynamo' ? await startDynamo({ ...options, onWrite }) : undefined;
  const server = dynamo ?? (await startKinesis(options));
  say({ endpoint: server.endpoint });
  parentPort!.on('message', (asked: ToEmulator) => {
    Promise.resolve(work(asked)).then(
      (removed) => {
        say({ removed: removed ?? 0 });
        if (asked === 'close') parentPort!.close();
      },
      (error: unknown) => say({ error: String(error) }),
    );
  });

  function work(asked: ToEmulator): Promise<number | void> | undefined {
    if (asked === 'close') return server.close();
    if (asked === 'settle') return undefined; // what is said before arrives before
    return dynamo?.sweep(asked.sweepAtSeconds);
  }
}

const breakDown = (error: unknown) => {
  say({ broken: error instanceof Error ? error.message : String(error) });
  process.exit(1); // of this thread alone
};
// The emulators throw out of callbacks, for instance when another process has their state open.
process.on('uncaughtException', breakDown);
run().catch(breakDown);
