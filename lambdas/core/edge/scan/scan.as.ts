// AssemblyScript, compiled by `npm run wasm` into scan-wasm.ts. What is done to every byte of every
// line is done here: 16 bytes at a time where columns are looked for, 8 where keys are compared.
// Everything works in the module's own memory; places are byte offsets in it.
//
// Its twins in plain TypeScript are test/reference/slow-line.ts, a Map, values.ts and siphash.ts;
// scanner.test.ts, line-tsv.test.ts and fuzz.test.ts compare them.

/** Where results of more than one number are left, see scanner.ts. */
const OUT: usize = 64;
const SPAN_OF: usize = 256;
const SPANS: usize = 512;

/**
 * Looks for the columns of the line at `start`: writes start and end of each that has a span, and
 * the number of columns. Returns where the line ends. A newline must stand before the memory ends.
 */
export function scanColumns(start: usize, columns: i32, delimiter: i32): usize {
  const tabs = i8x16.splat(<i8>delimiter);
  const newlines = i8x16.splat(10);
  let column = 0;
  let from = start;
  let p = start;
  while (true) {
    const block = v128.load(p);
    let found = i8x16.bitmask(v128.or(i8x16.eq(block, tabs), i8x16.eq(block, newlines)));
    while (found != 0) {
      const at = p + ctz(found);
      found &= found - 1;
      const isEnd = load<u8>(at) == 10;
      // Behind the last column there is one without a span, for all that is too much.
      const span = <i32>load<i8>(SPAN_OF + column);
      if (span >= 0) {
        let end = at;
        // A carriage return that stands before the newline belongs to neither.
        if (isEnd && at > from && load<u8>(at - 1) == 13) end = at - 1;
        store<i32>(SPANS + (span << 3), <i32>from);
        store<i32>(SPANS + (span << 3) + 4, <i32>end);
      }
      if (isEnd) {
        store<i32>(OUT, column);
        return at;
      }
      from = at + 1;
      if (column < columns) column++;
    }
    p += 16;
  }
}

/** Epoch time in seconds with decimals, or 13 digits of milliseconds; NaN if it is none. */
function parseEpochMs(start: usize, end: usize): f64 {
  let value: i64 = 0;
  let p = start;
  while (p < end) {
    const digit = <i32>load<u8>(p) - 48;
    if (<u32>digit > 9) break;
    value = value * 10 + digit;
    p++;
  }
  const digits = p - start;
  if (digits == 0 || digits > 15) return NaN;
  if (p == end) return digits == 13 ? <f64>value : <f64>(value * 1000);
  if (load<u8>(p) != 46) return NaN;
  p++;
  let unit = 100;
  let ms = 0;
  while (p < end) {
    const digit = <i32>load<u8>(p) - 48;
    if (<u32>digit > 9) return NaN;
    ms += digit * unit;
    unit = unit == 1 ? 0 : unit / 10;
    p++;
  }
  return <f64>(value * 1000 + ms);
}

