import { rhythmOf } from '../../lambdas/core/guard/rules';
import type { SuspectBatch } from '../../lambdas/core/guard/suspect';
import type { LaneStore } from '../../lambdas/core/road/ports';
import { failureOf } from '../contract/world';
import { HandlerRig } from '../support/handler-rig';
import { NOON_MS, rowOf } from '../support/road-rows';

/**
 * Goal: suspects are told once they are written, and never of packets that were not. Method: the handler with
 * its adapters on services in memory, a flood, and one thing that fails at a time.
 */
const ATTACKER = '10.1.0.7';

interface Told {
  readonly batches: SuspectBatch[];
  failing: boolean;
}

function guardOf(told: Told) {
  const put = async (batch: SuspectBatch) => {
    if (told.failing) throw new Error('the table is not there');
    told.batches.push(batch);
  };
  return { rhythm: rhythmOf(6_000), suspects: { put } };
}

const told = (): Told => ({ batches: [], failing: false });

/** Requests in one slot; packets of them stand on the second stream. */
async function flooded(
  rig: HandlerRig,
  hits: number,
  second: number,
  path = '/page/a',
): Promise<void> {
  const rows = Array.from({ length: hits }, (_, n) =>
    rowOf({ ip: ATTACKER, path, tMs: NOON_MS + second * 1_000 + n }),
  );
  await rig.makeIntake()(rig.putLines(rows));
}

const cidrs = ({ batches }: Told) =>
  batches.flatMap(({ suspects }) => suspects.map(({ cidr }) => cidr));

describe('tally with a guard', () => {
  it('tells a suspect with the version of the lane that is written', async () => {
    const rig = new HandlerRig();
    const heard = told();
    await flooded(rig, 400, 0);
    await rig.tallyAll(rig.makeTally({ guard: guardOf(heard) }));
    expect(heard.batches).toMatchObject([
      { version: 1, suspects: [{ cidr: `${ATTACKER}/32`, rule: 'S1_flood', attackHits: 370 }] },
    ]);
    const [batch] = heard.batches;
    expect((await rig.heads.load(batch!.lane))!.version).toBe(1);
    expect(rig.telemetry.counts['SuspectsTold']).toBe(1);
  });

  it('tells nothing of a version that another writer had written', async () => {
    const rig = new HandlerRig();
    await flooded(rig, 400, 0);
    const heard = told();
    let conflicts = 0;
    const heads: LaneStore = {
      ...rig.heads,
      save: async (lane, head) => {
        conflicts += 1;
        return conflicts > 1 && rig.heads.save(lane, head);
      },
    };
    await rig.tallyAll(rig.makeTally({ lanes: heads, guard: guardOf(heard) }));
    expect(rig.telemetry.counts['LaneConflicts']).toBe(1);
    expect(cidrs(heard)).toEqual([`${ATTACKER}/32`]);
  });

  it('judges no packet twice: one whose commit failed is not in the window when it comes again', async () => {
    const rig = new HandlerRig();
    // 36 hits for assets in 3 slots are no excess of 10; twice as many would be.
    const asset = '/static/a.js';
    for (const second of [0, 2, 4]) await flooded(rig, 12, second, asset);
    const heard = told();
    let saves = 0;
    const heads: LaneStore = {
      ...rig.heads,
      save: async (lane, head) => {
        saves += 1;
        if (saves <= 3) throw new Error('throttled');
        return rig.heads.save(lane, head);
      },
    };
    const tally = rig.makeTally({ lanes: heads, guard: guardOf(heard) });
    for (let n = 0; n < 3; n += 1) {
      expect((await failureOf(tally(rig.packetRecords))).message).toBe('throttled');
    }
    await tally(rig.packetRecords);
    // Redelivered once more, they are duplicates.
    await tally(rig.packetRecords);
    expect(rig.ledger).toMatchObject({ lines: 36, duplicate: 3 });
    expect(cidrs(heard)).toEqual([]);
    // The same tally knows what it has seen: some more, and there is an excess.
    await flooded(rig, 12, 6, asset);
    await tally(rig.packetRecords.slice(3));
    expect(cidrs(heard)).toEqual([`${ATTACKER}/32`]);
  });

  it('goes on counting when suspects cannot be told, and tells them later if they go on', async () => {
    const rig = new HandlerRig();
    const heard: Told = { batches: [], failing: true };
    const tally = rig.makeTally({ guard: guardOf(heard) });
    await flooded(rig, 400, 0);
    await rig.tallyAll(tally);
    expect(rig.ledger).toMatchObject({ lines: 400, hits: 400 });
    expect(rig.telemetry.counts).toMatchObject({ SuspectsTold: 1, SuspectsUntold: 1 });
    expect(rig.telemetry.errors).toMatchObject([['suspects could not be told', {}]]);
    heard.failing = false;
    await flooded(rig, 300, 9);
    await rig.tallyAll(tally);
    expect(cidrs(heard)).toEqual([]);
    await flooded(rig, 300, 10);
    await rig.tallyAll(tally);
    expect(cidrs(heard)).toEqual([`${ATTACKER}/32`]);
  });

  it('counts the sources that had no room in packets', async () => {
    const rig = new HandlerRig();
    // A whole /20, and 104 of it 2 seconds later.
    const rows = Array.from({ length: 4_200 }, (_, n) =>
      rowOf({
        ...{ ip: `10.1.${(n >> 8) & 15}.${n & 255}`, path: '/page/a' },
        tMs: NOON_MS + (n < 4_096 ? 0 : 2_000),
      }),
    );
    await rig.makeIntake()(rig.putLines(rows));
    await rig.tallyAll(rig.makeTally({ guard: guardOf(told()) }));
    expect(rig.packets).toHaveLength(1);
    expect(rig.telemetry.counts['SourcesDropped']).toBe(104);
  });
});
