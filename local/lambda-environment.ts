import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What Lambda knows of a function. */
export interface LambdaSettings {
  readonly name: string;
  /** where the bundle lies */
  readonly dir: string;
  /** `file.export` in that directory */
  readonly handler: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

export type LogStream = 'stdout' | 'stderr';
export type OnLogLine = (line: string, stream: LogStream) => void;

/** One execution environment: a child process that handles one event at a time. */
export interface LambdaEnvironment {
  readonly pid: number;
  /** Rejects when the handler throws, and when the environment ends or is ended on the way. */
  invoke(event: unknown): Promise<unknown>;
  /** false: it has ended, and takes no events */
  isAlive(): boolean;
  stop(): Promise<void>;
}

interface ErrorText {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

interface Asked {
  readonly resolve: (message: FromChild) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

type FromChild =
  | { readonly isReady: true }
  | { readonly initError: ErrorText }
  | { readonly id: string; readonly result?: unknown; readonly error?: ErrorText };

const BOOT = join(__dirname, 'lambda-boot.js');
/** As in Lambda: what loads longer than this is ended. */
const INIT_SECONDS_MAX = 10;
/** Shares of the memory that Lambda's own start gives to the heap. Buffers live outside of it. */
const OLD_SPACE_PERCENT = 90;
const SEMI_SPACE_PERCENT = 5;

/** Comes back when the handler is loaded. */
export async function startEnvironment(
  settings: LambdaSettings,
  onLogLine: OnLogLine,
): Promise<LambdaEnvironment> {
  const { name, timeoutSeconds } = settings;
  const child = forkBoot(settings);
  forwardLines(child, onLogLine);
  const channel = openChannel(child, name);
  const first = await channel.answerWithin(
    INIT_SECONDS_MAX * 1_000,
    `${name} was not loaded within ${INIT_SECONDS_MAX} seconds`,
  );
  if ('initError' in first) {
    await channel.stop();
    throw errorOf(first.initError);
  }
  const timeoutMs = timeoutSeconds * 1_000;
  return {
    pid: child.pid!,
    isAlive: channel.isAlive,
    stop: channel.stop,
    async invoke(event) {
      if (!channel.isAlive()) throw new Error(`${name} has ended, expected a live environment`);
      const id = randomUUID();
      const timedOut = `${name}: task timed out after ${timeoutSeconds} seconds`;
      const answer = channel.answerWithin(timeoutMs, timedOut);
      // A channel that is closed is told by the end of the child.
      child.send({ id, event, deadlineMs: Date.now() + timeoutMs }, () => undefined);
      const message = await answer;
      if (!('id' in message) || message.id !== id) {
        throw new Error(`${name} answered ${JSON.stringify(message)}, expected ${id}`);
      }
      if (message.error) throw errorOf(message.error);
      return message.result;
    },
  };
}

/** What comes from the child: one answer at a time, its end in place of an answer, and no answer late. */
function openChannel(child: ChildProcess, name: string) {
  let isAlive = true;
  let asked: Asked | undefined;
  const settle = (act: (asked: Asked) => void) => {
    if (asked === undefined) return;
    clearTimeout(asked.timer);
    act(asked);
    asked = undefined;
  };
  const kill = () => {
    isAlive = false;
    child.kill('SIGKILL');
  };
  const ended = new Promise<void>((resolve) => {
    const end = (how: string) => {
      isAlive = false;
      settle(({ reject }) => reject(new Error(`${name} exited with error: ${how}`)));
      resolve();
    };
    child.once('exit', () => (isAlive = false));
    // 'close' comes when all that it has written was read.
    child.once('close', (code, signal) => end(signal ?? `exit status ${code}`));
    child.once('error', (error) => end(error.message));
  });
  child.on('message', (message: FromChild) => settle(({ resolve }) => resolve(message)));

  return {
    isAlive: () => isAlive,
    answerWithin(ms: number, lateText: string): Promise<FromChild> {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          kill();
          settle(() => reject(new Error(lateText)));
        }, ms);
        asked = { resolve, reject, timer };
      });
    },
    async stop() {
      kill();
      await ended;
    },
  };
}

/** How Lambda sets the heap of Node for so much memory. */
export function nodeFlagsOf(memoryMb: number): string[] {
  const share = (percent: number) => Math.max(1, Math.floor((memoryMb * percent) / 100));
  return [
    `--max-old-space-size=${share(OLD_SPACE_PERCENT)}`,
    `--max-semi-space-size=${share(SEMI_SPACE_PERCENT)}`,
  ];
}

function forkBoot({ name, dir, handler, memoryMb, environment }: LambdaSettings): ChildProcess {
  return fork(BOOT, [], {
    cwd: dir,
    // Nothing of our own environment: what a function needs, its settings must say.
    env: {
      TZ: ':UTC',
      ...environment,
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: dir,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    },
    execArgv: nodeFlagsOf(memoryMb),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function forwardLines(child: ChildProcess, onLogLine: OnLogLine): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = createInterface({ input: child[stream]!, crlfDelay: Infinity });
    lines.on('line', (line) => onLogLine(line, stream));
  }
}

function errorOf({ name, message, stack }: ErrorText): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
