import { SCAN_WASM } from './scan/scan-wasm';
import { SPAN_COUNT } from './spans';

/**
 * The part of reading that touches every byte of every line, in WebAssembly (scan/scan.as.ts), and the
 * memory in which it works. Lines are put into `bytes` from INPUT on; whoever reads them later reads
 * them there. bench/RESULTS.md has what the same work takes in JavaScript.
 */

/** Places in the memory, in bytes. The first four are those of scan.as.ts. */
const OUT = 64;
const SPAN_OF = 256;
const SPANS = 512;
/** Lines as they come, and room for a newline and for the last read of 16 bytes behind them. */
export const INPUT = 4_096;
export const INPUT_BYTES = 1_310_720;
/** For what is not read where it stands: the values of a JSON line. */
export const SCRATCH = INPUT + INPUT_BYTES + 64;
export const SCRATCH_BYTES = 262_144;
const TABLES = SCRATCH + SCRATCH_BYTES;

/** The longest key of a cache: every table has room for one. */
export const KEY_BYTES_MAX = 65_536;

/** A column list may be this long; columns behind it are not looked at. */
export const COLUMNS_MAX = 255;

/** What readHead could read. */
export const HEAD = { time: 1, ip: 2, status: 4, get: 8 } as const;

interface ScanExports {
  scanColumns(start: number, columns: number, delimiter: number): number;
  readHead(): number;
  intern(table: number, aStart: number, aEnd: number, bStart: number, bEnd: number): number;
  setKey(k0l: number, k0h: number, k1l: number, k1h: number): void;
  sipWords(a: number, b: number, c: number, d: number, e: number): void;
}

interface TableSize {
  /** a power of two */
  readonly keysMax: number;
  /** bytes of all keys together */
  readonly room: number;
}

let compiled: WebAssembly.Module | undefined;

export class Scanner {
  readonly bytes: Uint8Array;
  /** start of span n at 2n, end at 2n + 1; see spans.ts */
  readonly spans: Int32Array;
  private readonly exports: ScanExports;
  private readonly words: Int32Array;
  private readonly unsigned: Uint32Array;
  private readonly floats: Float64Array;
  private tablesEnd = TABLES;
  private readonly memory: WebAssembly.Memory;

  /** @param tables sizes of the tables that `makeCache` hands out, in that order */
  constructor(private readonly tables: readonly TableSize[]) {
    const size = tables.reduce((sum, table) => sum + tableBytes(table), TABLES);
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(size / 65_536) });
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(SCAN_WASM), (c) => c.charCodeAt(0)));
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory: this.memory } });
    this.exports = exports as unknown as ScanExports;
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Int32Array(this.memory.buffer);
    this.unsigned = new Uint32Array(this.memory.buffer);
    // The memory is of whole pages, so this covers it.
    this.floats = new Float64Array(this.memory.buffer);
    this.spans = new Int32Array(this.memory.buffer, SPANS, 2 * SPAN_COUNT);
  }

  /** Says which span each column has (-1 for none); at most COLUMNS_MAX of them. */
  setColumns(spanOf: readonly number[]): void {
    const places = new Int8Array(this.memory.buffer, SPAN_OF, COLUMNS_MAX + 1);
    places.fill(-1);
    places.set(spanOf.slice(0, COLUMNS_MAX));
    this.spans.fill(-1);
  }

  /** Finds the columns of the line at `start`; returns where its newline stands. */
  scanColumns(start: number, columns: number, delimiter: number): number {
    return this.exports.scanColumns(start, columns, delimiter);
  }

  /** The number of delimiters in the line scanned last, at most `columns`. */
  get columnsSeen(): number {
    return this.words[OUT / 4]!;
  }

  /**
   * Reads the values that every line has from the spans, into `head`. Returns which of them it could:
   * bits of HEAD. Times are not checked for sense.
   */
  readHead(): number {
    return this.exports.readHead();
  }

  /** epoch time in ms, of readHead */
  get headTime(): number {
    return this.floats[(OUT + 16) / 8]!;
  }

  /** IPv4 address, of readHead */
  get headIp(): number {
    return this.unsigned[OUT / 4 + 6]!;
  }

  get headStatus(): number {
    return this.words[OUT / 4 + 7]!;
  }

  /** where the path ends and its query begins; -1 without a path */
  get headPathEnd(): number {
    return this.words[OUT / 4 + 8]!;
  }

  /**
   * Makes a cache of what was found out about a piece of a line (an agent, a path, an edge location).
   * Keys are compared in full. A flood of new keys makes it begin anew, which costs time and never
   * changes an answer, because a value is a function of its key.
   */
  makeCache<Value>(): PieceCache<Value> {
    const size = this.tables[this.cachesMade]!;
    this.cachesMade += 1;
    if (size.room < KEY_BYTES_MAX) {
      throw new Error(`a cache needs room for ${KEY_BYTES_MAX} bytes, got ${size.room}`);
    }
    const at = this.tablesEnd;
    this.tablesEnd += tableBytes(size);
    this.unsigned[at / 4 + 2] = size.keysMax;
    this.unsigned[at / 4 + 3] = size.room;
    return new PieceCache(this.exports, at);
  }
  private cachesMade = 0;

  /** The keyed hash of viewers, as siphash.ts computes it, under one key for all. */
  makeViewerHash(key: Uint8Array): ViewerHash {
    this.setKey(key);
    return this.makeHash(
      () => {},
      () => {},
    );
  }

  /** The same with a key for each broadcast day, and one for lanes. Other hashes must not be used beside it. */
  makeDailyHash({ lane, ofDay }: DailyKeys): ViewerHash {
    let current = NaN;
    const use = (name: number, keyOf: () => Uint8Array) => {
      if (name === current) return;
      this.setKey(keyOf());
      current = name;
    };
    const laneKey = () => lane;
    return this.makeHash(
      (day) => use(day, () => ofDay(day)),
      () => use(LANES, laneKey),
    );
  }

  private makeHash(useDay: (day: number) => void, useLanes: () => void): ViewerHash {
    const { exports, unsigned } = this;
    return {
      useDay,
      useLanes,
      hashWords: (a, b, c, d, e) => exports.sipWords(a, b, c, d, e),
      networks: new NetworkMemo(),
      get hi() {
        return unsigned[OUT / 4 + 3]!;
      },
      get lo() {
        return unsigned[OUT / 4 + 2]!;
      },
    };
  }

  private setKey(key: Uint8Array): void {
    const view = new DataView(key.buffer, key.byteOffset, 16);
    const word = (n: number) => view.getUint32(4 * n, true);
    this.exports.setKey(word(0), word(1), word(2), word(3));
  }
}