/** An IPv4 address as a number, -1 if it is none. */
function parseIpv4(start: usize, end: usize): f64 {
  if (end - start > 15) return -1;
  let value: u32 = 0;
  let octet: i32 = -1;
  let dots = 0;
  for (let p = start; p < end; p++) {
    const byte = <i32>load<u8>(p);
    if (byte == 46) {
      if (octet < 0) return -1;
      value = (value << 8) | octet;
      octet = -1;
      dots++;
      if (dots > 3) return -1;
    } else {
      const digit = byte - 48;
      if (<u32>digit > 9) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  if (dots != 3 || octet < 0) return -1;
  return <f64>((value << 8) | (<u32>octet));
}

/** Spans that readHead reads: positions in SPAN of spans.ts. */
const TIMESTAMP = 0;
const IP = 3;
const STATUS = 4;
const METHOD = 6;
const PATH = 9;

/**
 * Reads the values that every line has, from the spans: epoch time (OUT + 16, f64), IPv4 address (OUT
 * + 24), status (OUT + 28), where the path ends and its query begins (OUT + 32). Returns which of them
 * it could: 1 time, 2 address, 4 status, and 8 if the method is GET. What it could not is for the
 * parsers of values.ts: other forms of time, IPv6, and what is wrong.
 */
export function readHead(): i32 {
  let read = 0;
  let start = load<i32>(SPANS + TIMESTAMP * 8);
  if (start >= 0) {
    const ms = parseEpochMs(start, load<i32>(SPANS + TIMESTAMP * 8 + 4));
    store<f64>(OUT + 16, ms);
    if (ms == ms) read |= 1;
  }
  start = load<i32>(SPANS + IP * 8);
  if (start >= 0) {
    const ip = parseIpv4(start, load<i32>(SPANS + IP * 8 + 4));
    store<u32>(OUT + 24, <u32>ip);
    if (ip >= 0) read |= 2;
  }
  start = load<i32>(SPANS + STATUS * 8);
  if (start >= 0 && load<i32>(SPANS + STATUS * 8 + 4) - start == 3) {
    const a = <u32>load<u8>(start) - 48;
    const b = <u32>load<u8>(start + 1) - 48;
    const c = <u32>load<u8>(start + 2) - 48;
    if (a <= 9 && b <= 9 && c <= 9) {
      store<i32>(OUT + 28, a * 100 + b * 10 + c);
      read |= 4;
    }
  }
  start = load<i32>(SPANS + METHOD * 8);
  if (start >= 0 && load<i32>(SPANS + METHOD * 8 + 4) - start == 3) {
    // "GET", least significant byte first
    if ((load<u32>(start) & 0xffffff) == 0x544547) read |= 8;
  }
  start = load<i32>(SPANS + PATH * 8);
  if (start >= 0) {
    const end = load<i32>(SPANS + PATH * 8 + 4);
    while (start < end && load<u8>(start) != 63) start++;
  }
  store<i32>(OUT + 32, start);
  return read;
}

const MUL: u64 = 0x9e3779b97f4a7c15;

function mix(seed: u64, start: usize, end: usize): u64 {
  let hash = seed;
  let p = start;
  for (; p + 8 <= end; p += 8) {
    hash = (hash ^ load<u64>(p)) * MUL;
    hash ^= hash >> 29;
  }
  if (p < end) {
    // The rest as one word; bytes behind the end are shifted out.
    const rest = load<u64>(p) << (64 - ((end - p) << 3));
    hash = (hash ^ rest) * MUL;
    hash ^= hash >> 29;
  }
  return hash;
}

function isSame(a: usize, b: usize, length: usize): bool {
  let n: usize = 0;
  for (; n + 8 <= length; n += 8) {
    if (load<u64>(a + n) != load<u64>(b + n)) return false;
  }
  for (; n < length; n++) {
    if (load<u8>(a + n) != load<u8>(b + n)) return false;
  }
  return true;
}

/**
 * Finds the number of the key a + b (two pieces, either may be empty) in a table. A key that is new
 * gets the next number n, and -1 - n is returned; when the table is full it begins anew with 0.
 *
 * A table at `table`: u32 number of keys, u32 bytes used, u32 most keys (a power of two), u32 room for
 * bytes; then an index of 4 x most keys (u32 number + 1), entries of 16 bytes (u32 hash, u32 offset, u32
 * lengths of a, of b), then the bytes.
 */
export function intern(table: usize, aStart: usize, aEnd: usize, bStart: usize, bEnd: usize): i32 {
  const most = load<u32>(table, 8);
  const room = load<u32>(table, 12);
  const mask = most * 4 - 1;
  const index = table + 16;
  const entries = index + ((<usize>most) << 4);
  const bytes = entries + ((<usize>most) << 4);
  const aLength = <u32>(aEnd - aStart);
  const bLength = <u32>(bEnd - bStart);
  const wide = mix(mix(aLength, aStart, aEnd), bStart, bEnd);
  const hash = (<u32>(wide >> 32)) ^ (<u32>wide);
  let place = hash & mask;
  while (true) {
    const n = load<u32>(index + ((<usize>place) << 2));
    if (n == 0) break;
    const entry = entries + ((<usize>(n - 1)) << 4);
    if (
      load<u32>(entry) == hash &&
      load<u32>(entry, 8) == aLength &&
      load<u32>(entry, 12) == bLength
    ) {
      const key = bytes + load<u32>(entry, 4);
      if (isSame(key, aStart, aLength) && isSame(key + aLength, bStart, bLength))
        return <i32>(n - 1);
    }
    place = (place + 1) & mask;
  }
  let count = load<u32>(table);
  let used = load<u32>(table, 4);
  if (count == most || used + aLength + bLength > room) {
    memory.fill(index, 0, (<usize>most) << 4);
    count = 0;
    used = 0;
    place = hash & mask;
  }
  memory.copy(bytes + used, aStart, aLength);
  memory.copy(bytes + used + aLength, bStart, bLength);
  const entry = entries + ((<usize>count) << 4);
  store<u32>(entry, hash);
  store<u32>(entry, used, 4);
  store<u32>(entry, aLength, 8);
  store<u32>(entry, bLength, 12);
  store<u32>(index + ((<usize>place) << 2), count + 1);
  store<u32>(table, count + 1);
  store<u32>(table, used + aLength + bLength, 4);
  return -1 - <i32>count;
}

let k0: u64 = 0;
let k1: u64 = 0;

/** The key of SipHash, as four 32-bit words. */
export function setKey(k0l: u32, k0h: u32, k1l: u32, k1h: u32): void {
  k0 = ((<u64>k0h) << 32) | k0l;
  k1 = ((<u64>k1h) << 32) | k1l;
}

/** SipHash-2-4 of the 20 bytes a, b, c, d, e; the halves are left in OUT + 8 (low) and OUT + 12. */
export function sipWords(a: u32, b: u32, c: u32, d: u32, e: u32): void {
  let v0 = k0 ^ 0x736f6d6570736575;
  let v1 = k1 ^ 0x646f72616e646f6d;
  let v2 = k0 ^ 0x6c7967656e657261;
  let v3 = k1 ^ 0x7465646279746573;
  let m: u64 = 0;
  // Two rounds for each of three words and four at the end, as one loop so that the round stands once.
  for (let r = 0; r < 10; r++) {
    if (r < 6 && (r & 1) == 0) {
      m = r == 0 ? ((<u64>b) << 32) | a : r == 2 ? ((<u64>d) << 32) | c : ((<u64>20) << 56) | e;
      v3 ^= m;
    }
    v0 += v1;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v0 = rotl<u64>(v0, 32);
    v2 += v3;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v2 = rotl<u64>(v2, 32);
    if (r < 6 && (r & 1) == 1) {
      v0 ^= m;
      if (r == 5) v2 ^= 0xff;
    }
  }
  store<u64>(OUT + 8, v0 ^ v1 ^ v2 ^ v3);
}
