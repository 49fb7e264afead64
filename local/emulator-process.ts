import { startDynamo } from './dynamo-server';
import type { EmulatorData, FromEmulator, ToEmulator } from './emulator-processes';
import { startKinesis } from './kinesis-server';
import type { TableWrite } from './table-writes';

/** The process of one emulator. */

const { kind, options } = JSON.parse(process.argv[2]!) as EmulatorData;
/** The end of it waits for what was said last. */
const say = (message: FromEmulator, then = () => undefined as void) => process.send!(message, then);

// The parent is gone, even if it was killed: nobody asks any more.
process.on('disconnect', () => process.exit(1));
// Ctrl-C goes to all processes of a terminal. What is under way ends; the parent says when to go.
process.on('SIGINT', () => undefined);

async function run(): Promise<void> {
  const onWrite = (written: TableWrite) => say({ written });
  const dynamo = kind === 'dynamo' ? await startDynamo({ ...options, onWrite }) : undefined;
  const server = dynamo ?? (await startKinesis(options));
  say({ endpoint: server.endpoint });
  process.on('message', (asked: ToEmulator) => {
    Promise.resolve(work(asked)).then(
      (removed) => say({ removed: removed ?? 0 }, asked === 'close' ? leave : undefined),
      (error: unknown) => say({ error: String(error) }),
    );
  });

  function work(asked: ToEmulator): Promise<number | void> | undefined {
    if (asked === 'close') return server.close();
    if (asked === 'settle') return undefined; // what is said before arrives before
    return dynamo?.sweep(asked.sweepAtSeconds);
  }
}

const leave = () => process.exit();
const breakDown = (error: unknown) => {
  const broken = error instanceof Error ? error.message : String(error);
  say({ broken }, () => process.exit(1));
};
// The emulators throw out of callbacks, for instance when another process has their state open.
process.on('uncaughtException', breakDown);
run().catch(breakDown);
