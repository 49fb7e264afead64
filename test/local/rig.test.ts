import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTimeToLiveCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamSummaryCommand } from '@aws-sdk/client-kinesis';
import type { Bundles } from '../../lib/bundle';
import { type Rig, type RigOptions, startRig } from '../../local/rig';
import { isGoneSoon, isRunning } from './processes';
import type { FromRigChild, RigChildTask } from './rig-child';
import { bundleSmallRoad, keyedLines, smallRoad } from './small-road';

const dir = mkdtempSync(join(tmpdir(), 'turnout-test-rig-'));
jest.setTimeout(30_000); // a rig is many processes, and other tests run beside it
let bundles: Bundles;
let road: RigOptions;
beforeAll(async () => {
  bundles = await bundleSmallRoad(join(dir, 'functions'));
  road = smallRoad(bundles);
});
/** Ended in any case: a test that fails must not leave a rig behind. */
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

async function linesIn({ dynamo, names }: Rig): Promise<string[]> {
  const lines: string[] = [];
  let ExclusiveStartKey: Record<string, { S: string }> | undefined;
  do {
    const page = await dynamo.send(
      new QueryCommand({
        TableName: names.viewsTable,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'lines' } },
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    );
    lines.push(...(page.Items ?? []).map((item) => item['sk']!.S!));
    ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
  } while (ExclusiveStartKey);
  return lines.sort();
}

const textsOf = (lines: readonly { line: string }[]) => lines.map(({ line }) => line).sort();

describe('startRig', () => {
  it('carries lines through both streams and functions into the tables', async () => {
    const received: number[] = [];
    const logs = new Set<string>();
    const reported = { intake: 0, tally: 0 };
    const rig = await startRig({
      ...road,
      onMetrics: (_, { values }) => received.push(...(values.get('LinesReceived') ?? [])),
      onLog: (name, line) => logs.add(`${name}: ${line}`),
      onInvocation: (name, { records }) => (reported[name] += records),
    });
    const lines = keyedLines(1_200);
    await rig.putLines(lines);
    await rig.drain();
    expect(await linesIn(rig)).toEqual(textsOf(lines));
    expect(await rig.listPutKeys()).toEqual(new Set(lines.map(({ key }) => key)));
    expect(reported).toEqual({ intake: 1_200, tally: 1_200 });

    const stream = await rig.kinesis.send(
      new DescribeStreamSummaryCommand({ StreamName: rig.names.edgeLines }),
    );
    expect(stream.StreamDescriptionSummary).toMatchObject({
      OpenShardCount: 4,
      RetentionPeriodHours: 168,
    });
    const ttl = await rig.dynamo.send(
      new DescribeTimeToLiveCommand({ TableName: rig.names.stateTable }),
    );
    expect(ttl.TimeToLiveDescription?.AttributeName).toBe('expiresAt');
    expect(await rig.runWatch()).toEqual({ source: 'aws.events', tables: ['STATE_TABLE'] });
    await rig.stop();
    expect(received.reduce((sum, n) => sum + n)).toBe(1_200);
    expect([...logs].sort()).toEqual([
      expect.stringMatching(/^intake: secret [0-9a-f]{64}$/),
      expect.stringMatching(/^tally: counted by \d+$/),
    ]);
  });

  it('leaves nothing behind when a part cannot begin', async () => {
    const [before, own] = [process.env['TMPDIR'], mkdtempSync(join(dir, 'tmp-'))];
    process.env['TMPDIR'] = own; // other rigs of the machine come and go in the one that all share
    const bundle = () => Promise.reject(new Error('does not compile'));
    await expect(startRig({ ...road, bundle })).rejects.toThrow('does not compile');
    expect(readdirSync(own)).toEqual([]);
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  });

  it('refuses a directory that another rig has open, and says which', async () => {
    const keepDir = join(dir, 'twice');
    const rig = await startRig({ ...road, keepDir });
    await expect(startRig({ ...road, keepDir })).rejects.toThrow(/twice.*lock/is);
    await rig.putLines(keyedLines(10));
    await rig.drain();
    expect(await linesIn(rig)).toHaveLength(10);
    await rig.stop();
  });

  it('killed in the middle, goes on from what it kept', async () => {
    const keepDir = join(dir, 'killed');
    const task: RigChildTask = { keepDir, bundles };
    const child = fork(join(__dirname, 'rig-child.ts'), [JSON.stringify(task)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    // Some lines are put and some are counted, and both go on.
    let put = 0;
    const tallyPid = await new Promise<number>((resolve, reject) => {
      child.on('message', (message: FromRigChild) => {
        if ('error' in message) reject(new Error(message.error));
        else if ('put' in message) put = message.put;
        else if (put > 0) resolve(message.countedBy);
      });
      child.once('exit', () => reject(new Error('ended before it was killed')));
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    expect(isRunning(tallyPid)).toBe(true);
    child.kill('SIGKILL');
    await ended;
    expect(await isGoneSoon(tallyPid)).toBe(true);

    const rig = await startRig({ ...road, keepDir });
    const keys = await rig.listPutKeys();
    expect(keys.size).toBeGreaterThanOrEqual(put);
    const all = keyedLines(Math.max(...[...keys].map(Number)) + 200);
    await rig.putLines(all.filter(({ key }) => !keys.has(key)));
    await rig.drain();
    expect(await linesIn(rig)).toEqual(textsOf(all));
    expect(existsSync(join(keepDir, 'checkpoints', 'tally'))).toBe(true);
    await rig.stop();
  });
});
