/**
 * A small HLS stream, made of nothing: silence in AAC, as packed audio. Players play it, and what they
 * ask for is counted like any other stream. Sources: ISO/IEC 14496-3 (frames of AAC), ISO/IEC 13818-7
 * (ADTS headers), RFC 8216 3.4 (packed audio and the time in front of it).
 */
const SAMPLES_PER_SECOND = 32_000;
const SAMPLES_PER_FRAME = 1_024;
const FRAMES_PER_SEGMENT = 188;
/** 6.016: what turnout.json takes for the length of a segment, if it says nothing, is 6. */
export const SEGMENT_SECONDS = (FRAMES_PER_SEGMENT * SAMPLES_PER_FRAME) / SAMPLES_PER_SECOND;

const SEGMENTS = 100;
const TICKS_PER_SECOND = 90_000;

/**
 * One frame of silence. The ADTS header: sync, MPEG-4 without checksum; AAC LC, 32 kHz, mono; 11 bytes
 * in all; one block, rate not constant. The block: a single channel without any band, and the end.
 */
const FRAME = Uint8Array.from([
  ...[0xff, 0xf1, 0x54, 0x40, 0x01, 0x7f, 0xfc],
  ...[0x00, 0x00, 0x00, 0x07],
]);

/** File by name, as they lie in one folder. */
export function makeHlsSample(): ReadonlyMap<string, Uint8Array> {
  const names = Array.from({ length: SEGMENTS }, (_, n) => `silence_${n}.aac`);
  return new Map([
    ['index.m3u8', textBytes(masterPlaylist())],
    ['silence.m3u8', textBytes(mediaPlaylist(names))],
    ...names.map((name, n) => [name, makeSegment(n)] as const),
  ]);
}

function masterPlaylist(): string {
  const bitsPerSecond = Math.ceil(((FRAME.length * 8) / SAMPLES_PER_FRAME) * SAMPLES_PER_SECOND);
  return lines(
    '#EXTM3U',
    `#EXT-X-STREAM-INF:BANDWIDTH=${2 * bitsPerSecond},CODECS="mp4a.40.2"`,
    'silence.m3u8',
  );
}

function mediaPlaylist(names: readonly string[]): string {
  return lines(
    ...['#EXTM3U', '#EXT-X-VERSION:3', `#EXT-X-TARGETDURATION:${Math.round(SEGMENT_SECONDS)}`],
    ...['#EXT-X-MEDIA-SEQUENCE:0', '#EXT-X-PLAYLIST-TYPE:VOD'],
    ...names.flatMap((name) => [`#EXTINF:${SEGMENT_SECONDS.toFixed(3)},`, name]),
    '#EXT-X-ENDLIST',
  );
}

function makeSegment(n: number): Uint8Array {
  const tag = timeTag(Math.round(n * SEGMENT_SECONDS * TICKS_PER_SECOND));
  const segment = new Uint8Array(tag.length + FRAMES_PER_SEGMENT * FRAME.length);
  segment.set(tag);
  for (let frame = 0; frame < FRAMES_PER_SEGMENT; frame += 1) {
    segment.set(FRAME, tag.length + frame * FRAME.length);
  }
  return segment;
}

/** ID3v2.4 with one private frame: when the segment begins. Packed audio has no other clock. */
function timeTag(ticks: number): Uint8Array {
  const time = new DataView(new ArrayBuffer(8));
  time.setBigUint64(0, BigInt(ticks));
  const owner = textBytes('com.apple.streaming.transportStreamTimestamp\0');
  const body = [...owner, ...new Uint8Array(time.buffer)];
  const frame = [...textBytes('PRIV'), ...sevenBits(body.length), 0, 0, ...body];
  return Uint8Array.from([...textBytes('ID3'), 4, 0, 0, ...sevenBits(frame.length), ...frame]);
}

/** Four bytes of seven bits each, as ID3 writes lengths. */
function sevenBits(length: number): number[] {
  return [21, 14, 7, 0].map((shift) => (length >> shift) & 0x7f);
}

function textBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
