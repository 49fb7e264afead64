import { encodeHead } from '../../lambdas/core/road/lane-head';
import { failureOf } from '../contract/world';
import { HandlerRig } from '../support/handler-rig';
import { NOON_MS, networkIp, rowOf } from '../support/road-rows';

/**
 * Goal: watch is silent while all goes well, and says what is missing a minute after it went missing.
 * Method: the handlers with their adapters on services in memory; packets that are late or lost.
 */

const rows = (n: number) =>
  Array.from({ length: n }, (_, at) => rowOf({ ip: networkIp(at % 12), tMs: NOON_MS }));

class Minutes {
  readonly rig = new HandlerRig();
  private readonly watch = this.rig.makeWatch();

  /** A minute passes, and watch runs. */
  async pass() {
    const { telemetry } = this.rig;
    const before = telemetry.errors.length;
    this.rig.nowMs += 60_000;
    await this.watch();
    return {
      ...Object.fromEntries(telemetry.values.slice(-2)),
      errors: telemetry.errors.slice(before).map(([message]) => message),
    };
  }
}

const QUIET = { OpenHoles: 0, LinesUnfolded: 0, errors: [] };

describe('watch', () => {
  it('is silent on an empty road, and on one that flows', async () => {
    const minutes = new Minutes();
    const { rig } = minutes;
    expect(await minutes.pass()).toEqual(QUIET);
    const [intake, tally] = [rig.makeIntake(), rig.makeTally()];
    for (let n = 0; n < 3; n += 1) {
      await intake(rig.putLines(rows(40)));
      // What is under way is not missing.
      expect(await minutes.pass()).toEqual(QUIET);
      await rig.tallyAll(tally);
    }
    expect(await minutes.pass()).toEqual(QUIET);
    expect(rig.telemetry.flushed).toBe(3 + 3 + 5);
  });

  it('tells lines that are not folded in the second minute, until they are', async () => {
    const minutes = new Minutes();
    const { rig } = minutes;
    await rig.makeIntake()(rig.putLines(rows(40)));
    expect(await minutes.pass()).toEqual(QUIET);
    const errors = ['lines forwarded and lines folded differ since a minute'];
    expect(await minutes.pass()).toEqual({ OpenHoles: 0, LinesUnfolded: 40, errors });
    expect(await minutes.pass()).toEqual({ OpenHoles: 0, LinesUnfolded: 40, errors });
    await rig.tallyAll();
    expect(await minutes.pass()).toEqual(QUIET);
  });

  it('tells a lost packet by its hole and its lines', async () => {
    const minutes = new Minutes();
    const { rig } = minutes;
    const intake = rig.makeIntake();
    for (let n = 0; n < 3; n += 1) await intake(rig.putLines(rows(12), 1));
    const { lane, ledger, ordinal } = rig.packets[0]!;
    const [lost, ...rest] = rig.packetRecords;
    await rig.makeTally()(rest);
    expect(await minutes.pass()).toEqual(QUIET);
    expect(await minutes.pass()).toMatchObject({ OpenHoles: 1, LinesUnfolded: ledger.lines });
    expect(rig.telemetry.errors.find(([message]) => message === 'holes stay open')![1]).toEqual({
      openHoles: [`${lane} ${rig.lines.id} 0-${ordinal}`],
    });
    await rig.makeTally()([lost!]);
    expect(await minutes.pass()).toEqual(QUIET);
  });

  it('is silent after a month in which journals expired, whatever chains still know', async () => {
    const minutes = new Minutes();
    const { rig } = minutes;
    await rig.makeIntake()(rig.putLines(rows(40)));
    await rig.tallyAll();
    rig.nowMs += 33 * 86_400_000;
    rig.dynamo.sweep('State', rig.nowMs / 1_000);
    expect(await minutes.pass()).toEqual(QUIET);
    // A single line, for a single lane.
    await rig.makeIntake()(rig.putLines(rows(1)));
    await rig.tallyAll();
    expect(await minutes.pass()).toEqual(QUIET);
    expect(await minutes.pass()).toEqual(QUIET);
  });

  it('tells how old the newest counted line is, once there is one', async () => {
    const minutes = new Minutes();
    const { rig } = minutes;
    const ages = () =>
      rig.telemetry.values.filter(([name]) => name === 'FreshnessMs').map(([, ms]) => ms);
    await minutes.pass();
    expect(ages()).toEqual([]);
    await rig.makeIntake()(rig.putLines(rows(40)));
    await minutes.pass();
    expect(ages()).toEqual([]); // forwarded is not counted
    await rig.tallyAll();
    await minutes.pass();
    await minutes.pass();
    expect(ages()).toEqual([120_000, 180_000]);
    rig.nowMs -= 600_000; // a clock that is behind that of Kinesis
    await minutes.pass();
    expect(ages().at(-1)).toBe(0);
  });

  it('tells lines that were folded twice', async () => {
    const minutes = new Minutes();
    const { rig } = minutes;
    await rig.makeIntake()(rig.putLines(rows(40)));
    await rig.tallyAll();
    const [[lane, head]] = [...(await rig.laneHeads())] as [
      [number, Parameters<typeof encodeHead>[0]],
    ];
    const stored = await rig.heads.load(lane);
    for (const chain of head.chains.values()) chain.lines += 7;
    await rig.heads.save(lane, {
      ...stored!,
      version: stored!.version + 1,
      body: encodeHead(head),
    });
    expect(await minutes.pass()).toEqual(QUIET);
    expect(await minutes.pass()).toMatchObject({ OpenHoles: 0, LinesUnfolded: 7 });
  });

  it('fails aloud at a journal that it cannot read, and writes what it measured', async () => {
    const minutes = new Minutes();
    const { rig } = minutes;
    await rig.journals.save('shardId-000000000000', { version: 1, body: Uint8Array.of(1, 2, 3) });
    expect((await failureOf(minutes.pass())).message).toBe('journal: byte 0 is 1, expected 84');
    expect(rig.telemetry.flushed).toBe(1);
  });
});
