/**
 * SipHash-2-4 (Aumasson, Bernstein 2012): the keyed hash behind every viewer key. 64-bit words are
 * held as two 32-bit halves, which is what JavaScript multiplies and adds without allocating. The
 * result is left in `hi` and `lo`, because a returned pair would be an object for each line.
 */
export class SipHash {
  hi = 0;
  lo = 0;
  private readonly k0l: number;
  private readonly k0h: number;
  private readonly k1l: number;
  private readonly k1h: number;
  private readonly words = new Int32Array(8);

  /** @param key 16 bytes */
  constructor(key: Uint8Array) {
    if (key.length !== 16) throw new Error(`a viewer key has 16 bytes, got ${key.length}`);
    const view = new DataView(key.buffer, key.byteOffset, 16);
    this.k0l = view.getInt32(0, true);
    this.k0h = view.getInt32(4, true);
    this.k1l = view.getInt32(8, true);
    this.k1h = view.getInt32(12, true);
  }

  /** Hashes the 20 bytes a, b, c, d, e (32-bit little-endian words). */
  hashWords(a: number, b: number, c: number, d: number, e: number): void {
    const { words } = this;
    words[0] = a;
    words[1] = b;
    words[2] = c;
    words[3] = d;
    words[4] = e;
    words[5] = 20 << 24;
    this.run(words, 6);
  }

  /** Hashes any bytes; for what is hashed once and kept (user agents, prefixes). */
  hashBytes(bytes: Uint8Array): void {
    const blocks = Math.floor(bytes.length / 8) + 1;
    const words = new Int32Array(blocks * 2);
    for (let n = 0; n < bytes.length; n += 1) words[n >> 2]! |= bytes[n]! << ((n & 3) * 8);
    words[blocks * 2 - 1]! |= (bytes.length & 0xff) << 24;
    this.run(words, blocks * 2);
  }

  private run(words: Int32Array, count: number): void {
    let v0l = this.k0l ^ 0x70736575;
    let v0h = this.k0h ^ 0x736f6d65;
    let v1l = this.k1l ^ 0x6e646f6d;
    let v1h = this.k1h ^ 0x646f7261;
    let v2l = this.k0l ^ 0x6e657261;
    let v2h = this.k0h ^ 0x6c796765;
    let v3l = this.k1l ^ 0x79746573;
    let v3h = this.k1h ^ 0x74656462;
    // Two rounds for each block and four at the end, as one loop so that the rounds stand once.
    const rounds = count + 4;
    let ml = 0;
    let mh = 0;
    for (let r = 0; r < rounds; r += 1) {
      if (r < count && (r & 1) === 0) {
        ml = words[r]!;
        mh = words[r + 1]!;
        v3l ^= ml;
        v3h ^= mh;
      }
      let t = (v0l + v1l) | 0;
      v0h = (v0h + v1h + (((v0l & v1l) | ((v0l | v1l) & ~t)) >>> 31)) | 0;
      v0l = t;
      t = (v1l << 13) | (v1h >>> 19);
      v1h = ((v1h << 13) | (v1l >>> 19)) ^ v0h;
      v1l = t ^ v0l;
      t = v0l;
      v0l = v0h;
      v0h = t;
      t = (v2l + v3l) | 0;
      v2h = (v2h + v3h + (((v2l & v3l) | ((v2l | v3l) & ~t)) >>> 31)) | 0;
      v2l = t;
      t = (v3l << 16) | (v3h >>> 16);
      v3h = ((v3h << 16) | (v3l >>> 16)) ^ v2h;
      v3l = t ^ v2l;
      t = (v0l + v3l) | 0;
      v0h = (v0h + v3h + (((v0l & v3l) | ((v0l | v3l) & ~t)) >>> 31)) | 0;
      v0l = t;
      t = (v3l << 21) | (v3h >>> 11);
      v3h = ((v3h << 21) | (v3l >>> 11)) ^ v0h;
      v3l = t ^ v0l;
      t = (v2l + v1l) | 0;
      v2h = (v2h + v1h + (((v2l & v1l) | ((v2l | v1l) & ~t)) >>> 31)) | 0;
      v2l = t;
      t = (v1l << 17) | (v1h >>> 15);
      v1h = ((v1h << 17) | (v1l >>> 15)) ^ v2h;
      v1l = t ^ v2l;
      t = v2l;
      v2l = v2h;
      v2h = t;
      if (r < count && (r & 1) === 1) {
        v0l ^= ml;
        v0h ^= mh;
        if (r === count - 1) v2l ^= 0xff;
      }
    }
    this.lo = (v0l ^ v1l ^ v2l ^ v3l) >>> 0;
    this.hi = (v0h ^ v1h ^ v2h ^ v3h) >>> 0;
  }
}
