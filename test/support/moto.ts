import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SERVER = join(__dirname, '../deploy/moto-plus.py');
const START_MS_MAX = 20_000;

/** The account that moto says we are. */
export const MOTO_ACCOUNT = '123456789012';
export const MOTO_REGION = 'us-east-1';
export const MOTO_CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' };

const hasMoto = () => spawnSync('python3', ['-c', 'import moto']).status === 0;

/** Tests that need moto (Python). Without it they are skipped, and the report says why. */
export function describeWithMoto(name: string, tests: () => void): void {
  if (hasMoto()) describe(name, tests);
  else {
    // Jest names no test of a file that it skips whole, so the reason is written beside it.
    process.stderr.write(`${name}: skipped: moto absent, pip install 'moto[server]'\n`);
    describe.skip(`${name} (skipped: moto absent)`, tests);
  }
}

export interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts test/deploy/moto-plus.py on a free port of the loopback interface. */
export async function startMoto(): Promise<Moto> {
  const child = spawn('python3', [SERVER], { stdio: ['pipe', 'pipe', 'pipe'] });
  const problems: string[] = [];
  child.stderr.on('data', (part: Buffer) => problems.push(part.toString()));
  const port = await firstLine(child, problems);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
    },
  };
}

function firstLine(child: ChildProcess, problems: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      child.kill();
      reject(new Error(`moto ${why}, expected its port\n${problems.join('').slice(-2_000)}`));
    };
    const timer = setTimeout(() => fail(`said nothing in ${START_MS_MAX} ms`), START_MS_MAX);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (status) => fail(`ended with status ${status}`));
    createInterface(child.stdout!).once('line', (line) => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(line);
    });
  });
}
