/**
 * Values of fields, read straight from bytes: times, addresses, numbers. All return NaN, -1 or false
 * instead of throwing; none allocates.
 */

const ZERO = 0x30;
/** 2000-01-01 and 2100-01-01: a time outside is a damaged line, not an event. */
const TIME_MIN_MS = 946_684_800_000;
const TIME_MAX_MS = 4_102_444_800_000;

/** Decimal digits [start, end) as a number; NaN if there is none or anything else. */
export function parseDigits(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end || end - start > 15) return NaN;
  let value = 0;
  for (let p = start; p < end; p += 1) {
    const digit = bytes[p]! - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Epoch time: seconds with up to 3 decimals used (`1684226820.937`), or 13 digits of milliseconds
 * (`1731623425421`, field `timestamp(ms)`). Milliseconds, or NaN.
 */
export function parseEpochMs(bytes: Uint8Array, start: number, end: number): number {
  let dot = start;
  while (dot < end && bytes[dot] !== 0x2e) dot += 1;
  const whole = parseDigits(bytes, start, dot);
  if (dot - start === 13 && dot === end) return inRange(whole);
  let ms = whole * 1_000;
  let unit = 100;
  for (let p = dot + 1; p < end; p += 1) {
    const digit = bytes[p]! - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    ms += digit * unit;
    unit = unit === 1 ? 0 : unit / 10;
  }
  return inRange(ms);
}

/** `2026-11-24` and `20:42:01` (UTC) as milliseconds, or NaN. */
export function parseDateTimeMs(
  bytes: Uint8Array,
  dateStart: number,
  dateEnd: number,
  clockStart: number,
  clockEnd: number,
): number {
  if (dateEnd - dateStart !== 10 || clockEnd - clockStart < 8) return NaN;
  if (bytes[dateStart + 4] !== 0x2d || bytes[dateStart + 7] !== 0x2d) return NaN;
  const day = daysFromCivil(
    parseDigits(bytes, dateStart, dateStart + 4),
    parseDigits(bytes, dateStart + 5, dateStart + 7),
    parseDigits(bytes, dateStart + 8, dateEnd),
  );
  return inRange(day * 86_400_000 + parseClockMs(bytes, clockStart));
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** `17/May/2015:10:05:03 +0200` as milliseconds, or NaN. */
export function parseClfMs(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 20 || bytes[start + 2] !== 0x2f || bytes[start + 6] !== 0x2f) return NaN;
  const letters = String.fromCharCode(bytes[start + 3]!, bytes[start + 4]!, bytes[start + 5]!);
  const month = MONTHS.indexOf(letters);
  if (month < 0 || month % 3 !== 0) return NaN;
  const day = daysFromCivil(
    parseDigits(bytes, start + 7, start + 11),
    month / 3 + 1,
    parseDigits(bytes, start, start + 2),
  );
  let offset = 0;
  if (end - start >= 26) {
    const minutes =
      parseDigits(bytes, start + 22, start + 24) * 60 + parseDigits(bytes, start + 24, start + 26);
    offset = bytes[start + 21] === 0x2d ? -minutes : minutes;
  }
  return inRange(day * 86_400_000 + parseClockMs(bytes, start + 12) - offset * 60_000);
}

function parseClockMs(bytes: Uint8Array, p: number): number {
  if (bytes[p + 2] !== 0x3a || bytes[p + 5] !== 0x3a) return NaN;
  const hour = parseDigits(bytes, p, p + 2);
  const minute = parseDigits(bytes, p + 3, p + 5);
  const second = parseDigits(bytes, p + 6, p + 8);
  if (hour > 23 || minute > 59 || second > 60) return NaN;
  return ((hour * 60 + minute) * 60 + second) * 1_000;
}

/** The time itself, or NaN if no log can mean it. */
export function inRange(ms: number): number {
  return ms >= TIME_MIN_MS && ms < TIME_MAX_MS ? ms : NaN;
}

/** Days since 1970-01-01 of a Gregorian date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
export function daysFromCivil(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** An address as read: words[0..3], IPv4 in words[3]. `parseAddress` writes it, `isV4` tells. */
export interface AddressWords {
  readonly words: Uint32Array;
  isV4: boolean;
}

export function makeAddressWords(): AddressWords {
  return { words: new Uint32Array(4), isV4: true };
}

/** Reads an IPv4 or IPv6 address; an IPv4-mapped IPv6 address is IPv4. False if it is none. */
export function parseAddress(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: AddressWords,
): boolean {
  const v4 = parseIpv4(bytes, start, end);
  if (v4 >= 0) {
    out.words[3] = v4;
    out.isV4 = true;
    return true;
  }
  return parseIpv6(bytes, start, end, out);
}

function parseIpv4(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15) return -1;
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let p = start; p < end; p += 1) {
    const byte = bytes[p]!;
    if (byte === 0x2e) {
      if (octet < 0) return -1;
      value = value * 256 + octet;
      octet = -1;
      dots += 1;
    } else {
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

const GROUPS = new Uint16Array(8);

function parseIpv6(bytes: Uint8Array, start: number, end: number, out: AddressWords): boolean {
  if (end - start < 2 || end - start > 45) return false;
  let count = 0;
  let gap = -1;
  let p = start;
  if (bytes[p] === 0x3a) {
    if (bytes[p + 1] !== 0x3a) return false;
    gap = 0;
    p += 2;
  }
  while (p < end) {
    if (count === 8) return false;
    let value = 0;
    const from = p;
    for (; p < end; p += 1) {
      const digit = hexDigit(bytes[p]!);
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    if (p < end && bytes[p] === 0x2e) {
      const v4 = parseIpv4(bytes, from, end);
      if (v4 < 0 || count > 6) return false;
      GROUPS[count] = v4 >>> 16;
      GROUPS[count + 1] = v4 & 0xffff;
      count += 2;
      break;
    }
    if (p === from || p - from > 4) return false;
    GROUPS[count] = value;
    count += 1;
    if (p === end) break;
    if (bytes[p] !== 0x3a) return false;
    p += 1;
    if (p === end) return false;
    if (bytes[p] === 0x3a) {
      if (gap >= 0) return false;
      gap = count;
      p += 1;
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return false;
  spreadGroups(count, gap, out);
  return true;
}

function spreadGroups(count: number, gap: number, out: AddressWords): void {
  if (gap >= 0) {
    GROUPS.copyWithin(8 - (count - gap), gap, count);
    GROUPS.fill(0, gap, 8 - (count - gap));
  }
  for (let n = 0; n < 4; n += 1) out.words[n] = GROUPS[2 * n]! * 65_536 + GROUPS[2 * n + 1]!;
  out.isV4 = out.words[0] === 0 && out.words[1] === 0 && out.words[2] === 0xffff;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** 32-bit FNV-1a: the public hash of session ids and of the order of B1 (never of viewer keys). */
export function fnv1a(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let p = start; p < end; p += 1) hash = Math.imul(hash ^ bytes[p]!, 0x01000193);
  return hash >>> 0;
}

/**
 * Percent-decodes as far as it makes sense: a malformed escape stays as it is, bytes that are no
 * UTF-8 become U+FFFD. Twice, because CloudFront's older logs escape what was escaped.
 */
export function decodeEscapes(text: string): string {
  const once = decodeOnce(text);
  return once === text ? text : decodeOnce(once);
}

function decodeOnce(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => {
    const bytes = Uint8Array.from(escapes.slice(1).split('%'), (hex) => parseInt(hex, 16));
    return UTF8.decode(bytes);
  });
}

const UTF8 = new TextDecoder('utf-8', { fatal: false });
