import childProcess, { type ChildProcess } from 'node:child_process';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { startDynamoProcess } from '../../local/emulator-processes';
import { dynamoAt } from './aws-clients';
import { isGoneSoon, isRunning } from './processes';

/**
 * Goal: an emulator that breaks is told once, and one that breaks while it ends keeps nobody. Method: its process ended
 * from outside, before, while and after it is closed.
 */
const forks = jest.spyOn(childProcess, 'fork');
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function start() {
  const broken: string[] = [];
  const server = await startDynamoProcess({ onBroken: ({ message }) => broken.push(message) });
  const child = forks.mock.results.at(-1)!.value as ChildProcess;
  children.push(child);
  const ask = () => dynamoAt(server.endpoint).send(new ListTablesCommand({}));
  return { server, child, broken, ask };
}

describe('an emulator in a process of its own', () => {
  it('answers, also after Ctrl-C, until it is closed, and has gone then', async () => {
    const { server, child, broken, ask } = await start();
    child.kill('SIGINT');
    expect((await ask()).TableNames).toEqual([]);
    expect(isRunning(child.pid!)).toBe(true);
    await server.close();
    expect(isRunning(child.pid!)).toBe(false);
    await server.close();
    expect(broken).toEqual([]);
  });

  it('says once that it has broken', async () => {
    const { server, child, broken } = await start();
    child.kill('SIGSEGV');
    expect(await isGoneSoon(child.pid!)).toBe(true);
    await expect(server.settle()).rejects.toThrow('dynamo emulator');
    expect(broken).toEqual(['dynamo emulator: its process has ended: SIGSEGV']);
    await server.close();
    expect(broken).toHaveLength(1);
  });

  it('ends well though it crashes while it is closed', async () => {
    const { server, child, broken } = await start();
    child.kill('SIGSTOP'); // it does not come to answer
    const closed = server.close();
    child.kill('SIGSEGV');
    child.kill('SIGCONT');
    await closed;
    expect(isRunning(child.pid!)).toBe(false);
    expect(broken).toEqual([]);
  });

  it('ends when its parent lets it go', async () => {
    const { child } = await start();
    child.disconnect();
    expect(await isGoneSoon(child.pid!)).toBe(true);
  });
});
