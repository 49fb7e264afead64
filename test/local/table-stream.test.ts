import { setTimeout as sleep } from 'node:timers/promises';
import { type TableStreamEvent, startTableStream } from '../../local/table-stream';
import {
  isTold,
  mayWrite,
  type TableWrite,
  type WatchedTable,
  writtenKeys,
} from '../../local/table-writes';

const PLAN = { batchSize: 1_000, windowSeconds: 0.03, retryAttempts: -1, maxRecordAgeSeconds: -1 };
const write = (sk: string, eventName: TableWrite['eventName'] = 'INSERT'): TableWrite => ({
  eventName,
  keys: { pk: { S: 'suspects#7' }, sk: { S: sk } },
});
const sksOf = ({ Records }: TableStreamEvent) =>
  Records.map(({ dynamodb }) => (dynamodb.Keys['sk'] as { S: string }).S);

function start(options: Partial<Parameters<typeof startTableStream>[0]> = {}) {
  const batches: string[][] = [];
  const events: TableStreamEvent[] = [];
  const errors: string[] = [];
  const stream = startTableStream({
    table: 'blocks',
    plan: PLAN,
    retryMs: { first: 1, max: 4 },
    invoke: async (event) => {
      events.push(event);
      batches.push(sksOf(event));
    },
    onError: ({ message }) => errors.push(message),
    ...options,
  });
  return { stream, batches, events, errors };
}

