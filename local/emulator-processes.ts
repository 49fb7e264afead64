import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { DynamoServer } from './dynamo-server';
import type { EmulatorOptions, EmulatorServer } from './kinesis-server';
import type { TableWrite, WatchedTable } from './table-writes';

export interface EmulatorData {
  readonly kind: 'kinesis' | 'dynamo';
  readonly options: EmulatorOptions & { readonly watched?: WatchedTable };
}

export type ToEmulator = 'close' | 'settle' | { readonly sweepAtSeconds: number };

export type FromEmulator =
  | { readonly endpoint: string }
  | { readonly removed: number }
  | { readonly written: TableWrite }
  | { readonly error: string }
  | { readonly broken: string };

export interface ProcessOptions extends EmulatorOptions {
  /** The emulator has broken, and answers nothing any more. */
  readonly onBroken: (error: Error) => void;
}

export interface DynamoProcessOptions extends ProcessOptions {
  /** As of `DynamoOptions`. */
  readonly watched?: WatchedTable;
  readonly onWrite?: (write: TableWrite) => void;
}

/** Compiled to here: what a child runs must be JavaScript, beside the packages that it needs. */
const CACHE = join(__dirname, '../node_modules/.cache/turnout');

/**
 * Emulators in processes of their own. They take as much processor as all else of the rig together, and their store is
 * native code that now and then takes its process with it when it is closed.
 */
export async function startKinesisProcess(options: ProcessOptions): Promise<EmulatorServer> {
  const { endpoint, ask } = await startProcess('kinesis', options);
  return { endpoint, close: async () => void (await ask('close')) };
}

export async function startDynamoProcess(options: DynamoProcessOptions): Promise<DynamoServer> {
  const { endpoint, ask } = await startProcess('dynamo', options);
  return {
    endpoint,
    close: async () => void (await ask('close')),
    settle: async () => void (await ask('settle')),
    sweep: (sweepAtSeconds) => ask({ sweepAtSeconds }),
  };
}

async function startProcess(
  kind: EmulatorData['kind'],
  { onBroken, onWrite, ...options }: DynamoProcessOptions,
): Promise<{ endpoint: string; ask: (message: ToEmulator) => Promise<number> }> {
  const child = forkEmulator(await compileEmulator(), { kind, options });
  const asked: ((message: FromEmulator) => void)[] = [];
  /** From its first answer until it is closed. */
  let isUp = false;
  const next = () => new Promise<FromEmulator>((resolve) => asked.push(resolve));
  const first = next();
  const breakDown = (text: string) => {
    for (const answer of asked.splice(0)) answer({ error: text });
    if (isUp) onBroken(new Error(`${kind} emulator: ${text}`));
    isUp = false; // it is told once
  };
  child.on('message', (message: FromEmulator) => {
    if ('broken' in message) breakDown(message.broken);
    else if ('written' in message) onWrite?.(message.written);
    else asked.shift()?.(message);
  });
  child.on('error', (error) => breakDown(String(error)));
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      hasEnded = true;
      breakDown(`its process has ended: ${signal ?? `exit status ${code}`}`);
      resolve();
    });
  });

  const begun = await first;
  if (!('endpoint' in begun)) throw new Error(`${kind} emulator cannot begin: ${textOf(begun)}`);
  isUp = true;
  return {
    endpoint: begun.endpoint,
    async ask(message) {
      const isClose = message === 'close';
      if (isClose) isUp = false;
      if (hasEnded && isClose) return 0;
      if (hasEnded) throw new Error(`${kind} emulator has ended`);
      const answer = next();
      child.send(message);
      const got = await answer;
      if (isClose) {
        // It may break while it ends, and has nothing left to say. Its state may be opened again when it has gone.
        if (!('removed' in got)) child.kill('SIGKILL');
        await ended;
        return 0;
      }
      if ('removed' in got) return got.removed;
      throw new Error(`${kind} emulator: ${textOf(got)}`);
    },
  };
}

function forkEmulator(path: string, data: EmulatorData): ChildProcess {
  return fork(path, [JSON.stringify(data)], {
    execArgv: [], // no loader of ours: it is compiled
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function textOf(message: FromEmulator): string {
  return 'error' in message ? message.error : JSON.stringify(message);
}

let compiled: Promise<string> | undefined;

function compileEmulator(): Promise<string> {
  compiled ??= (async () => {
    const path = join(CACHE, 'emulator-process.js');
    const { outputFiles } = await build({
      entryPoints: [join(__dirname, 'emulator-process.ts')],
      bundle: true,
      packages: 'external',
      platform: 'node',
      target: 'node20',
      write: false,
      logLevel: 'silent', // problems are thrown
    });
    const { contents } = outputFiles[0]!;
    if (existsSync(path) && readFileSync(path).equals(contents)) return path;
    mkdirSync(CACHE, { recursive: true });
    // Renamed into place, so that two rigs that start at once never see half a file.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, contents);
    renameSync(draft, path);
    return path;
  })();
  return compiled;
}
