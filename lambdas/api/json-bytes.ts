/** Text that is written often, four bytes to a word; the last word may run over. */
export interface Fragment {
  readonly words: readonly number[];
  readonly length: number;
}

/** What one fragment or number takes at most, with what its last word runs over. */
const ROOM = 256;
const ZERO = 48;
/** Up to here whole numbers are quickest. */
const SMALL_MAX = 2 ** 31 - 1;

export function fragmentOf(text: string): Fragment {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  if (length > ROOM - 4) throw new Error(`got ${length} bytes, expected at most ${ROOM - 4}`);
  const padded = Buffer.concat([bytes], Math.ceil(length / 4) * 4);
  const words = Array.from({ length: padded.length / 4 }, (_, n) => padded.readInt32BE(n * 4));
  return { words, length };
}

/** JSON written straight into bytes: fragments that are made once, and numbers digit by digit. */
export class JsonBytes {
  private bytes: Uint8Array<ArrayBuffer>;
  private view: DataView;
  private at = 0;

  constructor(expected: number) {
    this.bytes = new Uint8Array(expected + ROOM);
    this.view = new DataView(this.bytes.buffer);
  }

  put({ words, length }: Fragment): void {
    if (this.bytes.length - this.at < ROOM) this.grow(ROOM);
    const { view, at } = this;
    for (let n = 0; n < words.length; n += 1) view.setInt32(at + 4 * n, words[n]!);
    this.at = at + length;
  }

  /** As JSON.stringify has a finite number. */
  number(n: number): void {
    if (!(n >= 0 && n <= SMALL_MAX && Math.floor(n) === n)) return this.text(String(n));
    if (this.bytes.length - this.at < ROOM) this.grow(ROOM);
    const { bytes, at: begin } = this;
    const end = begin + digitsOf(n);
    let left = n | 0;
    for (let at = end - 1; at >= begin; at -= 1) {
      const rest = (left / 10) | 0;
      bytes[at] = ZERO + left - rest * 10;
      left = rest;
    }
    this.at = end;
  }

  text(text: string): void {
    this.copy(Buffer.from(text));
  }

  copy(bytes: Uint8Array): void {
    if (this.bytes.length - this.at < bytes.length) this.grow(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Bytes that are written. */
  get length(): number {
    return this.at;
  }

  /** Of them those from `from` on, as bytes of their own. */
  slice(from: number): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(from, this.at);
  }

  /** What is written; nothing can be added after that. */
  end(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.at);
  }

  private grow(room: number): void {
    const wider = new Uint8Array(this.bytes.length * 2 + room);
    wider.set(this.bytes.subarray(0, this.at));
    this.bytes = wider;
    this.view = new DataView(wider.buffer);
  }
}

function digitsOf(n: number): number {
  let digits = 1;
  for (let above = 10; n >= above; above *= 10) digits += 1;
  return digits;
}