describe('startTableStream', () => {
  it('gives what comes within a window as one batch, in order', async () => {
    const { stream, batches } = start();
    for (const sk of ['a', 'b', 'c']) stream.take(write(sk));
    await stream.drain();
    stream.take(write('d'));
    await stream.drain();
    expect(batches).toEqual([['a', 'b', 'c'], ['d']]);
  });

  it('gives records as Lambda does', async () => {
    const { stream, events } = start();
    stream.take(write('a'));
    stream.take(write('a', 'REMOVE'));
    await stream.drain();
    expect(events[0]!.Records).toEqual([
      expect.objectContaining({
        eventName: 'INSERT',
        eventSource: 'aws:dynamodb',
        awsRegion: 'us-east-1',
        eventSourceARN: expect.stringMatching(/:table\/blocks\/stream\//),
        dynamodb: expect.objectContaining({
          Keys: { pk: { S: 'suspects#7' }, sk: { S: 'a' } },
          SequenceNumber: '000000000000000000001',
          StreamViewType: 'KEYS_ONLY',
        }),
      }),
      expect.objectContaining({ eventName: 'REMOVE' }),
    ]);
  });

  it('invokes once at a time, and gathers meanwhile', async () => {
    let running = 0;
    let most = 0;
    const sizes: number[] = [];
    const { stream } = start({
      invoke: async ({ Records }) => {
        running += 1;
        most = Math.max(most, running);
        sizes.push(Records.length);
        await sleep(60);
        running -= 1;
      },
    });
    stream.take(write('first'));
    await sleep(50);
    for (let n = 0; n < 20; n += 1) stream.take(write(`${n}`));
    await stream.drain();
    expect([most, sizes]).toEqual([1, [1, 20]]);
  });

  it.each([
    [3, [3]],
    [4, [3, 1]],
    [7, [3, 3, 1]],
  ])('cuts %i records into batches of at most 3', async (count, sizes) => {
    const { stream, batches } = start({ plan: { ...PLAN, batchSize: 3 } });
    for (let n = 0; n < count; n += 1) stream.take(write(`${n}`));
    await stream.drain();
    expect(batches.map(({ length }) => length)).toEqual(sizes);
    expect(batches.flat()).toEqual(Array.from({ length: count }, (_, n) => `${n}`));
  });

  it.each([
    [{ retryAttempts: 2 }, 2, true],
    [{ retryAttempts: 2 }, 3, false],
    [{ retryAttempts: -1 }, 20, true],
    [{ retryAttempts: -1, maxRecordAgeSeconds: 0.02 }, 20, false],
  ])('under %j, after %i failures, the same batch has arrived: %s', async (more, fails, isIn) => {
    const tried: string[][] = [];
    const arrived: string[][] = [];
    const { stream, errors } = start({
      plan: { ...PLAN, ...more },
      invoke: async (event) => {
        tried.push(sksOf(event));
        if (tried.length <= fails && sksOf(event)[0] === 'a') throw new Error('not now');
        arrived.push(sksOf(event));
      },
    });
    stream.take(write('a'));
    await stream.drain();
    stream.take(write('later'));
    await stream.drain();
    expect(arrived).toEqual(isIn ? [['a'], ['later']] : [['later']]);
    expect(errors.some((it) => it.includes('given up'))).toBe(!isIn);
  });

  it('begins nothing after it is stopped, and says so to who waits', async () => {
    const { stream, batches } = start({ plan: { ...PLAN, windowSeconds: 60 } });
    stream.take(write('a'));
    const refused = expect(stream.drain()).rejects.toThrow('stopped before it was drained');
    await stream.stop();
    stream.take(write('b'));
    await refused;
    expect(batches).toEqual([]);
  });

  it('takes no batch for done that failed until it was stopped', async () => {
    const { stream, errors } = start({ invoke: () => Promise.reject(new Error('not now')) });
    stream.take(write('a'));
    const refused = expect(stream.drain()).rejects.toThrow('stopped before it was drained');
    while (errors.length < 2) await sleep(5);
    await stream.stop();
    await refused;
    const told = errors.length;
    await sleep(20);
    expect(errors).toEqual(Array(told).fill('not now'));
  });

  it('lets what is under way end within its grace', async () => {
    let ended = false;
    const { stream } = start({
      invoke: async () => {
        await sleep(80);
        ended = true;
      },
    });
    stream.take(write('a'));
    await sleep(50);
    await stream.stop(1_000);
    expect(ended).toBe(true);
  });
});

const WATCHED: WatchedTable = {
  table: 'blocks',
  keyNames: ['pk', 'sk'],
  filters: [
    {
      eventName: ['INSERT', 'MODIFY'],
      dynamodb: { Keys: { pk: { S: [{ prefix: 'suspects#' }] } } },
    },
    { dynamodb: { Keys: { pk: { S: ['manual', 'control'] } } } },
  ],
};
const key = (pk: string, sk = 'x') => ({ pk: { S: pk }, sk: { S: sk } });
const item = (pk: string, sk = 'x') => ({ ...key(pk, sk), body: { B: 'AAAA' } });

describe('writtenKeys', () => {
  it.each([
    ['PutItem', { TableName: 'blocks', Item: item('manual') }, [[key('manual'), false]]],
    ['UpdateItem', { TableName: 'blocks', Key: key('control') }, [[key('control'), false]]],
    ['DeleteItem', { TableName: 'blocks', Key: key('manual') }, [[key('manual'), true]]],
    ['PutItem', { TableName: 'state', Item: item('manual') }, []],
    ['PutItem', { TableName: 'blocks', Item: item('set') }, []],
    [
      'BatchWriteItem',
      {
        RequestItems: {
          state: [{ PutRequest: { Item: item('suspects#1') } }],
          blocks: [
            { PutRequest: { Item: item('suspects#2') } },
            { DeleteRequest: { Key: key('manual') } },
            { PutRequest: { Item: item('audit#2026-11-24') } },
          ],
        },
      },
      [
        [key('suspects#2'), false],
        [key('manual'), true],
      ],
    ],
    [
      'TransactWriteItems',
      {
        TransactItems: [
          { ConditionCheck: { TableName: 'blocks', Key: key('manual', 'checked') } },
          { Put: { TableName: 'blocks', Item: item('manual', 'put') } },
          { Update: { TableName: 'blocks', Key: key('control', 'mode') } },
          { Delete: { TableName: 'blocks', Key: key('manual', 'gone') } },
          { Put: { TableName: 'views', Item: item('manual', 'elsewhere') } },
        ],
      },
      [
        [key('manual', 'put'), false],
        [key('control', 'mode'), false],
        [key('manual', 'gone'), true],
      ],
    ],
  ])('of %s %j', (operation, input, expected) => {
    const written = writtenKeys(operation, input as never, WATCHED);
    expect(written.map(({ keys, isDelete }) => [keys, isDelete])).toEqual(expected);
    const body = Buffer.from(JSON.stringify(input));
    if (expected.length > 0) expect(mayWrite(operation, body, WATCHED)).toBe(true);
  });

  it('is not asked about calls that write nothing, or elsewhere', () => {
    const body = Buffer.from(JSON.stringify({ TableName: 'blocks' }));
    expect(mayWrite('Query', body, WATCHED)).toBe(false);
    expect(mayWrite('PutItem', Buffer.from('{"TableName":"blocks-2"}'), WATCHED)).toBe(false);
  });
});

describe('isTold', () => {
  it.each([
    ['suspects#7', 'INSERT', true],
    ['suspects#7', 'REMOVE', false],
    ['suspects', 'INSERT', false],
    ['manual', 'REMOVE', true],
    ['manual#x', 'INSERT', false],
    ['control', 'MODIFY', true],
    ['set', 'MODIFY', false],
  ] as const)('%s %s: %s', (pk, eventName, expected) => {
    expect(isTold({ eventName, keys: key(pk) }, WATCHED)).toBe(expected);
  });
});
