/** Writes numbers behind one another into bytes that grow. */
export class ByteWriter {
  private bytes = new Uint8Array(4_096);
  private length = 0;

  byte(value: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = value;
  }

  /** 32 bits, most significant byte first, so that equal order of numbers is equal order of bytes. */
  word(value: number): void {
    this.byte(value >>> 24);
    this.byte((value >>> 16) & 0xff);
    this.byte((value >>> 8) & 0xff);
    this.byte(value & 0xff);
  }

  /** A whole number from 0 on, 7 bits a byte, least significant first (LEB128). */
  count(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  text(value: string): void {
    this.block(new TextEncoder().encode(value));
  }

  /** Bytes, after their length. */
  block(bytes: Uint8Array): void {
    this.count(bytes.length);
    if (this.length + bytes.length > this.bytes.length) this.grow(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A whole number of either sign: twice as large, the sign in the lowest bit. */
  signed(value: number): void {
    this.count(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** The bytes written so far; the writer is not to be used afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  private grow(needed: number): void {
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + needed));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** Reads what ByteWriter wrote. Throws, saying of what (`name`), when the bytes end too early. */
export class ByteReader {
  private at = 0;
  constructor(
    private readonly bytes: Uint8Array,
    private readonly name = 'state',
  ) {}

  /** Reads the first bytes of a format and its version. */
  expect(magic: readonly number[]): void {
    for (const [n, byte] of magic.entries()) {
      const got = this.byte();
      if (got !== byte) throw new Error(`${this.name}: byte ${n} is ${got}, expected ${byte}`);
    }
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Error(`${this.name} ends at byte ${this.at}, expected more`);
    this.at += 1;
    return value;
  }

  word(): number {
    return ((this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()) >>> 0;
  }

  count(): number {
    let value = 0;
    let unit = 1;
    for (let n = 0; n < 8; n += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 128;
    }
    throw new Error(`${this.name} has a number of more than 8 bytes before byte ${this.at}`);
  }

  text(): string {
    return new TextDecoder().decode(this.block());
  }

  signed(): number {
    const value = this.count();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  /** The next bytes, after their length; not a copy. */
  block(): Uint8Array {
    const length = this.count();
    if (this.at + length > this.bytes.length) {
      throw new Error(
        `${this.name} ends at byte ${this.bytes.length}, expected ${this.at + length}`,
      );
    }
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** A list: its length, and as many items. */
  list<Item>(read: () => Item): Item[] {
    const items: Item[] = [];
    for (let n = this.count(); n > 0; n -= 1) items.push(read());
    return items;
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }
}
