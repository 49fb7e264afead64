import { homeLaneOf } from '../../lambdas/core/road/source';
import { failureOf } from '../contract/world';
import { HandlerRig, RETENTION_MS } from '../support/handler-rig';
import { NOON_MS, networkIp, rowOf } from '../support/road-rows';

/**
 * Goal: what expired before it was read is told as lost, once, and leaves no hole and no alarm that never
 * ends. Method: an interval is promised and cannot be sent; then its records expire, all or some of them,
 * and the event source goes on with what is left.
 */

/** A promise of ten records, one in a second, whose packets could not be sent; five more follow. */
async function promise(row: (n: number) => string) {
  let isBroken = true;
  const before = ({ operation }: { operation: string }) => {
    if (isBroken && operation === 'PutRecords') throw new Error('the stream is away');
  };
  const rig = new HandlerRig({ kinesis: { before } });
  const records = rig.putLines(
    Array.from({ length: 15 }, (_, n) => row(n)),
    1,
  );
  await failureOf(rig.makeIntake()(records.slice(0, 10)));
  isBroken = false;
  return { rig, records };
}

/** A week later the first n records are gone. */
function expire(rig: HandlerRig, n: number, arrivalMs: (n: number) => number): void {
  rig.nowMs = arrivalMs(n) + RETENTION_MS - 1;
  rig.trimLines(rig.nowMs - RETENTION_MS);
}

const apart = (n: number) => rowOf({ ip: networkIp(n), tMs: NOON_MS });
/** The lines of one network whose lane is not the home lane. */
const together = () => rowOf({ ip: networkIp(3), tMs: NOON_MS });

async function unfolded(rig: HandlerRig): Promise<number> {
  const watch = rig.makeWatch();
  await watch();
  rig.nowMs += 60_000;
  await watch();
  return rig.telemetry.values.filter(([name]) => name === 'LinesUnfolded').at(-1)![1];
}

describe('records that expire', () => {
  it.each([
    ['some of a promise', 6, 6, 9],
    ['all but the last of a promise', 9, 9, 6],
    // How many lay between is not known; that there may have been some is one more.
    ['all of a promise', 10, 10 + 1, 5],
    ['more than a promise', 12, 10 + 1, 3],
  ])('%s are lost, and the rest is counted', async (_, gone, lost, lines) => {
    for (const row of [apart, together]) {
      const { rig, records } = await promise(row);
      const promised = await rig.journals.load(rig.lines.id);
      expect(promised).toBeDefined();
      expire(rig, gone, (n) => records[n]!.arrivalMs);
      await rig.makeIntake()(rig.lines.records);
      await rig.tallyAll();
      expect(rig.ledger).toEqual({ lines, hits: lines, lost });
      expect(rig.telemetry.counts['RecordsLost']).toBe(lost);
      expect(await rig.holes()).toEqual([]);
      expect(await unfolded(rig)).toBe(0);
      expect(rig.telemetry.errors).toEqual([]);
    }
  });

  it('are told by a promised lane when the home lane was promised nothing', async () => {
    const { rig, records } = await promise(together);
    expire(rig, 10, (n) => records[n]!.arrivalMs);
    await rig.makeIntake()(rig.lines.records.slice(0, 1));
    const home = homeLaneOf(rig.lines.id, 16);
    const redone = rig.packets.filter(({ ordinal }) => ordinal === records[9]!.arrivalMs);
    expect(redone).toHaveLength(1);
    expect(redone[0]!.lane).not.toBe(home);
    expect(redone[0]).toMatchObject({
      lastArrivalMs: records[9]!.arrivalMs,
      ledger: { lines: 0, hits: 0, lost: 10 },
    });
  });

  it('were not lost if they had been sent before: what is sent again is dropped', async () => {
    const rig = new HandlerRig();
    const records = rig.putLines(
      Array.from({ length: 15 }, (_, n) => apart(n)),
      1,
    );
    await rig.makeIntake()(records.slice(0, 10));
    expire(rig, 12, (n) => records[n]!.arrivalMs);
    await rig.makeIntake()(rig.lines.records);
    await rig.tallyAll();
    expect(rig.ledger).toMatchObject({ lines: 13, hits: 13, lost: 1 });
    expect(await rig.holes()).toEqual([]);
  });

  it('are not suspected of a shard on which nothing came for long', async () => {
    const rig = new HandlerRig();
    await rig.makeIntake()(rig.putLines([apart(1)]));
    rig.nowMs += 10 * RETENTION_MS;
    await rig.makeIntake()(rig.putLines([apart(2)]));
    await rig.tallyAll();
    expect(rig.ledger).toEqual({ lines: 2, hits: 2 });
  });

  it('are not suspected of a batch that was stuck for a week and is still there', async () => {
    const { rig, records } = await promise(apart);
    rig.nowMs = records[0]!.arrivalMs + RETENTION_MS + 1;
    await rig.makeIntake()(records);
    await rig.tallyAll();
    expect(rig.ledger).toEqual({ lines: 15, hits: 15 });
  });

  it('do not hide what comes after a month in which the journal expired', async () => {
    const rig = new HandlerRig();
    const intake = rig.makeIntake();
    for (let n = 0; n < 20; n += 1) await intake(rig.putLines([apart(n), apart(3)], 1));
    await rig.tallyAll();
    rig.nowMs += 31 * 86_400_000;
    expect(rig.dynamo.sweep('State', rig.nowMs / 1_000)).toBeGreaterThan(0);
    expect(await rig.journals.load(rig.lines.id)).toBeUndefined();
    const next = rig.makeIntake();
    for (let n = 0; n < 20; n += 1) await next(rig.putLines([apart(n), apart(3)], 1));
    await rig.tallyAll();
    expect(rig.ledger).toEqual({ lines: 80, hits: 80 });
    expect(await rig.holes()).toEqual([]);
    expect(await unfolded(rig)).toBe(0);
  });
});
