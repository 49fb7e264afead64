import { STARTED, W, type ViewerTable } from './viewer-table';
import { grow } from './interval-pool';

const GROUP_WORDS = 10;
const G = {
  address: 0,
  content: 1,
  day: 2,
  started: 3,
  startedHead: 4,
  waiting: 5,
  waitingHead: 6,
  /** the entry of the highest rank plus one, 0 if not known: a flood is refused without a search */
  startedWorst: 7,
  waitingWorst: 8,
};

export interface BoundLimits {
  readonly viewersPerAddressMax: number;
  readonly waitingPerAddressMax: number;
}

/**
 * Holds B1_address: how many viewers an address may have on a content and day, with a start
 * and without. Those of the lowest rank stay. Whoever stays among its like at the end was never out
 * before, so the choice does not depend on the order of lines; only what a viewer did before its
 * start, while it waited, may have been forgotten when the waiting were too many.
 */
export class AddressBounds {
  private groups = new Uint32Array(GROUP_WORDS * 64);
  private count = 0;
  private index = new Int32Array(128).fill(-1);

  constructor(
    private readonly table: ViewerTable,
    private readonly limits: BoundLimits,
  ) {}

  /**
   * Makes room for one more viewer of this address. Returns the entry that must go for it, -1 if there
   * is room, -2 if the newcomer itself has no place.
   */
  makeRoom(
    entry: { address: number; content: number; day: number; rank: number; keyLo: number },
    started: boolean,
  ): number {
    const group = this.groupOf(entry.address, entry.content, entry.day);
    const max = started ? this.limits.viewersPerAddressMax : this.limits.waitingPerAddressMax;
    if (this.groups[group + (started ? G.started : G.waiting)]! < max) return -1;
    const { words } = this.table;
    const known = group + (started ? G.startedWorst : G.waitingWorst);
    let worst = this.groups[known]! - 1;
    if (worst >= 0) return isBefore(words, worst, entry.rank, entry.keyLo) ? -2 : worst;
    for (let at = this.headOf(group, started); at >= 0; at = words[at + W.next]! - 1) {
      if (worst < 0 || isBefore(words, worst, words[at + W.rank]!, words[at + W.keyLo]!))
        worst = at;
    }
    this.groups[known] = worst + 1;
    return isBefore(words, worst, entry.rank, entry.keyLo) ? -2 : worst;
  }

  link(entry: number): void {
    const { words } = this.table;
    const group = this.groupOfEntry(entry);
    const started = (words[entry + W.content]! & STARTED) !== 0;
    const head = group + (started ? G.startedHead : G.waitingHead);
    this.groups[group + (started ? G.startedWorst : G.waitingWorst)] = 0;
    words[entry + W.next] = this.groups[head]!;
    this.groups[head] = entry + 1;
    this.groups[group + (started ? G.started : G.waiting)]! += 1;
  }

  unlink(entry: number): void {
    const { words } = this.table;
    const group = this.groupOfEntry(entry);
    const started = (words[entry + W.content]! & STARTED) !== 0;
    const head = group + (started ? G.startedHead : G.waitingHead);
    this.groups[group + (started ? G.started : G.waiting)]! -= 1;
    this.groups[group + (started ? G.startedWorst : G.waitingWorst)] = 0;
    let at = this.groups[head]! - 1;
    if (at === entry) {
      this.groups[head] = words[entry + W.next]!;
      return;
    }
    while (words[at + W.next]! - 1 !== entry) at = words[at + W.next]! - 1;
    words[at + W.next] = words[entry + W.next]!;
  }

  get bytesUsed(): number {
    return this.count * GROUP_WORDS * 4 + this.index.length * 4;
  }

  private headOf(group: number, started: boolean): number {
    return this.groups[group + (started ? G.startedHead : G.waitingHead)]! - 1;
  }

  private groupOfEntry(entry: number): number {
    const { table } = this;
    return this.groupOf(
      table.words[entry + W.address]!,
      table.contentOf(entry),
      table.dayOf(entry),
    );
  }

  private groupOf(address: number, content: number, day: number): number {
    const { groups, index } = this;
    const mask = index.length - 1;
    let at = hash(address, content, day) & mask;
    for (; index[at]! >= 0; at = (at + 1) & mask) {
      const group = index[at]!;
      if (
        groups[group] === address &&
        groups[group + G.content] === content &&
        groups[group + G.day] === day
      ) {
        return group;
      }
    }
    if ((this.count + 1) * 3 > index.length * 2) {
      this.reindex();
      return this.groupOf(address, content, day);
    }
    const group = this.count * GROUP_WORDS;
    if (group + GROUP_WORDS > groups.length) this.groups = grow(this.groups);
    this.groups[group] = address;
    this.groups[group + G.content] = content;
    this.groups[group + G.day] = day;
    index[at] = group;
    this.count += 1;
    return group;
  }

  private reindex(): void {
    this.index = new Int32Array(this.index.length * 2).fill(-1);
    const mask = this.index.length - 1;
    for (let group = 0; group < this.count * GROUP_WORDS; group += GROUP_WORDS) {
      let at =
        hash(this.groups[group]!, this.groups[group + G.content]!, this.groups[group + G.day]!) &
        mask;
      while (this.index[at]! >= 0) at = (at + 1) & mask;
      this.index[at] = group;
    }
  }
}

/** Whether the entry at `at` comes before (rank, keyLo): it is the better one to keep. */
function isBefore(words: Uint32Array, at: number, rank: number, keyLo: number): boolean {
  const mine = words[at + W.rank]!;
  return mine < rank || (mine === rank && words[at + W.keyLo]! < keyLo);
}

function hash(address: number, content: number, day: number): number {
  const mixed = Math.imul(address ^ Math.imul(content, 0x9e3779b1) ^ (day << 9), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
