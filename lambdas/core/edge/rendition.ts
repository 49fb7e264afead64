/**
 * Directories that hold one rendition of a content and do not name it: sizes, bitrates, codecs,
 * formats, tracks. Without a configured rule they are taken off the right of a path, so that the
 * master playlist, all its renditions, and HLS beside DASH are one content.
 */

/** Number of leading directories that name the content. */
export function contentDepth(directories: readonly string[]): number {
  let depth = directories.length;
  while (depth > 0 && isRenditionAt(directories, depth - 1)) depth -= 1;
  return depth;
}

/** Longer names are names. The bound also keeps the patterns below cheap. */
const RENDITION_CHARS_MAX = 64;

const AUDIO = 'audio aud aac ac3 ac-3 ec3 ec-3 eac3 opus mp3 mp4a stereo surround mono'.split(' ');
const AUDIO_WORDS: ReadonlySet<string> = new Set(AUDIO);
/** Say nothing about what is shown, wherever they stand. */
const WORDS: ReadonlySet<string> = new Set([
  ...AUDIO,
  ...'video vid avc avc1 h264 h265 hevc hvc1 av1 av01 vp9'.split(' '),
  ...'hd sd fhd uhd qhd low lo mid medium high hi'.split(' '),
  ...'hls llhls ll-hls dash cmaf ts fmp4 mp4 media init'.split(' '),
  ...'chunk chunks segment segments seg segs part parts fragment fragments'.split(' '),
]);
/** Name a rendition only together with a number or a word of the list above: stream_0, track-aac. */
const COUNTED_WORDS: ReadonlySet<string> = new Set(
  'stream track rendition variant level layer profile quality bitrate representation v a'.split(
    ' ',
  ),
);

const NUMBER = /^\d{1,8}$/; // longer ones are ids and times
const SIZE = /^(?:\d{3,4}[pi]\d{0,3}|\d{2,5}x\d{2,5})$/;
const BITRATE = /^\d{1,8}(?:k|kb|kbps|kbit|kbits|m|mb|mbps|mbit|mbits|bps)$/; // and 4k
const COUNTED = /^([a-z]+)\d{1,8}$/; // v1, a1, stream0, track12
const LANGUAGE = /^[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,3}$/;

/** Years and the months and days below them are parts of a name: /talks/2026/11/24. */
const YEAR = /^20[1-3]\d$/;
const MONTH = /^(?:0[1-9]|1[0-2])$/;
const DAY = /^(?:0[1-9]|[12]\d|3[01])$/;

function isRenditionAt(directories: readonly string[], n: number): boolean {
  const name = directories[n]!;
  if (name.length > RENDITION_CHARS_MAX) return false;
  if (name === '' || name === '.') return true; // doubled slashes
  const lower = name.toLowerCase();
  if (isDateAt(directories, n)) return false;
  if (isRendition(lower)) return true;
  return n > 0 && LANGUAGE.test(lower) && isAudio(directories[n - 1]!);
}

function isDateAt(directories: readonly string[], n: number): boolean {
  const [name, above, top] = [directories[n]!, directories[n - 1] ?? '', directories[n - 2] ?? ''];
  if (YEAR.test(name) || (MONTH.test(name) && YEAR.test(above))) return true;
  return DAY.test(name) && MONTH.test(above) && YEAR.test(top);
}

function isRendition(name: string): boolean {
  if (NUMBER.test(name) || isPlain(name)) return true;
  const parts = name.split(/[-_.]/);
  // A name of numbers alone, as 2026-11-24, is a date or an id.
  if (parts.length < 2 || parts.every((part) => NUMBER.test(part))) return false;
  const afterAudio = (n: number) => n > 0 && AUDIO_WORDS.has(parts[n - 1]!);
  return parts.every(
    (part, n) =>
      NUMBER.test(part) ||
      isPlain(part) ||
      COUNTED_WORDS.has(part) ||
      (afterAudio(n) && LANGUAGE.test(part)),
  );
}

function isPlain(part: string): boolean {
  if (WORDS.has(part) || SIZE.test(part) || BITRATE.test(part)) return true;
  const word = COUNTED.exec(part)?.[1];
  return word !== undefined && (WORDS.has(word) || COUNTED_WORDS.has(word));
}

function isAudio(name: string): boolean {
  if (name.length > RENDITION_CHARS_MAX) return false;
  return name
    .toLowerCase()
    .split(/[-_.]|\d+$/)
    .some((part) => AUDIO_WORDS.has(part));
}
