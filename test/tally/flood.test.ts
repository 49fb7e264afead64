import type { LaneStore } from '../../lambdas/core/road/ports';
import { IntervalReader } from '../../lambdas/core/road/interval';
import { LANE_LIMITS, Lane } from '../../lambdas/core/road/lane';
import { decodeHead } from '../../lambdas/core/road/lane-head';
import { decodePacket, encodePacket } from '../../lambdas/core/road/packet';
import type { SourceRecord } from '../../lambdas/core/road/ports';
import { HandlerRig } from '../support/handler-rig';
import { DAYS } from '../support/lane-entries';
import { LANE_RULES } from '../support/lane-rig';
import { TEST_KEYS } from '../support/road-in-memory';
import { NOON_MS, ROAD_SETTINGS, networkIp, recordsOf, rowOf } from '../support/road-rows';

/**
 * Goal: a network that floods its lane with new agents pays for it alone: the lane stays within its memory,
 * and all other lanes count every line. Method: a second of 100,000 lines, each of another agent, all from
 * one /20, in batches of 5,000 with the lines of people in other lanes between; through the interval
 * reader and tally.
 */

const BATCHES = 20;
const FLOOD_LINES = 4_900;
const PEOPLE_LINES = 100;

/** 4,096 addresses of 198.18.0.0/20. */
const floodIp = (n: number) => `198.18.${(n >> 8) & 15}.${n & 255}`;

/** A line of another agent each, made by hand: 100,000 of them. */
function floodRows(batch: number): string[] {
  const fields = rowOf({ ip: '198.18.0.0', userAgent: 'Flood/AGENT', tMs: NOON_MS }).split('\t');
  const [ip, agent] = ['198.18.0.0', 'Flood/AGENT'].map((text) =>
    fields.findIndex((field) => field === text),
  );
  return Array.from({ length: FLOOD_LINES }, (_, at) => {
    const n = batch * FLOOD_LINES + at;
    fields[ip!] = floodIp(n);
    fields[agent!] = `Mozilla/5.0%20Chrome/130.0%20${n}`;
    return fields.join('\t');
  });
}

const peopleRows = (batch: number) =>
  Array.from({ length: PEOPLE_LINES }, (_, n) =>
    rowOf({ ip: networkIp(n), tMs: NOON_MS + batch * 50, path: `/live/v/${batch}.m4s` }),
  );

interface Flood {
  readonly records: readonly SourceRecord[];
  readonly floodedLane: number;
  /** by lane: all lines, and those of people alone */
  readonly lines: ReadonlyMap<number, number>;
  readonly people: ReadonlyMap<number, number>;
}

/** The second as packets; what each lane must count comes from the people's lines read alone. */
function makeFlood(): Flood {
  const make = () => new IntervalReader({ settings: ROAD_SETTINGS, lanes: 16, keys: TEST_KEYS });
  const [reader, alone] = [make(), make()];
  const records: SourceRecord[] = [];
  const lines = new Map<number, number>();
  const people = new Map<number, number>();
  const last = new Map<number, number>();
  let floodedLane = -1;
  for (let batch = 0; batch < BATCHES; batch += 1) {
    const own = peopleRows(batch);
    const interval = reader.read(recordsOf([...floodRows(batch), ...own]), 0);
    expect(interval).toMatchObject({ lines: 5_000, hits: 5_000 });
    for (const [lane, { ledger }] of alone.read(recordsOf(own), 0).packets) {
      people.set(lane, (people.get(lane) ?? 0) + ledger.lines);
    }
    for (const [lane, facts] of interval.packets) {
      if (facts.ledger.lines >= FLOOD_LINES) floodedLane = lane;
      lines.set(lane, (lines.get(lane) ?? 0) + facts.ledger.lines);
      const ordinal = NOON_MS + batch + 1;
      const identity = {
        lane,
        shardId: 'shardId-000000000000',
        previous: last.get(lane) ?? 0,
        ordinal,
      };
      last.set(lane, ordinal);
      const data = encodePacket(identity, 16, facts);
      records.push({
        sequence: String(records.length + 1).padStart(6, '0'),
        data,
        arrivalMs: NOON_MS,
      });
    }
  }
  return { records, floodedLane, lines, people };
}

/**
 * Bytes of a lane's day that is as full as it may be: twice the limits are held before they are cut. An
 * entry has 72 bytes, at most 48 in the index (which doubles), and 40 for its address with at most 12 in
 * the index of addresses, each of one viewer in the worst case.
 */
const bytesMax = ({ viewersMax, waitingMax }: { viewersMax: number; waitingMax: number }) =>
  (2 * (viewersMax + waitingMax) + 1) * (72 + 48 + 40 + 12) + 65_536;

describe('a lane that one network floods', () => {
  const flood = makeFlood();

  it('does not keep the other lanes from counting every line, and is worked on last', async () => {
    const rig = new HandlerRig();
    const saved: number[] = [];
    const lanes: LaneStore = {
      load: (lane) => rig.heads.load(lane),
      save: (lane, head) => {
        saved.push(lane);
        return rig.heads.save(lane, head);
      },
    };
    const tally = rig.makeTally({ lanes });
    const { records, floodedLane, lines, people } = flood;
    expect(people.size).toBeGreaterThan(12);
    const beganMs = performance.now();
    for (let at = 0; at < records.length; at += 80) {
      saved.length = 0;
      await tally(records.slice(at, at + 80));
      expect(saved.at(-1)).toBe(floodedLane);
    }
    // For information alone.
    console.info(`${records.length} packets in ${Math.round(performance.now() - beganMs)} ms`);
    for (const [lane, { chains }] of await rig.laneHeads()) {
      const folded = [...chains.values()].reduce((sum, chain) => sum + chain.lines, 0);
      expect([lane, folded]).toEqual([lane, lines.get(lane)]);
      if (lane !== floodedLane) expect(folded).toBe(people.get(lane));
    }
    expect(rig.ledger).toEqual({ lines: BATCHES * 5_000, hits: BATCHES * 5_000 });
  });

  it.each([
    ['real limits, which a second does not reach', LANE_LIMITS, false],
    [
      'a sixteenth of them',
      { viewersMax: LANE_LIMITS.viewersMax / 16, waitingMax: LANE_LIMITS.waitingMax / 16 },
      true,
    ],
  ])('stays within its memory: %s', (_, laneLimits, isCut) => {
    const { thresholds } = ROAD_SETTINGS;
    const limits = { ...thresholds, ...laneLimits };
    const lane = flood.floodedLane;
    let state = new Lane({ lane, rules: LANE_RULES, limits, days: DAYS });
    let most = 0;
    for (const { data } of flood.records) {
      const packet = decodePacket(data);
      if (packet.lane !== lane) continue;
      state.place([packet]);
      const { head } = state.fold([packet], [], 'w');
      most = Math.max(most, state.bytesUsed);
      state = new Lane({ lane, rules: LANE_RULES, limits, days: DAYS }, head, state);
      const keys = [...decodeHead(head.body).days.values()][0]!.keyLimits;
      if (packet.ordinal === NOON_MS + BATCHES) expect(keys[0] < 0xffffffff).toBe(isCut);
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(bytesMax(laneLimits));
  });
});
