import { FROZEN_MS } from '../../../lambdas/core/guard/block-memory';
import { type PlanInput, planBlocks } from '../../../lambdas/core/guard/plan';
import { EMPTY, MINUTE, NOW, block, manual, suspect } from '../../support/guard-plans';

/** Goal: P10: collateral does not vanish because we block, and who comes back counts. Method: blocks by hand, planned later. */

const planOf = (input: Partial<PlanInput>) => planBlocks({ ...EMPTY, ...input });

describe('G of what is or was blocked', () => {
  it.each([
    [FROZEN_MS - 1, 5],
    [FROZEN_MS, 0],
  ])('viewers of before the first block count for 10 minutes: after %i ms %i', (ago, viewers) => {
    const memory = [{ cidr: '192.0.2.7/32', endsMs: [NOW - ago], verifiedViewers: 5 }];
    const [own] = planOf({ memory, suspects: [suspect('192.0.2.7/32', 50_000)] }).blocks;
    expect(own!.verifiedViewers).toBe(viewers);
    const spare = planOf({ memory, suspects: [suspect('192.0.2.7/32', 400)] });
    expect(spare.spared).toHaveLength(viewers > 0 ? 1 : 0);
  });

  it.each([
    ['nobody was known before, and 5 came back', 0, 5, 5],
    ['3 were known before, and 5 came back', 3, 5, 5],
    ['5 were known before, and 3 came back', 5, 3, 5],
  ])('counts the more viewers when a block has ended: %s', (_, before, told, counted) => {
    const memory = [{ cidr: '192.0.2.7/32', endsMs: [NOW], verifiedViewers: before }];
    const heavy = planOf({ memory, suspects: [suspect('192.0.2.7/32', 50_000, told)] });
    expect(heavy.blocks[0]!.verifiedViewers).toBe(counted);
    const { spared } = planOf({ memory, suspects: [suspect('192.0.2.7/32', 400, told)] });
    expect(spared).toMatchObject([{ why: 'viewers', verifiedViewers: told }]);
  });

  it('leaves G as it was while a block is in force: who is refused is no viewer', () => {
    const held = block('192.0.2.7/32', { verifiedViewers: 1 });
    const { blocks, memory } = planOf({
      current: [held],
      suspects: [suspect('192.0.2.7/32', 900, 800)],
    });
    expect([blocks, memory[0]!.verifiedViewers]).toEqual([[held], 1]);
  });

  it('frees a wrongly blocked CGNAT at its first expiry, and leaves it free once it holds viewers', () => {
    const cidr = '192.0.2.7/32';
    const first = planOf({ suspects: [suspect(cidr, 5_000)] });
    expect(first.blocks[0]!.verifiedViewers).toBe(0);
    // Players retry, and nobody watches: it stays until its time, and no longer.
    const { untilMs } = first.blocks[0]!;
    const during = planOf({
      ...{ nowMs: untilMs - 1, current: first.blocks, memory: first.memory },
      suspects: [suspect(cidr, 9_000)],
    });
    expect(during.blocks).toEqual(first.blocks);
    const ended = planOf({ nowMs: untilMs, current: first.blocks, memory: during.memory });
    expect([ended.blocks, ended.expired]).toEqual([[], first.blocks]);
    // Its 5,000 viewers are back, and what they send is no more than they weigh.
    const back = planOf({
      ...{ nowMs: untilMs + MINUTE, memory: ended.memory, totalViewers: 100_000 },
      suspects: [suspect(cidr, 9_000, 5_000)],
    });
    expect(back.blocks).toEqual([]);
    expect(back.spared).toMatchObject([{ cidr, why: 'viewers', verifiedViewers: 5_000 }]);
    // Whatever it sends, F1 does not let a twentieth of all be covered; and it stands in the figure.
    const heavy = planOf({
      ...{ nowMs: untilMs + MINUTE, memory: ended.memory, totalViewers: 100_000 },
      suspects: [suspect(cidr, 900_000, 5_000)],
    });
    expect([heavy.blocks, heavy.collateral]).toMatchObject([[], { cut: 1, cutViewers: 5_000 }]);
  });

  it('takes 10,000 blocks of people without looking at each for each', () => {
    const many = Array.from({ length: 10_000 }, (_, n) =>
      manual(`198.51.${n >> 8}.${n & 255}/32`, { reason: 'r'.repeat(500) }),
    );
    const capacity = { v4: 10_000, v6: 0 };
    const began = performance.now();
    const { blocks } = planOf({ capacity, manual: many });
    const again = planOf({ capacity, manual: many, current: blocks });
    const gone = planOf({ capacity, manual: [], current: blocks });
    expect([again.blocks, gone.removed.length]).toEqual([blocks, 10_000]);
    // It took minutes when each was compared with each.
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
