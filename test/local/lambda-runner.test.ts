import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LambdaFunction, type LambdaOptions, makeFunction } from '../../local/lambda-runner';
import { isGoneSoon, isRunning } from './processes';

const dir = mkdtempSync(join(tmpdir(), 'turnout-runner-'));
const made: LambdaFunction[] = [];
afterAll(async () => {
  await Promise.all(made.map((it) => it.stop()));
  rmSync(dir, { recursive: true, force: true });
});

/** A handler that does what the event tells it to. */
const HANDLER = `
import { setTimeout as sleep } from 'node:timers/promises';
let calls = 0;
let running = 0;
export const handler = async (event, context) => {
  calls += 1;
  running += 1;
  const at = { pid: process.pid, calls, running };
  if (event.sleepMs) await sleep(event.sleepMs);
  running -= 1;
  if (event.throws) throw new RangeError(event.throws);
  if (event.exits !== undefined) process.exit(event.exits);
  if (event.fills) { const all = []; for (;;) all.push(new Array(1_000).fill(all.length)); }
  if (event.says) console.log(event.says);
  if (event.warns) console.error(event.warns);
  return { ...at, env: process.env, length: event.text?.length, context: {
    ...context, remainingMs: context.getRemainingTimeInMillis() } };
};
`;

interface Answer {
  readonly pid: number;
  readonly calls: number;
  readonly running: number;
  readonly length?: number;
  readonly env: Record<string, string>;
  readonly context: Record<string, unknown>;
}

function make(
  options: Partial<LambdaOptions> = {},
  source = HANDLER,
): LambdaFunction & { run(event: object): Promise<Answer> } {
  const home = join(dir, String(made.length));
  mkdirSync(home);
  writeFileSync(join(home, 'index.mjs'), source);
  const it = makeFunction({
    name: 'intake',
    dir: home,
    handler: 'index.handler',
    memoryMb: 256,
    timeoutSeconds: 5,
    environment: { AWS_REGION: 'us-east-1', STATE_TABLE: 'state' },
    environmentsMax: 2,
    ...options,
  });
  made.push(it);
  return { ...it, run: (event) => it.invoke(event) as Promise<Answer> };
}

describe('makeFunction', () => {
  it('gives the function its own environment, and nothing of ours', async () => {
    process.env['OURS'] = 'secret';
    const { env, context } = await make({ memoryMb: 512, timeoutSeconds: 30 }).run({});
    expect(env).toMatchObject({
      STATE_TABLE: 'state',
      _HANDLER: 'index.handler',
      AWS_LAMBDA_FUNCTION_NAME: 'intake',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      LAMBDA_TASK_ROOT: expect.stringContaining(dir),
    });
    expect(env).not.toHaveProperty('OURS');
    expect(env).not.toHaveProperty('PATH');
    expect(context).toMatchObject({
      functionName: 'intake',
      memoryLimitInMB: '512',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(context['remainingMs']).toBeGreaterThan(28_000);
    expect(context['remainingMs']).toBeLessThanOrEqual(30_000);
  });

  it('uses an environment again, and gives it one event at a time', async () => {
    const { run } = make({ environmentsMax: 1 });
    const answers = await Promise.all([1, 2, 3].map(() => run({ sleepMs: 20 })));
    expect(answers.map(({ calls }) => calls)).toEqual([1, 2, 3]);
    expect(answers.map(({ running }) => running)).toEqual([1, 1, 1]);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
  });

  it('makes environments as they are needed, up to the most', async () => {
    const it = make({ environmentsMax: 2 });
    await it.run({});
    expect(it.pids()).toHaveLength(1);
    const answers = await Promise.all([1, 2, 3, 4].map(() => it.run({ sleepMs: 50 })));
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
    expect(it.pids()).toHaveLength(2);
  });

  it('takes an event of 6 MB', async () => {
    const text = 'x'.repeat(6 * 1024 * 1024);
    expect((await make().run({ text })).length).toBe(text.length);
  });

  it('rejects with what the handler threw, and keeps the environment', async () => {
    const { run } = make();
    const { pid } = await run({});
    await expect(run({ throws: 'no table' })).rejects.toMatchObject({
      name: 'RangeError',
      message: 'no table',
    });
    expect(await run({})).toMatchObject({ pid, calls: 3 });
  });

  it('ends what runs out of time, and takes a new environment for the next', async () => {
    const { run } = make({ timeoutSeconds: 0.3 });
    const { pid } = await run({ sleepMs: 100 });
    await expect(run({ sleepMs: 10_000 })).rejects.toThrow(
      'intake: task timed out after 0.3 seconds',
    );
    expect(await isGoneSoon(pid)).toBe(true);
    const next = await run({});
    expect(next.pid).not.toBe(pid);
    expect(next.calls).toBe(1);
  });

  it.each([
    [{ exits: 3 }, 'intake exited with error: exit status 3'],
    [{ exits: 0 }, 'intake exited with error: exit status 0'],
    // V8 ends a process that is out of heap: 64 MB here, 90 % of them the old space
    [{ fills: true }, 'intake exited with error: SIGABRT'],
  ])('rejects when the environment ends: %j', async (event, message) => {
    const { run } = make({ memoryMb: 64 });
    await expect(run(event)).rejects.toThrow(message);
    expect(await run({})).toMatchObject({ calls: 1 });
  });

  it.each([
    [`throw new TypeError('no configuration');`, 'no configuration'],
    [`export const other = 1;`, 'exports no function handler'],
    [`export const handler = 1;`, 'exports no function handler'],
    [`process.exit(4);`, 'intake exited with error: exit status 4'],
  ])('rejects when the module cannot be loaded: %s', async (source, message) => {
    await expect(make({}, source).run({})).rejects.toThrow(message);
  });

  it('hands on what the function writes, line by line', async () => {
    const lines: [string, string][] = [];
    const it = make({ onLogLine: (line, stream) => lines.push([stream, line]) });
    await it.run({ says: '{"_aws":1}\nsecond', warns: 'careful' });
    await it.stop();
    expect(lines.filter(([stream]) => stream === 'stdout')).toEqual([
      ['stdout', '{"_aws":1}'],
      ['stdout', 'second'],
    ]);
    expect(lines).toContainEqual(['stderr', 'careful']);
  });

  it('ends what is under way when it is stopped, and takes nothing more', async () => {
    const it = make();
    const { pid } = await it.run({});
    const underWay = it.run({ sleepMs: 10_000 });
    const rejected = expect(underWay).rejects.toThrow('intake exited with error: SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await it.stop();
    await rejected;
    expect(isRunning(pid)).toBe(false);
    await expect(it.run({})).rejects.toThrow('intake is stopped');
  });
});

describe('the boot script', () => {
  it('ends with its parent, even if that is killed', async () => {
    const home = join(dir, 'orphan');
    mkdirSync(home);
    writeFileSync(
      join(home, 'index.mjs'),
      `setInterval(() => {}, 1_000); export const handler = async () => {};`,
    );
    const boot = join(__dirname, '../../local/lambda-boot.js');
    writeFileSync(
      join(home, 'parent.js'),
      `const child = require('node:child_process').fork(${JSON.stringify(boot)}, {
         env: { _HANDLER: 'index.handler', LAMBDA_TASK_ROOT: ${JSON.stringify(home)} } });
       child.on('message', () => process.send(child.pid));`,
    );
    const parent = fork(join(home, 'parent.js'));
    const pid = await new Promise<number>((resolve) => parent.once('message', resolve as never));
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await isGoneSoon(pid)).toBe(true);
  });
});
