/**
 * What the road asks of the world. Handlers get these, adapters and the simulation's world implement
 * them. All numbers of versions begin at 1; a lost condition is an answer (false), everything else that
 * goes wrong is thrown, and what throws is redelivered.
 */

export interface StoredJournal {
  readonly version: number;
  readonly body: Uint8Array;
}

export interface JournalStore {
  /** Strongly consistent. */
  load(shardId: string): Promise<StoredJournal | undefined>;
  /** Writes if the stored version is journal.version - 1 (or nothing is stored and it is 1). */
  save(shardId: string, journal: StoredJournal): Promise<boolean>;
}

export interface SourceRecord {
  /** the sequence number, decimal */
  readonly sequence: string;
  readonly data: Uint8Array;
  /** when Kinesis took it, ms since the epoch */
  readonly arrivalMs: number;
}

export interface RecordReader {
  /**
   * The records of a shard of the source stream with after < sequence <= upTo, in order; `after` is ''
   * for its beginning. What has expired is not among them.
   */
  readBetween(shardId: string, after: string, upTo: string): Promise<SourceRecord[]>;
}

export interface OutgoingPacket {
  readonly lane: number;
  readonly data: Uint8Array;
}

export interface PacketWriter {
  /** Comes back when all are acknowledged. At most one packet for each lane. */
  send(packets: readonly OutgoingPacket[]): Promise<void>;
}

export interface StoredHead {
  readonly version: number;
  readonly body: Uint8Array;
  /** empty if the outbox is a blob that the body names */
  readonly outbox: Uint8Array;
}

export interface LaneStore {
  /** Strongly consistent. */
  load(lane: number): Promise<StoredHead | undefined>;
  /** Writes if the stored version is head.version - 1 (or nothing is stored and it is 1). */
  save(lane: number, head: StoredHead): Promise<boolean>;
}

/** Immutable pieces of bytes. An id is never written twice with different bytes. */
export interface BlobStore {
  put(lane: number, id: string, bytes: Uint8Array, expiresAtSeconds: number): Promise<void>;
  /** Throws if there is none. `bytes` is the length, so that all chunks can be asked for at once. */
  get(lane: number, id: string, bytes: number): Promise<Uint8Array>;
  remove(lane: number, id: string, bytes: number): Promise<void>;
}

/** Changes of one item of Views, as docs/ROAD.md lists them. */
export interface ViewsUpdate {
  readonly pk: string;
  readonly sk: string;
  readonly add: readonly (readonly [attribute: string, delta: number])[];
  readonly set: readonly (readonly [attribute: string, value: number | string])[];
  /** 0: for ever */
  readonly expiresAtSeconds: number;
  /** false only for what is the same whoever writes it: then it has no `add`, and no fence is kept */
  readonly isFenced: boolean;
}

export interface Fence {
  readonly lane: number;
  readonly version: number;
}

export interface ViewsWriter {
  /**
   * Publishes an outbox. Each update is applied once for each version of the lane, however often and by
   * whomever it is tried; comes back when all are.
   */
  publish(updates: readonly ViewsUpdate[], fence: Fence): Promise<void>;
}

export interface ViewsItem {
  readonly pk: string;
  readonly sk: string;
  readonly values: ReadonlyMap<string, number | string>;
}

export interface ViewsReader {
  /** The items of a partition with from <= sk <= to, in order; of `names` alone, if they are given. */
  query(pk: string, from: string, to: string, names?: readonly string[]): Promise<ViewsItem[]>;
}

export interface QuarantinedRecord {
  readonly stream: string;
  readonly shardId: string;
  readonly sequence: string;
  readonly reason: string;
  readonly data: Uint8Array;
}

export interface Quarantine {
  /** Keeps a note of it; the same record again changes nothing. */
  keep(record: QuarantinedRecord): Promise<void>;
}

/** The keys of viewers' hashes, 16 bytes each; docs/ROAD.md, "Viewer keys". */
export interface ViewerKeys {
  readonly lane: Uint8Array;
  /** by broadcast day: days since 1970-01-01 */
  ofDay(day: number): Uint8Array;
}
