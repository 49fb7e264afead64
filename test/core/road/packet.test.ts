import { BAD_LINES } from '../../../lambdas/core/edge/bad-line';
import { CLASSES, KINDS, OUTCOMES } from '../../../lambdas/core/edge/classes';
import {
  type Packet,
  checkLanes,
  decodePacket,
  emptyFacts,
  encodePacket,
  sizeOf,
} from '../../../lambdas/core/road/packet';
import { SOURCE_COUNTS } from '../../../lambdas/core/guard/source-cells';
import { Prng, seeds } from '../../support/prng';

/**
 * Goal: a packet comes out as it went in, and what is none is told from one. Method: random facts,
 * with the largest numbers and the oddest names, there and back; each way of damaging the bytes.
 */

const NAMES = ['live', '', 'a.example.org/näher', '\u{1f3a5}'.repeat(200), '#\t\n\0'];
const ARRIVAL_MS = Date.parse('2026-11-24T20:00:00Z');

const someCount = (prng: Prng) => prng.pick([0, 1, 127, 128, prng.int(100_000), 2 ** 45]);
const some = <Item>(prng: Prng, max: number, make: (n: number) => Item): Item[] =>
  Array.from({ length: prng.int(max + 1) }, (_, n) => make(n));

function somePacket(prng: Prng): Packet {
  const lanes = prng.pick([16, 64, 256, 512]);
  const contents = some(prng, 4, () => ({
    id: prng.pick(NAMES),
    kind: prng.pick(KINDS),
    segmentMs: prng.pick([500, 6_000, 30_000]),
  }));
  const edges = some(prng, 4, () => prng.pick(['FRA56-P1', '-', ...NAMES]));
  const ordinal = prng.pick([1, ARRIVAL_MS + 1]);
  return {
    lanes,
    lane: prng.int(lanes),
    shardId: prng.pick(['shardId-000000000000', 'shardId-000000004711']),
    previous: prng.int(ordinal),
    ordinal,
    firstArrivalMs: ARRIVAL_MS,
    lastArrivalMs: ARRIVAL_MS + prng.int(1_000_000),
    ledger: {
      lines: someCount(prng),
      hits: someCount(prng),
      overflow: someCount(prng),
      lost: someCount(prng),
      bad: some(
        prng,
        BAD_LINES.length,
        (n) => [BAD_LINES[n] ?? 'future', someCount(prng)] as const,
      ),
    },
    contents,
    edges,
    cells: some(prng, contents.length === 0 ? 0 : 5, () => ({
      content: prng.int(contents.length),
      minute: Math.floor(ARRIVAL_MS / 60_000) - prng.int(10),
      counts: some(prng, 5, () => [prng.int(CLASSES.length * OUTCOMES.length), someCount(prng)]),
      edges: some(prng, edges.length === 0 ? 0 : 5, () => [
        prng.int(edges.length),
        someCount(prng),
      ]),
    })),
    days: some(prng, 3, (n) => ({
      day: 20_781 + n,
      entries: Uint8Array.from(some(prng, 60, () => prng.int(256))),
    })),
    mediaHits: someCount(prng),
    sources: someSources(prng),
    sourcesDropped: someCount(prng),
  };
}

/** In the order of addresses, as an interval makes them. */
function someSources(prng: Prng): Packet['sources'] {
  const word = () => prng.pick([0, 1, prng.int(2 ** 31) * 2, 0xffffffff]);
  const cells = some(prng, 6, () => ({
    hi: prng.pick([0xffff, 0x20010db8, 0xffffffff]),
    lo: word(),
    address: word(),
    asn: prng.pick([0, 64_500, 2 ** 32 - 1]),
    content: prng.pick(['(other)', 'final', 'Ŝtreamo']),
    slot: Math.floor(ARRIVAL_MS / 2_000) + prng.int(9) - 4,
    lastMs: prng.int(2_000),
    counts: SOURCE_COUNTS.map(() => prng.pick([0, 0, 1, 1_999_999])),
    agents: prng.pick([0, 1, 0x80000000, word()]),
    pagePaths: prng.pick([0, 2, word()]),
    urlsHi: prng.pick([0, 4, word()]),
    urlsLo: word(),
  }));
  return cells.sort((a, b) => a.hi - b.hi || a.lo - b.lo);
}

function whyNot(bytes: Uint8Array): string {
  try {
    decodePacket(bytes);
    return 'is a packet';
  } catch (error) {
    return String(error);
  }
}

const bytesOf = (packet: Packet) => encodePacket(packet, packet.lanes, packet);

