import type { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Dynamo } from '../../lambdas/adapters/clients';
import { makeViewsReader } from '../../lambdas/adapters/views-reader';
import { makeViewsWriter } from '../../lambdas/adapters/views-writer';
import type { ViewsUpdate } from '../../lambdas/core/road/ports';
import { ADDS_PER_UPDATE_MAX, PARTS_MAX } from '../../lambdas/core/road/views-item';
import { failureOf, type World } from './world';

const SK = 'h#2026-11-24T20';
const MINUTE_SK = 'm#2026-11-24T20:15';

function updateOf(pk: string, changes: Partial<ViewsUpdate> = {}): ViewsUpdate {
  const plain = { sk: SK, add: [], set: [], expiresAtSeconds: 0, isFenced: true };
  return { pk, ...plain, ...changes };
}

/** Counters c0, c1, ... with a delta of their number and 1. */
const counters = (n: number, nameOf = (at: number) => `c${at}`) =>
  Array.from({ length: n }, (_, at) => [nameOf(at), at + 1] as const);

/** ViewsWriter and ViewsReader: a version of a lane is counted once, whoever publishes it how often. */
export function describeViews(world: World): void {
  describe('views', () => {
    describeFences(world);
    describeParts(world);
    describeRaces(world);
    describeReading(world);
  });
}

function rigOf(world: World) {
  const query = (pk: string, from = 'a', to = 'z') =>
    makeViewsReader(world.dynamo, world.table).query(pk, from, to);
  return {
    makeWriter: (dynamo: Dynamo = world.dynamo) => makeViewsWriter({ dynamo, table: world.table }),
    makePk: () => `s:final-${world.fresh()}#0`,
    query,
    valuesOf: async (pk: string) => Object.fromEntries((await query(pk))[0]?.values ?? []),
  };
}

function describeFences(world: World): void {
  describe('fences', () => {
    const { makeWriter, makePk, valuesOf } = rigOf(world);

    it('adds to an item that is not there and to one that is', async () => {
      const pk = makePk();
      const writer = makeWriter();
      await writer.publish([updateOf(pk, { add: [['f0_1', 5]] })], { lane: 3, version: 1 });
      const add = [
        ['f0_1', -2],
        ['f0_2', 9],
      ] as const;
      await writer.publish([updateOf(pk, { add })], { lane: 3, version: 2 });
      expect(await valuesOf(pk)).toEqual({ f0_1: 3, f0_2: 9, L3: 2 * PARTS_MAX });
    });

    it('sets numbers and texts beside what it adds, and when the item expires', async () => {
      const pk = makePk();
      const set = [
        ['kind', 'stream'],
        ['segmentMs', 6_000],
      ] as const;
      const update = updateOf(pk, { add: [['c', 1]], set, expiresAtSeconds: 1_800_000_000 });
      await makeWriter().publish([update], { lane: 0, version: 1 });
      expect(await valuesOf(pk)).toEqual({
        c: 1,
        kind: 'stream',
        segmentMs: 6_000,
        expiresAt: 1_800_000_000,
        L0: PARTS_MAX,
      });
    });

    it('changes nothing when a version is published again, or an older one late', async () => {
      const pk = makePk();
      const writer = makeWriter();
      const publish = (version: number, set: number) =>
        writer.publish([updateOf(pk, { add: [['c', version]], set: [['s', set]] })], {
          lane: 1,
          version,
        });
      await publish(4, 40);
      await publish(5, 50);
      await publish(5, 51);
      await publish(4, 41);
      expect(await valuesOf(pk)).toEqual({ c: 9, s: 50, L1: 5 * PARTS_MAX });
    });

    it('keeps the fences of lanes apart', async () => {
      const pk = makePk();
      for (const lane of [0, 15, 1]) {
        await makeWriter().publish([updateOf(pk, { add: [['c', 1]] })], { lane, version: 7 });
      }
      const fence = 7 * PARTS_MAX;
      expect(await valuesOf(pk)).toEqual({ c: 3, L0: fence, L1: fence, L15: fence });
    });
  });
}

function describeParts(world: World): void {
  describe('parts', () => {
    const { makeWriter, makePk, valuesOf } = rigOf(world);

    const partsOfCounters = [
      [ADDS_PER_UPDATE_MAX, 1],
      [ADDS_PER_UPDATE_MAX + 1, 2],
      [ADDS_PER_UPDATE_MAX - 1, 1],
      [2 * ADDS_PER_UPDATE_MAX, 2],
      [2 * ADDS_PER_UPDATE_MAX + 1, 3],
    ] as const;
    it.each(partsOfCounters.slice(0, world.isSlow ? 2 : undefined))(
      'adds %i counters in %i parts, twice as once',
      async (n, parts) => {
        const pk = makePk();
        const update = updateOf(pk, { add: counters(n), set: [['s', 1]] });
        await makeWriter().publish([update], { lane: 2, version: 3 });
        await makeWriter().publish([update], { lane: 2, version: 3 });
        const fence = 3 * PARTS_MAX + parts - 1;
        expect(await valuesOf(pk)).toEqual({ ...Object.fromEntries(update.add), s: 1, L2: fence });
      },
    );

    it('takes names of any length and form, also words that DynamoDB reserves', async () => {
      const pk = makePk();
      const odd = ['status', 'eFRA56-P10', 'e a,b=:c', 'e#1', 'eé', '1st'].map(
        (name, n) => [name, n + 1] as const,
      );
      const long = counters(ADDS_PER_UPDATE_MAX, (at) => `e${'x'.repeat(100)}${at}`);
      const update = updateOf(pk, { add: [...odd, ...long] });
      await makeWriter().publish([update], { lane: 2, version: 1 });
      expect(await valuesOf(pk)).toEqual({ ...Object.fromEntries(update.add), L2: PARTS_MAX + 1 });
    });

    it.each(world.isSlow ? [1] : [1, 2])(
      'counts once when a writer died after %i of 3 parts',
      async (done) => {
        const pk = makePk();
        const updates = [updateOf(pk, { add: counters(600), set: [['s', 1]] })];
        const fence = { lane: 2, version: 1 };
        const error = await failureOf(
          makeWriter(dyingAfter(world.dynamo, done)).publish(updates, fence),
        );
        expect(error.message).toBe('died');
        await makeWriter().publish(updates, fence);
        expect(await valuesOf(pk)).toEqual({
          ...Object.fromEntries(counters(600)),
          s: 1,
          L2: PARTS_MAX + 2,
        });
      },
    );
  });
}

