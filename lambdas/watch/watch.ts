import { forEachParallel } from '../adapters/parallel';
import type { ListedJournal } from '../adapters/journal-store';
import type { Telemetry } from '../adapters/telemetry';
import type { WatchStore } from '../adapters/watch-store';
import { type Snapshot, balanceRoad } from '../core/road/balance';
import { decodeJournal } from '../core/road/journal';
import { type LaneHead, decodeHead } from '../core/road/lane-head';
import type { LaneStore } from '../core/road/ports';

export interface WatchDeps {
  readonly lanes: number;
  readonly journals: { list(): Promise<ListedJournal[]> };
  readonly heads: LaneStore;
  readonly store: WatchStore;
  readonly telemetry: Telemetry;
  readonly now: () => number;
}

const HEADS_AT_ONCE = 16;

/** Makes the watch handler: docs/ROAD.md, "Watch". It changes nothing; alarms hang on what it measures. */
export function makeWatch({ lanes, journals, heads, store, telemetry, now }: WatchDeps) {
  return async (): Promise<void> => {
    try {
      const known = await store.load();
      const before = known === undefined ? undefined : (JSON.parse(known) as Snapshot);
      // Journals first: what is folded meanwhile can only make the difference smaller.
      const listed = await journals.list();
      const byLane = new Map<number, LaneHead>();
      const numbers = Array.from({ length: lanes }, (_, lane) => lane);
      await forEachParallel(numbers, HEADS_AT_ONCE, async (lane) => {
        const head = await heads.load(lane);
        if (head !== undefined) byLane.set(lane, decodeHead(head.body));
      });
      const byShard = new Map(
        listed.map(({ shardId, body }) => [shardId, decodeJournal(body, lanes)] as const),
      );
      const balance = balanceRoad(byShard, byLane, before, now());
      const { openHoles, unfolded, surplus, snapshot } = balance;
      const newestMs = Math.max(...[...byLane.values()].map((head) => head.newestArrivalMs));
      // Of a road that has counted nothing yet there is none. Clocks may differ.
      if (newestMs > 0) {
        telemetry.value('FreshnessMs', Math.max(0, now() - newestMs), 'Milliseconds');
      }
      const lines = [...unfolded.values(), ...surplus.values()].reduce((sum, n) => sum + n, 0);
      telemetry.value('OpenHoles', openHoles.length, 'Count');
      telemetry.value('LinesUnfolded', lines, 'Count');
      if (openHoles.length > 0) telemetry.error('holes stay open', { openHoles });
      if (lines > 0) {
        telemetry.error('lines forwarded and lines folded differ since a minute', {
          missing: Object.fromEntries(unfolded),
          twice: Object.fromEntries(surplus),
        });
      }
      await store.save(JSON.stringify(snapshot));
    } finally {
      telemetry.flush();
    }
  };
}
