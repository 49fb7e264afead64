import { LaneGuard, type ViewerLookup } from '../../../lambdas/core/guard/lane-guard';
import { rhythmOf } from '../../../lambdas/core/guard/rules';
import { SLOT_MS, type SourceCell } from '../../../lambdas/core/guard/source-cells';
import type { SuspectBatch } from '../../../lambdas/core/guard/suspect';
import { type CellOptions, cell } from '../../support/guard-facts';

/** Goal: a lane tells each suspect when it becomes one, and not too often. Method: cells and viewers by hand. */
const FROM = 897_000_000;
const V4 = (text: string) => text.split('.').reduce((word, part) => word * 256 + Number(part), 0);
const ATTACKER = V4('198.51.100.7');

/** Viewers by keyed hash of the address; cells have the last 16 bits of theirs as such. */
function lookupOf(viewers: Readonly<Record<number, number>> = {}): ViewerLookup {
  const of = (address: number) => ({ now: viewers[address] ?? 0, recent: viewers[address] ?? 0 });
  return { behind: of, isWatched: () => false, conforming: () => 4_321 };
}

class Rig {
  readonly guard: LaneGuard;
  private version = 0;

  constructor(
    private readonly lookup = lookupOf(),
    sourcesMax = 8_192,
  ) {
    this.guard = new LaneGuard({ lane: 5, rhythm: rhythmOf(6_000), sourcesMax });
  }

  fold(slot: number, ...cells: SourceCell[]) {
    return this.foldWith({ slot, mediaHits: 0 }, ...cells);
  }

  /** With media in the interval, in whatever lanes. */
  foldWith({ slot, mediaHits }: { slot: number; mediaHits: number }, ...cells: SourceCell[]) {
    this.version += 1;
    const newestMs = slot * SLOT_MS + 1_999;
    return this.guard.fold(cells, this.lookup, { version: this.version, newestMs, mediaHits });
  }

  /** A flood of so many hits in each slot; the slots in which it was told. */
  flood(slots: number, hits = 50, from = FROM): number[] {
    const told: number[] = [];
    for (let n = 0; n < slots; n += 1) {
      const { batch } = this.fold(from + n, cell({ lo: ATTACKER, slot: from + n, hits }));
      if ((batch?.suspects.length ?? 0) > 0) told.push(n);
    }
    return told;
  }
}

const cidrs = (batch: SuspectBatch | undefined) => batch?.suspects.map(({ cidr }) => cidr) ?? [];

