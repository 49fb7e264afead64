import type { PacketFacts } from './packet';
import type { ViewsUpdate } from './ports';
import { freshnessPk, groupOfLane, hourSk, ledgerPk } from './views-item';

/** Counters of the ledger, by hour of arrival. */
export class LedgerChanges {
  private readonly hours = new Map<number, Map<string, number>>();

  add(arrivalMs: number, counts: readonly (readonly [string, number])[]): void {
    const hour = Math.floor(arrivalMs / 3_600_000);
    let known = this.hours.get(hour);
    if (known === undefined) this.hours.set(hour, (known = new Map()));
    for (const [name, n] of counts) known.set(name, (known.get(name) ?? 0) + n);
  }

  addPacket({ lastArrivalMs, ledger }: PacketFacts, late: number): void {
    const { lines, hits, overflow, lost, bad } = ledger;
    this.add(lastArrivalMs, [
      ['lines', lines],
      ['hits', hits],
      ['overflow', overflow],
      ['lost', lost],
      ['late', late],
      ...bad.map(([reason, n]) => [`bad_${reason}`, n] as const),
    ]);
  }

  updates(group: number): ViewsUpdate[] {
    return [...this.hours].flatMap(([hour, counts]) => {
      const add = [...counts].filter(([, n]) => n !== 0);
      const [pk, sk] = [ledgerPk(group), hourSk('h', hour)];
      return add.length === 0
        ? []
        : [{ pk, sk, add, set: [], expiresAtSeconds: 0, isFenced: true }];
    });
  }
}

/** How far a lane has counted. */
export function freshnessUpdate(
  lane: number,
  newestArrivalMs: number,
  version: number,
): ViewsUpdate {
  return {
    pk: freshnessPk(groupOfLane(lane)),
    sk: 'now',
    add: [],
    set: [
      [`a${lane}`, newestArrivalMs],
      [`v${lane}`, version],
    ],
    expiresAtSeconds: 0,
    isFenced: true,
  };
}
