import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type LiveMoment, drawLive, makeLiveScreen } from '../../bin/commands/live-screen';
import { NOW_MS, Scene, block, record } from './blocks-scene';

jest.setTimeout(30_000);
let scene: Scene;
beforeAll(async () => {
  scene = await Scene.start();
  await put('contents', 's:final', { id: 'final', kind: 'stream', segmentMs: 6_000 });
  await put('contents', 's:other', { id: 'other', kind: 'stream', segmentMs: 6_000 });
  await put('s:final#0', 'h#2026-11-24T20', { f0_2: 9, f6_2: 4, t0: 2, h8_5: 3 });
  await put('s:final#0', 'm#2026-11-24T20:14', { s29_2: 6 });
  await put('s:other#0', 'h#2026-11-24T20', { f0_2: 100, f6_2: 10 });
  await put('lanes#0', 'now', { a3: NOW_MS - 4_000, a4: NOW_MS - 2_500, v3: 9e15 });
  await put('ledger#0', 'h#2026-11-24T20', { lines: 1_000, hits: 1_000 });
});
beforeEach(() => scene.clear());
afterAll(() => scene.close());

async function put(pk: string, sk: string, values: Record<string, number | string>) {
  const attributes = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'number' ? { N: String(value) } : { S: value },
  ]);
  const Item = { pk: { S: pk }, sk: { S: sk }, ...Object.fromEntries(attributes) };
  await scene.dynamo.send(new PutItemCommand({ TableName: 'views', Item }));
}

async function tell(lane: number, cidrs: readonly string[], atMs: number, asn = 64_500) {
  const evidence = {
    ...{ windowSeconds: 10, hits: 9, explained: 0, refused: 0, manifests: 0, media: 0 },
    ...{ pages: 0, failed: 0, denied: 0, agents: 1, urls: 1 },
  };
  const facts = { rule: 'S1_flood', attackHits: 9, verifiedViewers: 0, evidence } as const;
  const times = { firstAtMs: 1, sinceAtMs: 2, lastAtMs: 3 };
  const origin = { asn, content: 'final' };
  const suspects = cidrs.map((cidr) => ({ cidr, ...facts, ...times, origin }));
  const rest = { neighbours: undefined, isSettled: true, laneViewers: 10, laneRefused: 0 };
  await scene.suspects.put({ lane, version: atMs - NOW_MS + 100_000, atMs, suspects, ...rest });
}