describe('encodePacket and decodePacket', () => {
  it.each(seeds(200))('keep everything (SEED=%i)', (seed) => {
    const packet = somePacket(new Prng(seed));
    expect(decodePacket(bytesOf(packet))).toEqual(packet);
  });

  it('keep a packet that says nothing', () => {
    const facts = emptyFacts(ARRIVAL_MS);
    const identity = { lane: 3, shardId: 'shardId-000000000001', previous: 6, ordinal: 7 };
    const bytes = encodePacket(identity, 16, facts);
    expect(decodePacket(bytes)).toEqual({ ...identity, ...facts, lanes: 16 });
    expect(bytes.length).toBeLessThan(64);
  });

  it.each(seeds(20))('throw at whatever is cut off or too much (SEED=%i)', (seed) => {
    const bytes = bytesOf(somePacket(new Prng(seed)));
    const lengths = Array.from(bytes, (_, length) => length);
    const whys = new Set(lengths.map((length) => whyNot(bytes.subarray(0, length))));
    expect(
      [...whys].filter((why) => !/^Error: packet ends at byte \d+, expected/.test(why)),
    ).toEqual([]);
    for (const more of [[0], [1], [0x54, 0x4e]]) {
      expect(() => decodePacket(Uint8Array.of(...bytes, ...more))).toThrow(
        'packet has bytes behind its end',
      );
    }
  });

  it.each([
    ['nothing', [], 'packet ends at byte 0, expected more'],
    ['text', [...Buffer.from('hello')], 'packet: byte 0 is 104, expected 84'],
    ['a journal', [0x54, 0x4e, 0x4a, 1], 'packet: byte 2 is 74, expected 80'],
    ['version 0', [0x54, 0x4e, 0x50, 0], 'packet: byte 3 is 0, expected 4'],
    // A lane would not know whether anybody watches, or whence suspects come.
    ['version 2', [0x54, 0x4e, 0x50, 2], 'packet: byte 3 is 2, expected 4'],
    ['version 3', [0x54, 0x4e, 0x50, 3], 'packet: byte 3 is 3, expected 4'],
    [
      'a number without end',
      [0x54, 0x4e, 0x50, 4, ...Array<number>(9).fill(255)],
      'packet has a number of more than 8 bytes before byte 12',
    ],
  ])('throw at %s', (_, bytes, message) => {
    expect(() => decodePacket(Uint8Array.from(bytes))).toThrow(message);
  });

  it.each(seeds(200))('read any other bytes as a packet or throw (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const bytes = bytesOf(somePacket(prng));
    for (let n = prng.between(1, 4); n > 0; n -= 1) {
      bytes[prng.between(4, bytes.length - 1)] = prng.pick([0, 1, 127, 128, 255, prng.int(256)]);
    }
    let packet: Packet;
    try {
      packet = decodePacket(bytes);
    } catch (error) {
      expect(String(error)).toMatch(/^Error: (packet|content) /);
      return;
    }
    // What came through can be folded: all positions are those of something.
    for (const { content, counts, edges } of packet.cells) {
      expect(packet.contents[content]).toBeDefined();
      for (const [pair] of counts) expect(pair).toBeLessThan(CLASSES.length * OUTCOMES.length);
      for (const [edge] of edges) expect(packet.edges[edge]).toBeDefined();
    }
  });
});

describe('sizeOf', () => {
  it.each(seeds(100))('is never less than what a packet takes (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const packet = somePacket(prng);
    // Hits of one batch are below 2^28; so are all other numbers but those of the ledger.
    const cells = packet.cells.map((cell) => ({
      ...cell,
      counts: cell.counts.map(([pair]) => [pair, 2 ** 28 - 1] as const),
      edges: cell.edges.map(([edge]) => [edge, 2 ** 28 - 1] as const),
    }));
    const large = { ...packet, cells };
    expect(bytesOf(large).length).toBeLessThanOrEqual(sizeOf(large));
  });
});

describe('checkLanes', () => {
  const packetOf = (lane: number, lanes: number): Packet => ({
    ...emptyFacts(ARRIVAL_MS),
    ...{ lane, lanes, shardId: 'shardId-000000000001', previous: 0, ordinal: 1 },
  });

  it.each([
    [0, 16],
    [15, 16],
  ])('takes lane %i of %i', (lane, lanes) => {
    expect(() => checkLanes(packetOf(lane, lanes), 16)).not.toThrow();
  });

  it.each([
    [16, 16],
    [3, 64],
    [3, 8],
  ])('stops at lane %i of %i', (lane, lanes) => {
    expect(() => checkLanes(packetOf(lane, lanes), 16)).toThrow(
      `packet is for lane ${lane} of ${lanes}, expected lanes: 16. The number of lanes cannot change`,
    );
  });
});
