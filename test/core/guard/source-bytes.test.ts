import { ByteReader, ByteWriter } from '../../../lambdas/core/audience/byte-stream';
import { readSources, sourceBytes, writeSources } from '../../../lambdas/core/guard/source-bytes';
import { SOURCE_COUNTS, type SourceCell } from '../../../lambdas/core/guard/source-cells';
import { cell } from '../../support/guard-facts';
import { Prng, seeds } from '../../support/prng';

/** Goal: a lane reads what intake wrote, or throws. Method: random cells there and back; each byte damaged. */
const WORD = 2 ** 32 - 1;
/** Where the flag of the address stands when there is one source, one content and one network. */
const FLAG = 19;

function randomCells(prng: Prng): SourceCell[] {
  const word = () => prng.pick([0, 1, 0xffff, 0x80000000, WORD, prng.int(2 ** 32)]);
  const bits = () => prng.pick([0, 1, 0x80000000, WORD, (1 << prng.int(32)) >>> 0, word()]);
  const cells = Array.from({ length: prng.int(40) }, () => {
    const counts = Object.fromEntries(
      SOURCE_COUNTS.map((name) => [name, prng.bool(0.6) ? 0 : prng.pick([1, 127, 128, 1_999_999])]),
    );
    return cell({
      ...{ hi: prng.pick([0xffff, 0x20010db8, word()]), lo: word(), slot: prng.int(1.1e9) },
      ...{ lastMs: prng.int(2_000), address: word(), asn: prng.pick([0, WORD, word()]) },
      content: prng.pick(['', 'final', '/live/ŝtreamo', 'x'.repeat(300)]),
      ...{ agents: bits(), pagePaths: bits(), urlsHi: bits(), urlsLo: bits(), ...counts },
    });
  });
  return cells.sort((a, b) => a.hi - b.hi || a.lo - b.lo || a.slot - b.slot);
}

function bytesOf(cells: readonly SourceCell[]): Uint8Array {
  const out = new ByteWriter();
  writeSources(out, cells);
  return out.finish();
}

function read(bytes: Uint8Array) {
  const input = new ByteReader(bytes, 'packet');
  const cells = readSources(input);
  expect(input.isAtEnd).toBe(true);
  return cells;
}

describe('sources as bytes', () => {
  it.each(seeds(100))(
    'are read as they were written, in the room that was said (SEED=%i)',
    (seed) => {
      const cells = randomCells(new Prng(seed));
      const bytes = bytesOf(cells);
      expect(read(bytes)).toEqual(cells);
      expect(bytes.length).toBeLessThanOrEqual(sourceBytes(cells));
    },
  );

  // Two bytes more than before version 4 of packets, which says whence a source comes and what it asks for.
  it('take little: 22 bytes for a usual source', () => {
    const cells = Array.from({ length: 1_000 }, (_, n) =>
      cell({
        lo: 0xc6120000 + 5 * n,
        asn: 64_500 + (n % 100),
        content: n % 2 === 0 ? 'final' : '(other)',
        slot: 897_000_007,
        lastMs: 900,
        hits: 2,
        manifests: 1,
        asks: 2,
      }),
    );
    expect(bytesOf(cells).length).toBeLessThan(22.5 * cells.length);
  });

  it.each(seeds(20))('that end early are none (SEED=%i)', (seed) => {
    const cells = [cell({ hi: 0, lo: 0, slot: 9, hits: 1 }), ...randomCells(new Prng(seed))];
    const bytes = bytesOf(cells.slice(0, 4));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => read(bytes.subarray(0, length))).toThrow('ends at byte');
    }
  });

  // contents (7), networks (4), count, hi (3), lo (4), flag, address (4), content, network, slot (2), lastMs, mask,
  // count, agents, pagePaths, urlsHi, urlsLo
  const one = bytesOf([cell({ lo: 7, slot: 100, lastMs: 5, address: 9, hits: 1 })]);
  it.each([
    [FLAG, 2, 'packet has a flag of 2, expected 0 or 1'],
    [FLAG, 255, 'packet has a flag of 255, expected 0 or 1'],
    [FLAG + 5, 1, 'packet has contents of sources 1, expected below 1'],
    [FLAG + 6, 1, 'packet has networks of sources 1, expected below 1'],
    [one.length - 4, 33, 'packet has a bit of 33, expected 1 to 32, or 255'],
    [one.length - 1, 254, 'packet has a bit of 254, expected 1 to 32, or 255'],
  ])('with byte %i made %i are none', (at, byte, message) => {
    expect(() => read(Uint8Array.from(one, (it, n) => (n === at ? byte : it)))).toThrow(message);
  });

  it('with counts that do not exist are none', () => {
    const out = new ByteWriter();
    out.count(1);
    out.text('final');
    for (const n of [1, 64_500, 1, 0, 7]) out.count(n);
    for (const n of [0, 0, 0]) out.byte(n);
    out.signed(3);
    for (const n of [5, 2 ** SOURCE_COUNTS.length]) out.count(n);
    expect(() => read(out.finish())).toThrow(
      `packet has counts of sources ${2 ** SOURCE_COUNTS.length}`,
    );
  });
});