describe('turnout live --once', () => {
  it('adds up what all streams have, and says how fresh that is', async () => {
    const { status, out } = await scene.run('live', '--once', '--json');
    expect(status).toBe(0);
    expect(out.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({
      ...{ at: '2026-11-24T20:15:03.000Z', content: null, lines: 1_000, newestLineSeconds: 2.5 },
      figures: { concurrency: 6, view60: 14, attempts: 109, turnedAway: 2, bots: 3 },
    });
  });

  it('shows one content alone, and names those there are if it is none of them', async () => {
    const { out } = await scene.run('live', 'final', '--once', '--json');
    expect(JSON.parse(out)).toMatchObject({
      content: 'final',
      figures: { attempts: 9, view60: 4 },
    });
    expect(await scene.run('live', 'finale', '--once')).toEqual({
      ...{ status: 1, out: '' },
      error: 'content finale has not been counted: expected one of those that have: final, other',
    });
  });

  it('says the mode, blocks, suspects of a minute and overflow of the guard', async () => {
    await scene.putSet('block-v4-1', [record(block('198.51.100.1/32'))]);
    await scene.putSet('count-v4-1', [
      record(block('198.51.100.2/32')),
      record(block('198.51.100.3/32'), 'adding'),
    ]);
    await scene.putStatus({ atMs: NOW_MS - 1_000, mode: 'block', overflow: 5 });
    await tell(1, ['198.51.100.1/32', '198.51.100.2/32'], NOW_MS - 59_999);
    await tell(2, ['198.51.100.2/32', '198.51.100.3/32'], NOW_MS - 1_000, 64_501);
    await tell(3, ['198.51.100.4/32'], NOW_MS - 60_000);
    const { out } = await scene.run('live', '--once', '--json');
    expect(JSON.parse(out).guard).toEqual({
      ...{ mode: 'block', blocks: { block: 1, count: 1 }, waiting: 1, suspectsPerMinute: 3 },
      excess: {
        hits: 27,
        byNetwork: [
          { name: 64_501, hits: 18, suspects: 2 },
          { name: 64_500, hits: 9, suspects: 1 },
        ],
        byContent: [{ name: 'final', hits: 27, suspects: 3 }],
      },
      ...{ overflow: 5, lastPass: { at: '2026-11-24T20:15:02.000Z', mode: 'block' } },
    });
  });

  it('says lines a second of two looks', async () => {
    const running = scene.run('live', '--once', '--json');
    await sleep(700);
    await put('ledger#0', 'h#2026-11-24T20', { lines: 3_000, hits: 3_000 });
    scene.nowMs += 1_000;
    const { out } = await running;
    expect(JSON.parse(out)).toMatchObject({ lines: 3_000, linesPerSecond: 2_000 });
  });

  it('a table that is not there ends it with exit status 1', async () => {
    const { status, error } = await scene.run('live', '--once', '--views-table', 'nothing');
    expect([status, error]).toEqual([1, expect.stringContaining('a table does not exist')]);
  });
});

describe('turnout live', () => {
  it('goes on each second until Ctrl-C, and ends well', async () => {
    const bin = join(__dirname, '../../bin/turnout.js');
    const env = { PATH: process.env['PATH'] ?? '', ...scene.environment() };
    const child = spawn(process.execPath, [bin, 'live', '--json'], { env });
    let [out, error] = ['', ''];
    child.stderr.on('data', (chunk: Buffer) => (error += String(chunk)));
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        out += String(chunk);
        if (out.split('\n').length > 3) resolve();
      });
      child.on('exit', () => resolve());
    });
    child.kill('SIGINT');
    const [status] = (await once(child, 'exit')) as [number];
    expect([status, error]).toEqual([0, '']);
    const lines = out.trim().split('\n');
    const times = lines.map((line) => Date.parse((JSON.parse(line) as { at: string }).at));
    expect(times.length).toBeGreaterThanOrEqual(3);
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(900); // not as fast as it goes
  });
});

describe('the screen of live', () => {
  const moment: LiveMoment = {
    ...{ atMs: NOW_MS, content: undefined, lines: 5_000, linesPerSecond: 1_234.4, freshMs: 2_540 },
    figures: { concurrency: 12_345, view60: 1, attempts: 2, turnedAway: 3, bots: 4 },
    guard: {
      ...{ mode: 'count', blocks: { block: 1, count: 50_000 }, waiting: 0 },
      excess: {
        ...{ hits: 1_200, suspects: 7 },
        byNetwork: [
          { name: 64_500, hits: 900, suspects: 5 },
          { name: 0, hits: 300, suspects: 2 },
        ],
        byContent: [{ name: 'fi\u001bnal', hits: 1_200, suspects: 7 }],
      },
      status: undefined,
    },
    trouble: undefined,
  };

  it('has a line for each figure, and a dash where nothing is known', () => {
    expect(drawLive(moment)).toEqual([
      'Turnout: all streams, 20:15:03 UTC',
      '',
      'concurrency             12,345',
      'view60                       1',
      'attempts                     2',
      'turned away                  3',
      'bots                         4',
      'lines/s                  1,234',
      'newest line           2.5s ago',
      'guard                    count',
      'blocks                       1',
      'only counted            50,000',
      'waiting                      0',
      'suspects/min                 7',
      'excess in 10 s           1,200',
      'most from         AS64500 75 %',
      'most ask for      fi?nal 100 %',
      'overflow                     -',
    ]);
  });

  it('is drawn over itself on a terminal, and is one line a look elsewhere', () => {
    let text = '';
    const stream = { isTTY: true, columns: 80, write: (more: string) => (text += more) };
    const show = makeLiveScreen(stream);
    show(moment);
    show({ ...moment, trouble: 'AWS is away\u001b[2J' });
    expect(text).toContain('\u001b[18A\r\u001b[0J');
    expect(text).toContain('trouble: AWS is away?[2J');
    text = '';
    makeLiveScreen({ ...stream, isTTY: false })(moment);
    expect(text).toMatch(/^20:15:03 {2}concurrency 12,345 .*overflow -\n$/);
  });
});
