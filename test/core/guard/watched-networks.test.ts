import { WatchedNetworks } from '../../../lambdas/core/guard/watched-networks';
import { SLOT_MS, type SourceCell } from '../../../lambdas/core/guard/source-cells';
import { Chance } from '../../../local/crowd/chance';
import { cell } from '../../support/guard-facts';

/** Goal: who has had media is never taken for nobody. Method: media by hand, and seeded nights beside a plain list. */
const FROM = 897_000_000;
const NET = 0xcb007100; // 203.0.113.0
const V4 = 0xffff;
const V6 = 0x20010db8;
const MARGIN_MS = 60_000;

/** A lane of one process, but for what is said. */
class Lane {
  readonly watched: WatchedNetworks;
  private version = 0;

  constructor(networksMax?: number) {
    this.watched = new WatchedNetworks(networksMax);
  }

  fold(nowSlot: number, cells: readonly SourceCell[], { isCut = false, missed = 0 } = {}): void {
    this.version += 1 + missed;
    this.watched.note(cells, {
      ...{ version: this.version, isCut, nowSlot, newestMs: nowSlot * SLOT_MS + 500 },
    });
  }
}

const media = (lo: number, slot: number, hi = V4) => cell({ hi, lo, slot, hits: 1, media: 1 });

describe('WatchedNetworks', () => {
  it('has the /20 and the /40 of whoever had media, and of nobody else', () => {
    const lane = new Lane();
    const { watched } = lane;
    const cells = [media(NET + 7, FROM), media(0x01000000, FROM, V6)];
    lane.fold(FROM, [...cells, cell({ lo: NET + 0x2000, slot: FROM, hits: 9, manifests: 9 })]);
    const has = (hi: number, lo: number) => watched.has(hi, lo, FROM);
    expect([has(V4, NET), has(V4, NET - 0x100), has(V4, 0xcb007fff)]).toEqual([true, true, true]);
    expect([has(V4, 0xcb006fff), has(V4, 0xcb008000), has(V4, NET + 0x2000)]).toEqual([
      false,
      false,
      false,
    ]);
    expect([has(V6, 0x01ffffff), has(V6, 0x02000000), has(V6 + 1, 0x01000000)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('remembers for half an hour, and what presence reaches beyond it', () => {
    const lane = new Lane();
    const { watched } = lane;
    lane.fold(FROM, [media(NET, FROM)]);
    expect([watched.has(V4, NET, FROM + 930), watched.has(V4, NET, FROM + 931)]).toEqual([
      true,
      false,
    ]);
    lane.fold(FROM, [media(NET, FROM - 5)]);
    expect(watched.has(V4, NET, FROM + 930)).toBe(true);
  });

  it('is sure of all, and after a gap of what is a minute later', () => {
    const lane = new Lane();
    const { watched } = lane;
    expect(watched.sureFromMs).toBe(-Infinity);
    lane.fold(FROM, []);
    expect(watched.sureFromMs).toBe(-Infinity);
    lane.fold(FROM + 1, [], { missed: 1 });
    expect(watched.sureFromMs).toBe((FROM + 1) * SLOT_MS + MARGIN_MS);
    lane.fold(FROM + 2, []);
    expect(watched.sureFromMs).toBe((FROM + 1) * SLOT_MS + MARGIN_MS);
    lane.fold(FROM + 9, [], { isCut: true });
    expect(watched.sureFromMs).toBe((FROM + 9) * SLOT_MS + MARGIN_MS);
  });

  it('forgets the oldest when there are too many, and is then sure later', () => {
    const lane = new Lane(2);
    const { watched } = lane;
    lane.fold(FROM - 10, [], { missed: 1 });
    const at = (n: number, slot: number) => media((NET + n * 0x1000) >>> 0, slot);
    lane.fold(FROM + 1, [at(0, FROM), at(1, FROM + 1)]);
    expect(watched.sureFromMs).toBe((FROM - 10) * SLOT_MS + MARGIN_MS);
    lane.fold(FROM + 2, [at(0, FROM + 2), at(2, FROM + 2)]);
    const has = [0, 1, 2].map((n) => watched.has(V4, (NET + n * 0x1000) >>> 0, FROM + 2));
    expect(has).toEqual([true, false, true]);
    expect(watched.sureFromMs).toBe((FROM + 2) * SLOT_MS + MARGIN_MS);
    // What is older than half an hour goes without that.
    lane.fold(FROM + 2_000, [at(3, FROM + 2_000), at(4, FROM + 2_000)]);
    expect(watched.sureFromMs).toBe((FROM + 2) * SLOT_MS + MARGIN_MS);
  });

  it('takes a clock that is ahead for now', () => {
    const lane = new Lane(1);
    const { watched } = lane;
    lane.fold(FROM, [], { missed: 1 });
    lane.fold(FROM, [media(NET, FROM + 100_000)]);
    lane.fold(FROM, [media((NET + 0x1000) >>> 0, FROM)]);
    expect(watched.sureFromMs).toBe((FROM + 1) * SLOT_MS + MARGIN_MS);
  });

  // The truth: for each network the end of its presence, of which each hit makes 6 to 30 s.
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('never misses who had media: night %i', (seed) => {
    const chance = new Chance(seed);
    const lane = new Lane(seed % 2 === 0 ? 20 : 64);
    const { watched } = lane;
    const ends = new Map<number, number>();
    let sure = 0;
    let unsure = 0;
    let gapEnd = 0;
    for (let slot = FROM; slot < FROM + 600; slot += 1) {
      if (slot > gapEnd && slot < FROM + 400 && chance.bool(0.02)) gapEnd = slot + 40;
      const isGap = slot < gapEnd;
      const cells = Array.from({ length: chance.int(4) }, () => {
        // Of 200 networks a dozen watch at a time, every two minutes three others.
        const network = (3 * Math.floor((slot - FROM) / 60) + chance.int(12)) % 200;
        const lo = (NET + network * 0x1000) >>> 0;
        const own = slot - chance.int(3);
        ends.set(lo, Math.max(ends.get(lo) ?? 0, own * SLOT_MS + 1_000 * chance.between(6, 30)));
        return media(lo, own);
      });
      // What others took is not here.
      if (isGap) continue;
      lane.fold(slot, cells, { missed: slot === gapEnd ? 1 : 0 });
      for (const [lo, endMs] of ends) {
        const isRecent = endMs >= (slot - 900) * SLOT_MS;
        if (!isRecent || watched.has(V4, lo, slot)) continue;
        expect(endMs).toBeLessThan(watched.sureFromMs);
        unsure += 1;
      }
      if (watched.sureFromMs < slot * SLOT_MS) sure += 1;
    }
    expect(unsure).toBeGreaterThan(0);
    expect(sure).toBeGreaterThan(0);
  });
});
