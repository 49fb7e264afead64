import { makeBlocksStore } from '../../lambdas/adapters/blocks-store';
import type { BlockMemory } from '../../lambdas/core/guard/plan';
import { EMPTY_TRUTH, type SetTruth } from '../../lambdas/core/guard/set-truth';
import { FakeDynamo } from '../sim/fake-dynamo';

/** Goal: addresses of blocks that have ended go away by themselves. Method: what the table holds after a write. */

const TABLE = 'Blocks';
const DAY_SECONDS = 86_400;
const END_MS = Date.UTC(2026, 10, 24, 21);

describe('the truth of a set', () => {
  const truth: SetTruth = { ...EMPTY_TRUTH, version: 1, seenToken: 'a' };

  async function scene() {
    const dynamo = new FakeDynamo({ tables: [TABLE] });
    const patience = { pause: async () => {}, random: () => 0 };
    const store = makeBlocksStore({ dynamo, table: TABLE, patience });
    for (const key of ['block-v4-1', 'block-v4-2']) await store.saveSet(key, truth);
    await store.retireSets(['block-v4-1'], END_MS);
    const expiry = () =>
      Object.fromEntries(dynamo.items(TABLE).map(({ sk, expiresAt }) => [sk!.S, expiresAt?.N]));
    return { store, expiry };
  }

  it('expires when the set is none any more, and not before', async () => {
    const { store, expiry } = await scene();
    const atSeconds = String(END_MS / 1_000);
    expect(expiry()).toEqual({ 'block-v4-1': undefined, 'block-v4-2': atSeconds });
    // Once, or it would be put off for ever.
    await store.retireSets(['block-v4-1'], END_MS + 5_000);
    expect(expiry()['block-v4-2']).toBe(atSeconds);
  });

  it('stays when the set is one again, as it was', async () => {
    const { store, expiry } = await scene();
    expect(await store.loadSet('block-v4-2')).toEqual(truth);
    expect(expiry()).toEqual({ 'block-v4-1': undefined, 'block-v4-2': undefined });
    expect(await store.loadSet('block-v4-2')).toEqual(truth);
  });
});

async function written(memory: readonly BlockMemory[]) {
  const dynamo = new FakeDynamo({ tables: [TABLE] });
  const patience = { pause: async () => {}, random: () => 0 };
  const store = makeBlocksStore({ dynamo, table: TABLE, patience });
  await store.saveMemory('block', memory);
  return { items: dynamo.items(TABLE), loaded: await store.loadMemory('block') };
}

describe('the memory of blocks', () => {
  const of = (cidr: string, ...endsMs: number[]) => ({ cidr, endsMs, verifiedViewers: 3 });

  it('expires two days after the last end of any block in it, and is whole until then', async () => {
    const memory = [
      of('198.51.100.1/32', END_MS - 5_000, END_MS),
      of('198.51.100.2/32', END_MS - 1),
    ];
    const { items, loaded } = await written(memory);
    expect(items.length).toBeGreaterThan(0);
    for (const { expiresAt } of items) {
      expect(Number(expiresAt!.N)).toBe(END_MS / 1_000 + 2 * DAY_SECONDS);
    }
    expect([...loaded].sort((a, b) => (a.cidr < b.cidr ? -1 : 1))).toEqual(memory);
  });

  it('has nothing to expire when it is empty', async () => {
    const { items } = await written([]);
    expect(items.filter(({ expiresAt }) => expiresAt !== undefined)).toEqual([]);
  });
});
