import type { Context, KinesisStreamEvent } from 'aws-lambda';
import { type Batch, decodeBatch } from '../adapters/kinesis-event';
import type { Telemetry } from '../adapters/telemetry';
import type { Interval, IntervalReader } from '../core/road/interval';
import {
  type Cut,
  type Journal,
  completeCut,
  decodeJournal,
  emptyJournal,
  encodeJournal,
  ordinalOf,
  planBatch,
} from '../core/road/journal';
import { emptyFacts, encodePacket } from '../core/road/packet';
import type { JournalStore, PacketWriter, RecordReader, SourceRecord } from '../core/road/ports';
import { compareSequence } from '../core/road/sequence';
import { expiredUnread, homeLaneOf, splitRecords } from '../core/road/source';

export interface IntakeDeps {
  readonly lanes: number;
  readonly retentionMs: number;
  readonly reader: IntervalReader;
  readonly journals: JournalStore;
  readonly records: RecordReader;
  readonly packets: PacketWriter;
  readonly telemetry: Telemetry;
  readonly now: () => number;
}

/** How often another writer may come between before the batch is given back. */
const CONFLICTS_MAX = 5;
/** With less time left a batch is given back rather than cut off. */
const TIME_LEFT_MS_MIN = 5_000;

interface AtHand {
  readonly version: number;
  readonly journal: Journal;
}

type Time = Pick<Context, 'getRemainingTimeInMillis'>;

/** Makes the intake handler: docs/ROAD.md, "Intake". What throws is redelivered, which is harmless. */
export function makeIntake(deps: IntakeDeps) {
  const { lanes, journals, telemetry } = deps;
  const journalsAtHand = new Map<string, AtHand>();

  const load = async (shardId: string): Promise<AtHand> => {
    const stored = await journals.load(shardId);
    if (stored === undefined) return { version: 0, journal: emptyJournal(lanes) };
    return { version: stored.version, journal: decodeJournal(stored.body, lanes) };
  };

  /** Forwards a batch; false if another intake wrote the journal meanwhile. */
  const forward = async ({ shardId, records }: Batch, time: Time): Promise<boolean> => {
    let { version, journal } = journalsAtHand.get(shardId) ?? (await load(shardId));
    journalsAtHand.delete(shardId);
    const isGap = expiredUnread(journal, records[0]!, deps);
    const { redo, newAfter } = planBatch(journal, records[0]!.sequence, isGap);
    if (redo !== undefined) journal = await redoCut(deps, { shardId, records }, journal);
    let lost = isGap ? 1 : 0;
    const fresh = records.filter(({ sequence }) => compareSequence(sequence, newAfter) > 0);
    for (const part of splitRecords(fresh)) {
      checkTime(time);
      const done = completeCut(journal);
      const missing = { lost, upToMs: 0 };
      const interval = deps.reader.read(part, homeLaneOf(shardId, lanes), missing);
      journal = { ...done, cut: cutOf(part, interval) };
      version += 1;
      if (!(await journals.save(shardId, { version, body: encodeJournal(journal) }))) {
        telemetry.count('JournalConflicts', 1);
        return false;
      }
      await send(deps, shardId, journal, interval);
      account(telemetry, interval, lost);
      lost = 0;
    }
    journalsAtHand.set(shardId, { version, journal });
    return true;
  };

  return async (event: KinesisStreamEvent, context: Time): Promise<void> => {
    try {
      const batch = decodeBatch(event);
      for (let conflicts = 0; !(await forward(batch, context)); conflicts += 1) {
        if (conflicts === CONFLICTS_MAX) {
          throw new Error(
            `journal of ${batch.shardId} was written by others ${conflicts + 1} times`,
          );
        }
      }
    } finally {
      telemetry.flush();
    }
  };
}

/** Makes the promised interval again, and sends its packets again; the journal as it then is true. */
async function redoCut(
  deps: IntakeDeps,
  { shardId, records }: Batch,
  journal: Journal,
): Promise<Journal> {
  const cut = journal.cut!;
  const isInside = ({ sequence }: SourceRecord) =>
    compareSequence(sequence, journal.done) > 0 && compareSequence(sequence, cut.to) <= 0;
  const own = records.filter(isInside);
  let part: readonly SourceRecord[] = own;
  if (own.length < cut.records) {
    const read = await deps.records.readBetween(shardId, journal.done, cut.to);
    const all = new Map([...read, ...own].map((record) => [record.sequence, record]));
    part = [...all.values()].sort((a, b) => compareSequence(a.sequence, b.sequence));
  }
  const lost = cut.records - part.length;
  const home = homeLaneOf(shardId, deps.lanes);
  // A lane that was promised nothing gets no packet, and somebody has to say what was lost.
  const carrier = cut.lanesWith.includes(home) ? home : cut.lanesWith[0]!;
  const interval = deps.reader.read(part, carrier, { lost, upToMs: cut.arrivalMs });
  deps.telemetry.count('IntervalsRedone', 1);
  if (lost > 0) deps.telemetry.count('RecordsLost', lost);
  await send(deps, shardId, journal, interval);
  // Lines that are lost will never be folded.
  return { ...journal, cut: { ...cut, lines: interval.lines } };
}

/** Sends a packet to each lane that the cut of the journal promises one, and to no other. */
async function send(
  { lanes, packets, telemetry }: IntakeDeps,
  shardId: string,
  journal: Journal,
  interval: Interval,
): Promise<void> {
  const { lanesWith, arrivalMs } = journal.cut!;
  const ordinal = ordinalOf(journal, journal.cut!);
  const outgoing = lanesWith.map((lane) => {
    const facts = interval.packets.get(lane) ?? emptyFacts(arrivalMs);
    const identity = { lane, shardId, previous: journal.last[lane]!, ordinal };
    return { lane, data: encodePacket(identity, lanes, facts) };
  });
  // What lost its records, or was read by another version of the code, may differ from its promise.
  const strays = [...interval.packets.keys()].filter((lane) => !lanesWith.includes(lane));
  if (strays.length > 0) {
    telemetry.error('interval has lanes that were not promised', { shardId, ordinal, strays });
  }
  await packets.send(outgoing);
  telemetry.count('PacketsSent', outgoing.length);
  telemetry.count(
    'PacketBytes',
    outgoing.reduce((sum, { data }) => sum + data.length, 0),
  );
}

function cutOf(records: readonly SourceRecord[], { packets, lines }: Interval): Cut {
  return {
    to: records.at(-1)!.sequence,
    records: records.length,
    lines,
    arrivalMs: records.reduce((ms, record) => Math.max(ms, record.arrivalMs), 0),
    lanesWith: [...packets.keys()],
  };
}

function account(telemetry: Telemetry, { lines, hits, bad }: Interval, lost: number): void {
  telemetry.count('LinesReceived', lines);
  telemetry.count('LinesHit', hits);
  telemetry.count('LinesBad', lines - hits);
  telemetry.count('RecordsBad', bad.get('bad_record') ?? 0);
  if (lost > 0) telemetry.count('RecordsLost', lost);
}

function checkTime(time: Time): void {
  const left = time.getRemainingTimeInMillis();
  if (left < TIME_LEFT_MS_MIN) {
    throw new Error(`${left} ms left, expected ${TIME_LEFT_MS_MIN}: the rest is redelivered`);
  }
}