/** No day has this number. */
const LANES = -1;

export interface DailyKeys {
  /** 16 bytes, the same each day: a network stays in its lane */
  readonly lane: Uint8Array;
  /** 16 bytes, by broadcast day */
  ofDay(day: number): Uint8Array;
}

/** A 64-bit keyed hash of five words; the result is left in its halves. */
export interface ViewerHash {
  /** What follows is hashed under the key of viewers of a broadcast day. */
  useDay(day: number): void;
  /** What follows is hashed under the key of lanes. */
  useLanes(): void;
  hashWords(a: number, b: number, c: number, d: number, e: number): void;
  readonly hi: number;
  readonly lo: number;
  /** what was hashed of networks: they come again and again */
  readonly networks: NetworkMemo;
}

const MEMO_SIZE = 16_384;

/** The last hash of a network at each of so many places. */
export class NetworkMemo {
  readonly hi = new Uint32Array(MEMO_SIZE);
  readonly lo = new Uint32Array(MEMO_SIZE);
  /** the hash plus one, 0 for none */
  readonly hashes = new Uint32Array(MEMO_SIZE);

  placeOf(hi: number, lo: number): number {
    const mixed = Math.imul(lo ^ Math.imul(hi, 0x9e3779b1), 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & (MEMO_SIZE - 1);
  }
}

/**
 * Of the hash of the network by which lanes are chosen (its /20 or /40), 16 bits: the lane is
 * these modulo the number of lanes.
 */
export function hashNetwork(hash: ViewerHash, addressHi: number, addressLo: number): number {
  // IPv4 /20: the low 12 bits go. IPv6 /40: 8 bits of the second word stay.
  const prefix = addressHi === 0xffff ? addressLo & 0xfffff000 : addressLo & 0xff000000;
  const { networks } = hash;
  const place = networks.placeOf(addressHi, prefix);
  if (networks.lo[place] === prefix >>> 0 && networks.hi[place] === addressHi) {
    const known = networks.hashes[place]!;
    if (known > 0) return known - 1;
  }
  hash.useLanes();
  hash.hashWords(addressHi, prefix, 0, 0, -2);
  const made = hash.lo & 0xffff;
  networks.hi[place] = addressHi;
  networks.lo[place] = prefix;
  networks.hashes[place] = made + 1;
  return made;
}

export class PieceCache<Value> {
  private readonly values: Value[] = [];

  constructor(
    private readonly exports: ScanExports,
    private readonly table: number,
  ) {}

  /** The value of the key a + b (two pieces of the memory, either may be empty), made when it is new. */
  get(aStart: number, aEnd: number, bStart: number, bEnd: number, make: () => Value): Value {
    // A key that no table has room for is found out each time.
    if (aEnd - aStart + bEnd - bStart > KEY_BYTES_MAX) return make();
    const n = this.exports.intern(this.table, aStart, aEnd, bStart, bEnd);
    if (n >= 0) return this.values[n]!;
    const value = make();
    this.values[-1 - n] = value;
    return value;
  }
}

/** Head, index and entries of 16 bytes a key each, and the keys themselves; in whole words. */
function tableBytes({ keysMax, room }: TableSize): number {
  return 16 + 32 * keysMax + Math.ceil(room / 16) * 16;
}
