import type { Audience, OverBound } from '../audience/audience';
import type { Changes } from './changes';
import type { StoredOver } from './lane-head';

/** Contents with viewers over a bound that are told apart, of a day: the head names them, and holds 400 KB. */
export const OVER_CONTENTS_MAX = 64;
/** The number of (other) in every table of contents. */
const OTHER = 0;

/** What the bounds of a lane's day did not place, and how much of it Views were told. */
export class OverTold {
  private readonly told = new Map<number, OverBound>();

  constructor(private readonly audience: Audience) {}

  /** Tells what is not told yet. Of too many contents those that come later count as (other). */
  tell(changes: Changes): void {
    const { over } = this.audience;
    let room = OVER_CONTENTS_MAX - this.told.size;
    for (const [content, { hits, slots }] of [...over]) {
      if (content === OTHER || this.told.has(content)) continue;
      room -= 1;
      if (room >= 0) continue;
      const other = over.get(OTHER) ?? { hits: 0, slots: 0 };
      over.set(OTHER, { hits: other.hits + hits, slots: other.slots + slots });
      over.delete(content);
    }
    for (const [content, { hits, slots }] of over) {
      const told = this.told.get(content) ?? { hits: 0, slots: 0 };
      if (hits === told.hits && slots === told.slots) continue;
      changes.addOver(content, hits - told.hits, slots - told.slots);
      this.told.set(content, { hits, slots });
    }
  }

  restore(stored: readonly StoredOver[]): void {
    const { contents, over } = this.audience;
    for (const { id, kind, segmentMs, hits, slots } of stored) {
      const content = contents.numberOf(id, kind, segmentMs);
      over.set(content, { hits, slots });
      this.told.set(content, { hits, slots });
    }
  }

  stored(): StoredOver[] {
    const { contents, over } = this.audience;
    return [...over].map(([n, { hits, slots }]) => {
      const { id, kind, segmentMs } = contents.list[n]!;
      return { id, kind, segmentMs, hits, slots };
    });
  }
}
