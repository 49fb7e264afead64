import { FIGURE, BUCKET } from '../../lambdas/core/audience/viewer-figures';
import { CAUSES } from '../../lambdas/core/edge/classes';
import { streamChangesOf } from '../../lambdas/core/road/stream-changes';
import type { ViewsUpdate } from '../../lambdas/core/road/ports';
import type { OracleLine } from '../reference/oracle-line';
import { HandlerRig } from '../support/handler-rig';
import { NOON_MS, networkIp, rowOf } from '../support/road-rows';

/**
 * Goal: dashboard and alarms are made of what Views get, and of nothing twice. Method: a few persons and
 * one tool through the handlers, with figures worked out by hand.
 */
const MASTER = '/live/master.m3u8';
const at = (seconds: number) => NOON_MS + seconds * 1_000;

function asks(n: number, seconds: number, facts: Partial<OracleLine> = {}): string {
  return rowOf({ ip: networkIp(n), tMs: at(seconds), path: MASTER, ...facts });
}

function watches(n: number, seconds: number, facts: Partial<OracleLine> = {}): string {
  return rowOf({ ip: networkIp(n), tMs: at(seconds), path: `/live/v/${seconds}.m4s`, ...facts });
}

class Fold {
  readonly rig = new HandlerRig();
  private readonly intake = this.rig.makeIntake();
  private readonly tally = this.rig.makeTally();

  /** Metrics of streams that these lines add. */
  async of(...rows: string[]): Promise<Record<string, number>> {
    const before = { ...this.rig.telemetry.counts };
    await this.intake(this.rig.putLines(rows));
    await this.rig.tallyAll(this.tally);
    return Object.fromEntries(
      Object.entries(this.rig.telemetry.counts)
        .map(([name, n]) => [name, n - (before[name] ?? 0)] as const)
        .filter(([name, n]) => /^(Watch|Attempts|Starts|TurnedAway)/.test(name) && n !== 0),
    );
  }
}

describe('what tally says of streams', () => {
  it('is who watches, by group', async () => {
    const fold = new Fold();
    // One segment shows no player, two do, and a tool is none.
    const tool = { userAgent: 'curl/8.5.0', class: 'tool' } as const;
    expect(await fold.of(asks(1, 0), watches(1, 0), watches(2, 0), watches(3, 0, tool))).toEqual({
      WatchSecondsUnresolved: 12,
      WatchSecondsInvalid: 6,
      Attempts: 1,
      Starts: 2,
    });
    // What was unresolved turns verified from its beginning.
    expect(await fold.of(watches(1, 6))).toEqual({
      WatchSecondsVerified: 12,
      WatchSecondsUnresolved: -6,
    });
  });

  it.each([
    ['409', 'TurnedAwayByUs'],
    ['404', 'TurnedAwayClientError'],
    ['503', 'TurnedAwayServerError'],
    ['000', 'TurnedAwayHungUp'],
  ])(
    'is who was turned away by %s (%s), until they start within a minute',
    async (status, name) => {
      const fold = new Fold();
      const first = await fold.of(asks(1, 0, { status }));
      // Whom blocks alone answered is in no attempt of a person (G1_refused).
      expect(first).toEqual({ [name]: 1, ...(status !== '409' && { Attempts: 1 }) });
      expect(await fold.of(watches(1, 60))).toMatchObject({ [name]: -1, Starts: 1 });
      expect(fold.rig.telemetry.counts['Attempts']).toBe(1);
    },
  );

  it('is turned away for good who starts later than that', async () => {
    const fold = new Fold();
    await fold.of(asks(1, 0, { status: '503' }));
    expect(await fold.of(watches(1, 61))).not.toHaveProperty('TurnedAwayServerError');
  });

  it('leaves pages out', async () => {
    const page = { path: '/page/start.html' };
    expect(await new Fold().of(asks(1, 0, page), asks(2, 0, { ...page, status: '503' }))).toEqual(
      {},
    );
  });

  it('is written as a whole, because an alarm cannot compute with what is missing', async () => {
    const fold = new Fold();
    await fold.of(watches(1, 0));
    const { counts } = fold.rig.telemetry;
    expect(counts).toMatchObject({ Starts: 1, Attempts: 0, TurnedAwayByUs: 0 });
    const written = Object.keys(counts).filter((name) => name.startsWith('TurnedAway'));
    expect(written).toHaveLength(CAUSES.length);
  });

  it('says nothing twice when a batch comes again', async () => {
    const fold = new Fold();
    const once = await fold.of(asks(1, 0), watches(1, 0), watches(1, 6));
    expect(once).toMatchObject({ Attempts: 1, WatchSecondsVerified: 12 });
    await fold.rig.makeTally()(fold.rig.packetRecords);
    expect(fold.rig.telemetry.counts).toMatchObject(once);
  });
});

describe('streamChangesOf', () => {
  const update = (pk: string, sk: string, ...add: [string, number][]): ViewsUpdate => ({
    ...{ pk, sk, add, set: [], expiresAtSeconds: 0, isFenced: true },
  });
  const starts = `f${FIGURE.starts}_${BUCKET.verified}`;

  it('adds up minutes of all streams and groups, and reads no hour', () => {
    const { starts: sum } = streamChangesOf([
      update('s:a#0', 'm#2026-11-24T12:00', [starts, 5]),
      update('s:a#0', 'm#2026-11-24T12:01', [starts, -2]),
      update('s:b#1', 'm#2026-11-24T12:00', [starts, 10]),
      update('s:a#0', 'h#2026-11-24T12', [starts, 3]),
      update('p:a#0', 'm#2026-11-24T12:00', [starts, 100]),
    ]);
    expect(sum).toBe(13);
  });

  it('counts those that our blocks refused among the turned away, and in no attempt', () => {
    const { attempts, turnedAway } = streamChangesOf([
      update(
        's:a#0',
        'm#2026-11-24T12:00',
        [`f${FIGURE.attempts}_${BUCKET.refusedByUs}`, 7],
        [`f${FIGURE.attempts}_${BUCKET.invalid}`, 9],
        [`f${FIGURE.attempts}_${BUCKET.unresolved}`, 2],
        ['t0', 7],
        ['t4', 1],
      ),
    ]);
    expect([attempts, turnedAway]).toEqual([2, [7, 0, 0, 0, 1]]);
  });
});
