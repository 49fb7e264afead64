/** What the road asks of the world, in memory and for nothing, so that a benchmark times the road alone. */
import type { Telemetry } from '../lambdas/adapters/telemetry';
import { makeViewerKeys } from '../lambdas/adapters/viewer-key';
import { makeDays } from '../lambdas/core/audience/day';
import { IntervalReader } from '../lambdas/core/road/interval';
import { rhythmOf, shortestMs } from '../lambdas/core/guard/rules';
import { LANE_LIMITS } from '../lambdas/core/road/lane';
import type {
  BlobStore,
  JournalStore,
  LaneStore,
  OutgoingPacket,
  PacketWriter,
  StoredHead,
  StoredJournal,
  ViewsUpdate,
  ViewsWriter,
} from '../lambdas/core/road/ports';
import { DEFAULT_SETTINGS, type LaneCount, type Settings } from '../lambdas/core/settings';
import type { IntakeDeps } from '../lambdas/intake/intake';
import type { TallyDeps } from '../lambdas/tally/tally';

export const RETENTION_MS = 7 * 86_400_000;
export const KEYS = makeViewerKeys(new TextEncoder().encode('a secret of the benchmarks'));

export const SILENT: Telemetry = {
  count: () => {},
  value: () => {},
  info: () => {},
  warn: () => {},
  error: (message, facts) => {
    throw new Error(`${message}: ${JSON.stringify(facts)}`, { cause: facts?.['error'] });
  },
  flush: () => {},
};

/** All the time that Lambda may give. */
export const TIME = { getRemainingTimeInMillis: () => 120_000 };

export function settingsOf(lanes: LaneCount): Settings {
  return { ...DEFAULT_SETTINGS, lanes };
}

type Rest<Deps, Ports> = Omit<Deps, keyof Ports>;

/** What intake is made of, besides what it sends and stores. */
export function intakeRules(
  settings: Settings,
  now: () => number,
): Rest<IntakeDeps, { journals: unknown; packets: unknown }> {
  const { lanes } = settings;
  return {
    lanes,
    retentionMs: RETENTION_MS,
    reader: new IntervalReader({ settings, lanes, keys: KEYS }),
    records: { readBetween: () => refuse('a record is read again') },
    telemetry: SILENT,
    now,
  };
}

/** What tally is made of, besides what it stores. */
export function tallyRules(
  settings: Settings,
  now: () => number,
): Rest<TallyDeps, { lanes: unknown; blobs: unknown; views: unknown }> {
  const { lanes, timeZone, dayStartHour, thresholds } = settings;
  return {
    rules: { lanes, timeZone, dayStartHour, pagesPerDayMax: thresholds.pagesPerDayMax },
    limits: { ...thresholds, ...LANE_LIMITS },
    days: makeDays(timeZone, dayStartHour),
    stream: 'packets',
    quarantine: { keep: () => refuse('a packet is quarantined') },
    // Sources are judged as they are on AWS. Who is told would be no more in the figures that are compared.
    guard: { rhythm: rhythmOf(shortestMs(settings)), suspects: { put: async () => {} } },
    telemetry: SILENT,
    now,
    writer: 'writer00',
    atHandBytesMax: Infinity,
  };
}

async function refuse(what: string): Promise<never> {
  throw new Error(`${what}, expected only good records in order`);
}

/** The stores of the road as maps. Who writes gives its bytes away. */
export class MemoryPorts {
  readonly sent: OutgoingPacket[] = [];
  readonly published: ViewsUpdate[] = [];
  private readonly savedJournals = new Map<string, StoredJournal>();
  private readonly savedHeads = new Map<number, StoredHead>();
  private readonly savedBlobs = new Map<string, Uint8Array>();

  readonly journals: JournalStore = {
    load: async (shardId) => this.savedJournals.get(shardId),
    save: async (shardId, journal) => {
      const version = this.savedJournals.get(shardId)?.version ?? 0;
      if (journal.version !== version + 1) return false;
      this.savedJournals.set(shardId, journal);
      return true;
    },
  };

  readonly packets: PacketWriter = {
    send: async (packets) => void this.sent.push(...packets),
  };

  readonly lanes: LaneStore = {
    load: async (lane) => this.savedHeads.get(lane),
    save: async (lane, head) => {
      const version = this.savedHeads.get(lane)?.version ?? 0;
      if (head.version !== version + 1) return false;
      this.savedHeads.set(lane, head);
      return true;
    },
  };

  readonly blobs: BlobStore = {
    put: async (lane, id, bytes) => void this.savedBlobs.set(`${lane} ${id}`, bytes),
    get: async (lane, id) => this.savedBlobs.get(`${lane} ${id}`)!,
    remove: async (lane, id) => void this.savedBlobs.delete(`${lane} ${id}`),
  };

  readonly views: ViewsWriter = {
    publish: async (updates) => void this.published.push(...updates),
  };
}
