import { setImmediate } from 'node:timers/promises';
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { THROTTLED_ATTEMPTS_MAX } from '../../lambdas/adapters/backoff';
import { ENTRIES_PER_UPDATE_MAX, makeViewsWriter } from '../../lambdas/adapters/views-writer';
import type { ViewsUpdate } from '../../lambdas/core/road/ports';
import { ADDS_PER_UPDATE_MAX, PARTS_MAX } from '../../lambdas/core/road/views-item';
import { failureOf } from '../contract/world';
import type { FakeHooks } from '../sim/fake-call';
import { FakeDynamo } from '../sim/fake-dynamo';

const FENCE = { lane: 3, version: 2 };
const EXPRESSION_BYTES_MAX = 4_096;

function makeRig(hooks: FakeHooks = {}, concurrency?: number) {
  const asked: UpdateItemCommandInput[] = [];
  const waits: number[] = [];
  const dynamo = new FakeDynamo({
    tables: ['views'],
    ...hooks,
    before: (call) => {
      asked.push(call.input as UpdateItemCommandInput);
      return hooks.before?.(call);
    },
  });
  const writer = makeViewsWriter({
    dynamo,
    table: 'views',
    pause: async (ms) => void waits.push(ms),
    random: () => 0.5,
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  return { dynamo, writer, asked, waits };
}

const named = (name: string) => Object.assign(new Error(name), { name });
const pairs = (n: number) => Array.from({ length: n }, (_, at) => [`c${at}`, 1] as const);
const updateOf = (changes: Partial<ViewsUpdate> = {}): ViewsUpdate => ({
  pk: 's:final#0',
  sk: 'now',
  add: pairs(1),
  set: [],
  expiresAtSeconds: 0,
  isFenced: true,
  ...changes,
});

describe('makeViewsWriter', () => {
  it.each([
    [0, 0],
    [ADDS_PER_UPDATE_MAX, 0],
    [ADDS_PER_UPDATE_MAX, 86],
    [ADDS_PER_UPDATE_MAX, 200],
    [ADDS_PER_UPDATE_MAX, ENTRIES_PER_UPDATE_MAX],
    [1_000, 30],
  ])('keeps each expression of %i counters and %i values below 4 KB', async (adds, sets) => {
    const { writer, asked, dynamo } = makeRig();
    const set = Array.from({ length: sets }, (_, at) => [`${'s'.repeat(90)}${at}`, at] as const);
    await writer.publish([updateOf({ add: pairs(adds), set })], FENCE);
    for (const { UpdateExpression } of asked) {
      expect(UpdateExpression!.length).toBeLessThan(EXPRESSION_BYTES_MAX);
    }
    const [item] = dynamo.items('views');
    expect(Object.keys(item!)).toHaveLength(adds + sets + ['pk', 'sk', 'L3'].length);
  });

  it('counts the updates of a minute, each once, and of nothing else', async () => {
    const { writer, dynamo } = makeRig();
    const [minute, hour] = [
      updateOf({ sk: 'm#2026-11-24T20:15' }),
      updateOf({ sk: 'h#2026-11-24T20' }),
    ];
    await writer.publish([minute, hour], FENCE);
    await writer.publish([minute, hour], FENCE);
    const more = { sk: minute.sk, add: pairs(ADDS_PER_UPDATE_MAX + 1) };
    await writer.publish([updateOf(more)], { ...FENCE, version: FENCE.version + 1 });
    const revisions = dynamo.items('views').map(({ sk, v }) => [sk!.S, v?.N]);
    // One update, and one of two parts.
    expect(Object.fromEntries(revisions)).toEqual({ [minute.sk]: '3', [hour.sk]: undefined });
  });

  it('keeps the expressions of a minute below 4 KB too', async () => {
    const { writer, asked } = makeRig();
    const set = pairs(86).map(([name], at) => [`set ${name}`, at] as const);
    const sk = 'm#2026-11-24T20:15';
    await writer.publish([updateOf({ sk, add: pairs(ADDS_PER_UPDATE_MAX), set })], FENCE);
    expect(asked.map(({ UpdateExpression: text }) => text!.length < EXPRESSION_BYTES_MAX)).toEqual([
      true,
    ]);
    expect(asked[0]!.UpdateExpression).toContain('#v :v');
  });

  it('sets values and the time of expiry with the first part alone', async () => {
    const { writer, asked } = makeRig();
    const update = updateOf({ add: pairs(300), set: [['s', 'x']], expiresAtSeconds: 9 });
    await writer.publish([update], FENCE);
    expect(asked.map(({ UpdateExpression }) => UpdateExpression!.split(' ADD ')[0])).toEqual([
      'SET #fence=:fence,#s0=:s0,#s1=:s1',
      'SET #fence=:fence',
    ]);
    expect(asked.map(({ ConditionExpression }) => ConditionExpression)).toEqual(
      Array(2).fill('attribute_not_exists(#fence) OR #fence < :fence'),
    );
  });

  it.each([
    ['too many parts', { add: pairs(PARTS_MAX * ADDS_PER_UPDATE_MAX + 1) }, 'has 65 parts'],
    ['too many values', { set: pairs(ENTRIES_PER_UPDATE_MAX + 1) }, 'sets 337 attributes'],
    ['counters without a fence', { isFenced: false }, 'adds 1 counters without a fence'],
  ])('writes nothing if an update has %s', async (_, changes, message) => {
    const { writer, asked } = makeRig();
    const error = await failureOf(
      writer.publish([updateOf({ sk: 'a' }), updateOf(changes)], FENCE),
    );
    expect(error.message).toContain(message);
    expect(asked).toEqual([]);
  });

  it('takes as many parts as a fence can tell apart', async () => {
    const { writer, asked } = makeRig();
    await writer.publish([updateOf({ add: pairs(PARTS_MAX * ADDS_PER_UPDATE_MAX) })], FENCE);
    expect(asked.at(-1)!.ExpressionAttributeValues![':fence']).toEqual({ N: '191' }); // 2 x 64 + 63
  });

  it('refuses an outbox that updates an item twice: the fence would lose the second', async () => {
    const { writer, asked } = makeRig();
    const error = await failureOf(writer.publish([updateOf(), updateOf()], FENCE));
    expect(error.message).toBe('item s:final#0 now is updated twice in one outbox');
    expect(asked).toEqual([]);
  });

  it.each([
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'RequestLimitExceeded',
    'TransactionConflictException',
  ])('waits and tries again after %s', async (name) => {
    let refusals = 3;
    const { writer, waits, dynamo } = makeRig({
      before: () => {
        refusals -= 1;
        if (refusals >= 0) throw named(name);
      },
    });
    await writer.publish([updateOf()], FENCE);
    expect(waits).toEqual([25, 50, 100]);
    expect(dynamo.items('views')).toMatchObject([{ c0: { N: '1' } }]);
  });

  it('counts once when an answer is lost and the call is repeated', async () => {
    let isLost = true;
    const { writer, dynamo } = makeRig({
      after: () => {
        if (isLost) {
          isLost = false;
          throw named('ThrottlingException');
        }
      },
    });
    await writer.publish([updateOf()], FENCE);
    expect(dynamo.items('views')).toMatchObject([{ c0: { N: '1' } }]);
  });

  it('gives up when it is throttled for ever, and throws anything else at once', async () => {
    const play = async (name: string) => {
      const rig = makeRig({
        before: () => {
          throw named(name);
        },
      });
      const { message } = await failureOf(rig.writer.publish([updateOf()], FENCE));
      return [message, rig.asked.length];
    };
    expect(await play('ThrottlingException')).toEqual([
      'ThrottlingException',
      THROTTLED_ATTEMPTS_MAX,
    ]);
    expect(await play('ValidationException')).toEqual(['ValidationException', 1]);
  });

  it.each([
    [undefined, 8],
    [3, 3],
  ])('writes so many items at once (concurrency %s)', async (concurrency, expected) => {
    let running = 0;
    let most = 0;
    const { writer, asked } = makeRig(
      {
        before: async () => {
          running += 1;
          most = Math.max(most, running);
          await setImmediate();
        },
        after: () => void (running -= 1),
      },
      concurrency,
    );
    const updates = Array.from({ length: 30 }, (_, n) =>
      updateOf({ sk: `m#${n}`, add: pairs(ADDS_PER_UPDATE_MAX + 1) }),
    );
    await writer.publish(updates, FENCE);
    expect(most).toBe(expected);
    // The parts of an item follow one another.
    const fences = new Map<string, string[]>();
    for (const { Key, ExpressionAttributeValues } of asked) {
      const sk = Key!['sk']!.S!;
      fences.set(sk, [...(fences.get(sk) ?? []), ExpressionAttributeValues![':fence']!.N!]);
    }
    expect([...fences.values()]).toEqual(Array(30).fill(['128', '129']));
  });
});
