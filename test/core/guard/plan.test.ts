import { JITTER_PERCENT_MAX, STRIKE_MS } from '../../../lambdas/core/guard/block-memory';
import { makeExempt } from '../../../lambdas/core/guard/exempt';
import { type PlanInput, planBlocks } from '../../../lambdas/core/guard/plan';
import {
  EMPTY,
  EVIDENCE,
  LISTS,
  MINUTE,
  NOW,
  block,
  cidrsOf,
  manual,
  suspect,
} from '../../support/guard-plans';

const planOf = (input: Partial<PlanInput>) => planBlocks({ ...EMPTY, ...input });

describe('planBlocks', () => {
  it('blocks a suspect of each family and says why, since when and until when', () => {
    const { blocks, covered } = planOf({
      suspects: [suspect('2001:db8:0:1::/64', 50), suspect('192.0.2.7/32', 80)],
    });
    expect(cidrsOf(blocks)).toEqual(['192.0.2.7/32', '2001:db8:0:1::/64']);
    expect(covered).toBe(2);
    expect(blocks[0]).toMatchObject({
      ...{ rule: 'S1_flood', author: 'guard', sinceMs: NOW, strikes: 1, attackHits: 80 },
      ...{ verifiedViewers: 0, suspects: 1, evidence: EVIDENCE },
    });
  });

  it.each([9, 10, 11, 40])('of %i suspects keeps the worst 10 and loses none', (count) => {
    const suspects = Array.from({ length: count }, (_, n) => suspect(`192.${n}.2.1/32`, 100 + n));
    const { blocks, overflow, covered } = planOf({ suspects });
    expect([blocks.length, overflow.length]).toEqual([
      Math.min(count, 10),
      Math.max(0, count - 10),
    ]);
    expect(covered + overflow.length).toBe(count);
    const least = Math.min(...blocks.map(({ attackHits }) => attackHits));
    expect(overflow.every(({ attackHits }) => attackHits < least)).toBe(true);
  });

  it.each([
    [{ allow: ['192.0.2.0/28'] }, 'allow'],
    [{ own: ['192.0.2.7'] }, 'own'],
    [{ crawlers: { bing: ['192.0.2.0/24'] } }, 'crawlers:bing'],
    [{ relay: ['192.0.0.0/16'] }, 'relay'],
  ])(
    'spares what %j exempts, names the list, and takes it out if it was blocked',
    (lists, list) => {
      const exempt = makeExempt({ ...LISTS, ...lists });
      const { blocks, spared } = planOf({ exempt, suspects: [suspect('192.0.2.7/32', 900)] });
      expect(blocks).toEqual([]);
      expect(spared).toMatchObject([{ cidr: '192.0.2.7/32', why: 'exempt', list }]);
      const held = block('192.0.2.7/32');
      expect(planOf({ exempt, current: [held] }).removed).toEqual([{ block: held, why: 'exempt' }]);
    },
  );

  it.each([
    [NOW, 1],
    [NOW + 1, 0],
  ])('an allow until %i ends on time', (untilMs, blocked) => {
    const allows = [{ cidr: '192.0.2.0/24', untilMs }];
    expect(planOf({ allows, suspects: [suspect('192.0.2.7/32', 9)] }).blocks).toHaveLength(blocked);
  });

  it.each([
    [NOW, 'expired'],
    [NOW + 1, 'blocks'],
  ] as const)('a block until %i is among %s, without any traffic', (untilMs, where) => {
    const plan = planOf({ current: [block('192.0.2.7/32', { untilMs })] });
    expect([plan.expired.length, plan.blocks.length]).toEqual(where === 'blocks' ? [0, 1] : [1, 0]);
  });

  it('leaves a block in force as it is, whatever is told of it', () => {
    const held = block('192.0.2.7/32');
    const again = [suspect('192.0.2.7/32', 9_000, 3)];
    expect(planOf({ current: [held], suspects: again }).blocks).toEqual([held]);
  });

  it.each([
    [104, ['192.0.2.7/32']],
    [106, ['203.0.113.9/32']],
  ])(
    'without room a new suspect of %i hits against one in force of 100 gives %p',
    (hits, cidrs) => {
      const plan = planOf({
        capacity: { v4: 1, v6: 0 },
        current: [block('192.0.2.7/32')],
        suspects: [suspect('203.0.113.9/32', hits)],
      });
      expect(cidrsOf(plan.blocks)).toEqual(cidrs);
      expect(plan.removed.map(({ why }) => why)).toEqual(hits > 105 ? ['room'] : []);
      expect(plan.overflow).toHaveLength(hits > 105 ? 0 : 1);
    },
  );

  it('takes blocks in force together when room runs out, and keeps the wide one when it is back', () => {
    const current = [block('192.0.2.0/32'), block('192.0.2.1/32')];
    const tight = planOf({ capacity: { v4: 1, v6: 0 }, current });
    expect(cidrsOf(tight.blocks)).toEqual(['192.0.2.0/31']);
    expect(tight.removed.map(({ why }) => why)).toEqual(['wider', 'wider']);
    const next = planOf({ current: tight.blocks, suspects: [suspect('192.0.2.1/32', 50)] });
    expect([next.blocks, next.covered]).toEqual([tight.blocks, 1]);
  });

  it.each([
    [[], ['192.0.2.0/31']],
    [['192.0.0.0/20'], ['192.0.2.1/32']],
  ])('unsettled networks %j are not widened', (unsettled, cidrs) => {
    const suspects = [suspect('192.0.2.0/32', 50), suspect('192.0.2.1/32', 51)];
    const plan = planOf({ capacity: { v4: 1, v6: 0 }, suspects, unsettled });
    expect(cidrsOf(plan.blocks)).toEqual(cidrs);
  });

  it('does not widen over neighbours who watch', () => {
    const suspects = [suspect('192.0.2.0/32', 50), suspect('192.0.2.2/32', 51)];
    const viewers = [{ cidr: '192.0.2.1/32', verifiedViewers: 1 }];
    const plan = planOf({ capacity: { v4: 1, v6: 0 }, suspects, viewers });
    expect(cidrsOf(plan.blocks)).toEqual(['192.0.2.2/32']);
  });

  it.each([
    [100, 'viewers'],
    [101, undefined],
  ])('a source of %i hits with one viewer at weight 100: %p', (hits, why) => {
    const plan = planOf({ suspects: [suspect('192.0.2.7/32', hits, 1)] });
    expect(plan.spared.map((own) => own.why)).toEqual(why === undefined ? [] : [why]);
  });

  it.each([
    [3_000, 3, 0],
    [2_999, 2, 1],
    [1_000, 1, 2],
    [999, 0, 3],
  ])(
    'of %i viewers F1 lets 0.1 %% be covered: %i of 3, the best ratio first',
    (total, stay, cut) => {
      const suspects = [1, 2, 3].map((n) => suspect(`192.0.2.${n}/32`, 1_000 * n, 1));
      const { blocks, collateral, spared } = planOf({ suspects, totalViewers: total });
      expect(cidrsOf(blocks)).toEqual(cidrsOf(suspects).slice(3 - stay));
      expect(collateral).toMatchObject({ viewers: stay, cut, cutViewers: cut });
      expect(spared.map(({ why }) => why)).toEqual(new Array(cut).fill('collateral'));
    },
  );

  it('blocks one by one what is without viewers in a wide block that F1 cut', () => {
    const suspects = [suspect('192.0.2.0/32', 5_000), suspect('192.0.2.2/32', 4_000)];
    const viewers = [{ cidr: '192.0.2.1/32', verifiedViewers: 1 }];
    const limits = { capacity: { v4: 1, v6: 0 }, totalViewers: 10 };
    const plan = planOf({ ...limits, suspects, viewers });
    expect([cidrsOf(plan.blocks), cidrsOf(plan.overflow)]).toEqual([
      ['192.0.2.0/32'],
      ['192.0.2.2/32'],
    ]);
    expect(plan.collateral).toMatchObject({ viewers: 0, cut: 1 });
  });

  it.each([
    [0, 10],
    [1, 20],
    [2, 40],
    [7, 1_280],
    [8, 1_440],
    [12, 1_440],
  ])('after %i strikes of the last day a block lasts up to %i minutes', (strikes, minutes) => {
    const endsMs = Array.from({ length: strikes }, (_, n) => NOW - (strikes - n) * 60 * MINUTE);
    const memory = [{ cidr: '192.0.2.7/32', endsMs, verifiedViewers: 0 }];
    const [own] = planOf({ memory, suspects: [suspect('192.0.2.7/32', 50)] }).blocks;
    expect(own!.strikes).toBe(strikes + 1);
    const lasts = (own!.untilMs - NOW) / MINUTE;
    expect(lasts).toBeLessThanOrEqual(minutes);
    expect(lasts).toBeGreaterThanOrEqual(minutes * (1 - JITTER_PERCENT_MAX / 100) - 0.001);
  });

  it('lets blocks that begin together end apart', () => {
    const suspects = Array.from({ length: 200 }, (_, n) => suspect(`192.0.2.${n}/32`, 50));
    const { blocks } = planOf({ capacity: { v4: 200, v6: 0 }, suspects });
    const ends = blocks.map(({ untilMs }) => (NOW + 10 * MINUTE - untilMs) / MINUTE);
    for (const tenth of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      const own = ends.filter((shorter) => Math.floor(shorter * 10) === tenth);
      expect(own.length).toBeGreaterThan(5);
    }
  });

  it.each([
    [STRIKE_MS - 1, 2],
    [STRIKE_MS, 1],
  ])('a block that ended %i ms ago makes this strike %i', (ago, strikes) => {
    const memory = [{ cidr: '192.0.2.7/32', endsMs: [NOW - ago], verifiedViewers: 0 }];
    const [own] = planOf({ memory, suspects: [suspect('192.0.2.7/32', 50)] }).blocks;
    expect(own!.strikes).toBe(strikes);
  });

  it('remembers what is in force once, however often it is planned', () => {
    const held = block('192.0.2.7/32', { verifiedViewers: 2 });
    const known = { cidr: held.cidr, endsMs: [held.untilMs], verifiedViewers: 2 };
    const { memory } = planOf({ current: [held] });
    expect(memory).toEqual([known]);
    expect(planOf({ current: [held], memory }).memory).toEqual([known]);
    // Taken out before its time: it ends now.
    expect(planOf({ memory }).memory).toEqual([{ ...known, endsMs: [NOW] }]);
  });

  it('puts what people want first, and holds it to the lane prefix and to what is exempt', () => {
    const exempt = makeExempt({ ...LISTS, own: ['203.0.113.1'] });
    const plan = planOf({
      ...{ exempt, capacity: { v4: 1, v6: 1 } },
      manual: [
        manual('192.0.2.0/24'),
        manual('198.51.0.0/19'),
        manual('203.0.113.0/24'),
        manual('2001:DB8::1/128'),
      ],
      suspects: [suspect('192.0.2.7/32', 50), suspect('198.51.100.7/32', 50)],
      viewers: [{ cidr: '192.0.2.9/32', verifiedViewers: 4 }],
    });
    expect(cidrsOf(plan.blocks)).toEqual(['192.0.2.0/24', '2001:db8::1/128']);
    expect(plan.blocks[0]).toMatchObject({
      ...{ rule: 'manual', author: 'arn:ann', reason: 'scrapes the site' },
      ...{ verifiedViewers: 4, untilMs: NOW + 60 * MINUTE },
    });
    expect(plan.spared.map(({ why, list }) => [why, list])).toEqual([
      ['limit', undefined],
      ['exempt', 'own'],
    ]);
    expect([plan.covered, cidrsOf(plan.overflow)]).toEqual([1, ['198.51.100.7/32']]);
  });

  it('gives up what a person took back, and keeps the memory of it', () => {
    const held = block('192.0.2.0/24', { author: 'arn:ann', rule: 'manual', strikes: 0 });
    const plan = planOf({ current: [held] });
    expect(plan.removed).toEqual([{ block: held, why: 'unblocked' }]);
    expect(plan.blocks).toEqual([]);
  });
});
