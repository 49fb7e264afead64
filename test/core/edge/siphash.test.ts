import { SipHash } from '../../../lambdas/core/edge/siphash';

const KEY = Uint8Array.from({ length: 16 }, (_, n) => n);
const hex = ({ hi, lo }: SipHash) =>
  hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');

describe('SipHash', () => {
  // The reference vectors of Aumasson and Bernstein: key 00..0f, input 00..n-1.
  it.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
    [63, '958a324ceb064572'],
  ])('hashes %i bytes as the reference does', (length, expected) => {
    const sip = new SipHash(KEY);
    sip.hashBytes(Uint8Array.from({ length }, (_, n) => n));
    expect(hex(sip)).toBe(expected);
  });

  it('hashes words as the bytes that they stand for', () => {
    const sip = new SipHash(KEY);
    const words = [0xffffffff, 0x80000000, 1, 0, -1];
    const bytes = new Uint8Array(Int32Array.from(words).buffer);
    sip.hashBytes(bytes);
    const expected = hex(sip);
    sip.hashWords(words[0]!, words[1]!, words[2]!, words[3]!, words[4]!);
    expect(hex(sip)).toBe(expected);
  });

  it.each([0, 15, 17])('refuses a key of %i bytes', (length) => {
    expect(() => new SipHash(new Uint8Array(length))).toThrow(`16 bytes, got ${length}`);
  });
});