describe('LaneGuard', () => {
  it('tells a suspect when it becomes one, and again each 10 seconds while it goes on', () => {
    // In 3 slots at the earliest, then each 5 slots.
    expect(new Rig().flood(20)).toEqual([2, 7, 12, 17]);
  });

  it('tells it with its evidence', () => {
    const rig = new Rig();
    rig.fold(FROM, cell({ lo: ATTACKER, slot: FROM, hits: 50 }));
    rig.fold(FROM + 1, cell({ lo: ATTACKER, slot: FROM + 1, hits: 50 }));
    const last = cell({
      lo: ATTACKER,
      slot: FROM + 2,
      lastMs: 700,
      hits: 50,
      failed: 2,
      unserved: 2,
    });
    expect(rig.fold(FROM + 2, last).batch).toMatchObject({
      ...{ lane: 5, version: 3, atMs: (FROM + 2) * SLOT_MS + 1_999, laneViewers: 4_321 },
      suspects: [
        {
          ...{ cidr: '198.51.100.7/32', rule: 'S1_flood', verifiedViewers: 0, attackHits: 114 },
          ...{ firstAtMs: FROM * SLOT_MS, sinceAtMs: (FROM + 2) * SLOT_MS + 700 },
          evidence: { windowSeconds: 10, hits: 150, explained: 36, failed: 2, agents: 1 },
        },
      ],
    });
  });

  it('says nothing when nobody is a suspect', () => {
    const rig = new Rig();
    expect(rig.flood(20, 6)).toEqual([]);
    expect(rig.fold(FROM + 20).batch).toBeUndefined();
  });

  it('judges nobody by refused hits alone, but a flood goes on with ten times the rhythm', () => {
    const refused = (rig: Rig, from: number, slots: number, n: number) =>
      Array.from({ length: slots }, (_, k) => {
        const slot = from + k;
        return cidrs(rig.fold(slot, cell({ lo: ATTACKER, slot, refused: n })).batch).length;
      });
    expect(refused(new Rig(), FROM, 20, 900)).toEqual(Array(20).fill(0));
    const known = () => {
      const rig = new Rig();
      rig.flood(3);
      // A minute later nothing is left of what was served.
      return rig;
    };
    // 200 are ten rhythms in a window of 5 slots; 10 more are an excess.
    expect(refused(known(), FROM + 90, 6, 42)[4]).toBe(1);
    expect(refused(known(), FROM + 90, 6, 41)).toEqual(Array(6).fill(0));
  });

  it('lets a clock that is 60 s ahead make nobody late', () => {
    const rig = new Rig();
    const ahead = cell({ lo: 1, slot: FROM + 30, hits: 1 });
    rig.fold(FROM, ahead);
    expect(rig.flood(20)).toEqual([2, 7, 12, 17]);
    // Neither is the lane settled by it: that takes a minute.
    const isSettled = (slot: number) => {
      const { batch } = rig.fold(slot, cell({ lo: ATTACKER, slot, hits: 400 }));
      return batch?.isSettled;
    };
    expect([isSettled(FROM + 29), isSettled(FROM + 34)]).toEqual([false, true]);
  });

  it.each([
    [29, false],
    [30, true],
  ])('is settled after %i slots: %p, whatever straggler came first', (slots, isSettled) => {
    for (const straggler of [0, 500]) {
      const rig = new Rig();
      rig.fold(
        FROM,
        cell({ lo: 1, slot: FROM - straggler, hits: 1 }),
        cell({ lo: 2, slot: FROM, hits: 1 }),
      );
      const slot = FROM + slots;
      const { batch } = rig.fold(slot, cell({ lo: ATTACKER, slot, hits: 400 }));
      expect(batch).toMatchObject({ isSettled });
    }
  });

  it.each<[string, Partial<CellOptions>, boolean]>([
    ['that were there in the last minute', { slot: FROM + 71 }, false],
    ['that had media, and so may have viewers', { slot: FROM + 9, media: 1 }, false],
    ['that have long been silent and never watched', { slot: FROM + 9 }, true],
  ])('forgets sources %s, and is settled in the minute after it: %p', (_, own, isSettled) => {
    const rig = new Rig(lookupOf(), 16);
    const many = Array.from({ length: 14 }, (_, k) =>
      cell({ lo: 100 + k, slot: FROM, hits: 1, ...own }),
    );
    rig.fold(FROM, cell({ lo: 1, slot: FROM, hits: 1 }));
    rig.fold(FROM + 71, cell({ lo: 2, slot: FROM + 71, hits: 9 }), ...many);
    expect(rig.guard.table.dropped).toBe(0);
    // No place for one more: a quarter of those before go.
    rig.fold(FROM + 100, cell({ lo: 3, slot: FROM + 100, hits: 9 }));
    expect(rig.guard.table.dropped).toBe(4);
    const settledAt = (slot: number) =>
      rig.fold(slot, cell({ lo: ATTACKER, slot, hits: 400 })).batch?.isSettled;
    expect([settledAt(FROM + 129), settledAt(FROM + 134)]).toEqual([isSettled, true]);
  });

  it('judges by stillness: polls of a crowd are a flood only where media flow', () => {
    const polls = (mediaEach: number | undefined): string[] => {
      const rig = new Rig();
      const crowd = {
        lo: ATTACKER,
        agents: 0xffffffff,
        hits: 6_000,
        asks: 6_000,
        manifests: 6_000,
      };
      return Array.from({ length: 60 }, (_, n) => {
        const slot = FROM + n;
        const isOn = mediaEach !== undefined && n % mediaEach === 0;
        // It comes after the first minute, when the lane knows.
        const cells = n < 40 ? [cell({ lo: 9, slot, hits: 1 })] : [cell({ ...crowd, slot })];
        return cidrs(rig.foldWith({ slot, mediaHits: isOn ? 30_000 : 0 }, ...cells).batch);
      }).flat();
    };
    expect(polls(undefined)).toEqual([]);
    expect(new Set(polls(10))).toEqual(new Set(['198.51.100.7/32']));
  });

  it('tells the viewers of the networks of suspects, and of no other', () => {
    const [near, nearer, far] = ['198.51.111.1', '198.51.100.8', '198.51.112.1'].map(V4) as [
      number,
      number,
      number,
    ];
    const idle = V4('198.51.100.9');
    const rig = new Rig(lookupOf({ [near & 0xffff]: 3, [nearer & 0xffff]: 40, [far & 0xffff]: 9 }));
    const cells = (slot: number, hits: number) => [
      cell({ lo: ATTACKER, slot, hits }),
      ...[near, nearer, far, idle].map((lo) => cell({ lo, slot, hits: 1, media: 1 })),
    ];
    expect(rig.fold(FROM, ...cells(FROM, 9)).batch).toBeUndefined();
    const { batch } = rig.fold(FROM + 1, ...cells(FROM + 1, 400));
    expect(batch!.neighbours).toEqual([
      { cidr: '198.51.111.1/32', verifiedViewers: 3 },
      { cidr: '198.51.100.8/32', verifiedViewers: 40 },
    ]);
    // Not again for 10 seconds, then without any suspect too.
    expect(rig.fold(FROM + 5, ...cells(FROM + 5, 0)).batch).toBeUndefined();
    const later = rig.fold(FROM + 6, ...cells(FROM + 6, 0)).batch;
    expect([later?.suspects, later?.neighbours?.length]).toEqual([[], 2]);
  });

  it('tells a suspect and its network also when its table is full of others', () => {
    const near = V4('198.51.100.8');
    const rig = new Rig(lookupOf({ [near & 0xffff]: 40 }), 64);
    rig.fold(FROM, cell({ lo: ATTACKER, slot: FROM, hits: 400 }));
    const many = Array.from({ length: 200 }, (_, n) => cell({ lo: n, slot: FROM + 95, hits: 1 }));
    rig.fold(FROM + 95, ...many);
    expect(rig.guard.table.find(0xffff, ATTACKER)).toBe(-1);
    const slot = FROM + 100;
    const { batch } = rig.fold(slot, cell({ lo: near, slot, hits: 30, media: 30 }));
    expect(batch!.neighbours).toEqual([{ cidr: '198.51.100.8/32', verifiedViewers: 40 }]);
  });

  it('asks for viewers by the address of the newest hit, and by that of the day before', () => {
    const asked: (readonly [number, number | undefined])[] = [];
    const lookup: ViewerLookup = {
      behind(address, _atMs, before) {
        asked.push([address, before]);
        return { now: 0, recent: 0 };
      },
      isWatched: () => false,
      conforming: () => 0,
    };
    const rig = new Rig(lookup);
    rig.fold(
      FROM + 1,
      cell({ lo: ATTACKER, slot: FROM, address: 71, hits: 100 }),
      cell({ lo: ATTACKER, slot: FROM + 1, address: 72, hits: 100 }),
    );
    rig.fold(FROM + 1, cell({ lo: 9, slot: FROM + 1, address: 5, hits: 100 }));
    expect(asked).toEqual([
      [72, 71],
      [5, undefined],
    ]);
  });

  it('marks the viewers of who is told, and for half an hour of who was', () => {
    const rig = new Rig();
    const address = ATTACKER & 0xffff;
    const marks = (slot: number, hits: number) =>
      rig
        .fold(slot, cell({ lo: ATTACKER, slot, hits }), cell({ lo: 1, slot, hits: 1 }))
        .marks.map((mark) => [mark.address, mark.isNew]);
    expect(marks(FROM, 10)).toEqual([]);
    expect(marks(FROM + 1, 400)).toEqual([[address, true]]);
    expect(marks(FROM + 2, 1)).toEqual([[address, false]]);
    expect(marks(FROM + 2 + 900, 1)).toEqual([[address, false]]);
    // Each hit of it prolongs that; after half an hour without any it begins with a clean sheet.
    rig.fold(FROM + 1_803, cell({ lo: 1, slot: FROM + 1_803, hits: 1 }));
    expect(marks(FROM + 1_804, 1)).toEqual([]);
  });
});