function describeRaces(world: World): void {
  describe('writers at once', () => {
    const { makeWriter, makePk, valuesOf, query } = rigOf(world);

    it('has a revision that each update of a minute counts once, whoever publishes at once', async () => {
      const pk = makePk();
      const add = counters(ADDS_PER_UPDATE_MAX + 1);
      const updates = [updateOf(pk, { sk: MINUTE_SK, add })];
      const writers = Array.from({ length: 24 }, (_, n) =>
        makeWriter().publish(updates, { lane: n % 6, version: 1 }),
      );
      await Promise.all(writers);
      // Six lanes, two parts each.
      expect(await valuesOf(pk)).toMatchObject({ c0: 6, c250: 251 * 6, v: 12 });
    });

    it('counts once when twenty publish the same at once', async () => {
      const pk = makePk();
      const updates = [updateOf(pk, { add: [['c', 1]] })];
      const writers = Array.from({ length: 20 }, () =>
        makeWriter().publish(updates, { lane: 0, version: 1 }),
      );
      await Promise.all(writers);
      expect(await valuesOf(pk)).toEqual({ c: 1, L0: PARTS_MAX });
    });

    it('adds up what 16 lanes add to the same items at once', async () => {
      const pks = [makePk(), makePk(), makePk()];
      const versions = world.isSlow ? 2 : 5;
      await Promise.all(
        Array.from({ length: 16 }, async (_, lane) => {
          const writer = makeWriter();
          for (let version = 1; version <= versions; version += 1) {
            const updates = pks.map((pk) => updateOf(pk, { add: [['c', lane + 1]] }));
            await writer.publish(updates, { lane, version });
          }
        }),
      );
      for (const pk of pks) expect(await valuesOf(pk)).toMatchObject({ c: 136 * versions });
    });

    it('sets without a fence what is the same whoever writes it', async () => {
      const sk = `s:cup-${world.fresh()}`;
      const update = updateOf('contents', { sk, set: [['id', 'cup']], isFenced: false });
      for (const version of [2, 1]) {
        await makeWriter().publish([update], { lane: 0, version });
      }
      const items = await query('contents', sk, sk);
      expect(items.map((item) => [item.pk, item.sk, [...item.values]])).toEqual([
        ['contents', sk, [['id', 'cup']]],
      ]);
    });
  });
}

function describeReading(world: World): void {
  describe('reading', () => {
    const { makeWriter, makePk, query } = rigOf(world);

    it('answers a range in order, both ends included', async () => {
      const pk = makePk();
      const sks = ['h#2026-11-24T20', 'm#20:15', 'm#20:14', 'm#20:16', 'now', 'm#20:17'];
      const updates = sks.map((sk, n) => updateOf(pk, { sk, add: [['n', n]] }));
      await makeWriter().publish(updates, { lane: 0, version: 1 });
      const found = async (from: string, to: string) =>
        (await query(pk, from, to)).map(({ sk, values }) => [sk, values.get('n')]);
      expect(await found('m#20:14', 'm#20:16')).toEqual([
        ['m#20:14', 2],
        ['m#20:15', 1],
        ['m#20:16', 3],
      ]);
      expect(await found('m#', 'm#~')).toHaveLength(4);
      expect(await found('m#20:145', 'm#20:149')).toEqual([]);
      expect(await found('m#20:16', 'm#20:14')).toEqual([]);
      expect(await query(makePk())).toEqual([]);
    });

    it('answers all of a partition of several pages', async () => {
      const pk = makePk();
      const text = 'x'.repeat(90_000);
      const sks = Array.from({ length: 26 }, (_, n) => `m#${String(n).padStart(2, '0')}`);
      const updates = sks.map((sk) => updateOf(pk, { sk, set: [['text', text]] }));
      await makeWriter().publish(updates, { lane: 0, version: 1 });
      const items = await query(pk);
      expect(items.map(({ sk }) => sk)).toEqual(sks);
      expect(items.every(({ values }) => values.get('text') === text)).toBe(true);
    });
  });
}

/** A client of a process that ends before its next update. */
function dyingAfter(dynamo: Dynamo, updates: number): Dynamo {
  let left = updates;
  const send = async (command: UpdateItemCommand) => {
    if (left === 0) throw new Error('died');
    left -= 1;
    return dynamo.send(command);
  };
  return { send: send as Dynamo['send'] };
}
