import { ByteWriter } from '../../../lambdas/core/audience/byte-stream';
import { type Block, PERSON_AUTHOR } from '../../../lambdas/core/guard/plan';
import { decodeTruth, encodeTruth } from '../../../lambdas/core/guard/set-record';
import {
  EMPTY_TRUTH,
  RECORD_STATES,
  SET_SIZE_MAX,
  type SetRecord,
  type SetTruth,
} from '../../../lambdas/core/guard/set-truth';
import { SUSPECT_RULES } from '../../../lambdas/core/guard/suspect';
import { decodeMemory, encodeMemory } from '../../../lambdas/core/guard/guard-memory';
import { Prng, seeds } from '../../support/prng';

const NOW_MS = Date.UTC(2026, 10, 24, 18);

function cidrOf(prng: Prng): string {
  const bytes = [prng.int(256), prng.int(256), prng.int(256)];
  const kind = prng.int(4);
  if (kind === 0) return `198.${bytes.join('.')}/32`;
  if (kind === 1) return `198.${bytes[0]}.${bytes[1]}.0/24`;
  const groups = [1, 2].map(() => (prng.int(65_535) + 1).toString(16)).join(':');
  return kind === 2 ? `2001:db8:${groups}::/64` : `2001:db8:${groups}:1::7/128`;
}

function blockOf(prng: Prng, cidr: string): Block {
  const isManual = prng.bool(0.2);
  const sinceMs = NOW_MS - prng.int(86_400_000);
  return {
    cidr,
    rule: isManual ? 'manual' : prng.pick(SUSPECT_RULES),
    author: isManual ? `arn:aws:iam::123456789012:user/u${prng.int(1e9)}` : 'guard',
    ...(isManual && { reason: `${prng.int(1e9)}`.repeat(60).slice(0, 500) }),
    sinceMs,
    untilMs: sinceMs + prng.int(86_400_000),
    ...{ strikes: prng.int(12), attackHits: prng.int(100_000), verifiedViewers: prng.int(5_000) },
    suspects: prng.between(1, 4_000),
  };
}

function truthOf(prng: Prng, size: number): SetTruth {
  const records = new Map<string, SetRecord>();
  while (records.size < size) {
    const cidr = cidrOf(prng);
    const state = prng.pick(RECORD_STATES);
    const block = state === 'foreign' ? undefined : blockOf(prng, cidr);
    records.set(cidr, { cidr, state, isTouched: prng.bool(0.3), block });
  }
  const tokens = { seenToken: 'a', pastToken: 'b', calledToken: 'c', auditId: 'block-v4-1.7.w' };
  return { version: 7, ...tokens, records };
}

const plain = (truth: SetTruth) => ({
  ...truth,
  records: [...truth.records.values()].sort((a, b) => (a.cidr < b.cidr ? -1 : 1)),
});

/** Without what people wrote: that stands in their entries, and in the audit. */
function unsigned(truth: SetTruth): SetTruth {
  const records = [...truth.records.values()].map((record): SetRecord => {
    if (record.block?.rule !== 'manual') return record;
    const said = Object.entries(record.block).filter(([name]) => name !== 'reason');
    const block = { ...(Object.fromEntries(said) as unknown as Block), author: PERSON_AUTHOR };
    return { ...record, block };
  });
  return { ...truth, records: new Map(records.map((record) => [record.cidr, record])) };
}

describe('encodeTruth', () => {
  it.each(seeds(50))('is read as it was written, but for authors and reasons (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const truth = truthOf(prng, prng.int(60));
    expect(plain(decodeTruth(encodeTruth(truth), 7))).toEqual(plain(unsigned(truth)));
  });

  it('reads what was written before, when authors and reasons stood in it', () => {
    const out = new ByteWriter();
    for (const byte of [0x54, 0x4e, 0x45, 1]) out.byte(byte);
    for (const text of ['seen', 'past', '', 'block-v4-1.7.w']) out.text(text);
    out.count(NOW_MS);
    out.count(2);
    for (const text of ['arn:ann', 'floods us']) out.text(text);
    out.count(1);
    out.byte(RECORD_STATES.indexOf('held'));
    out.byte(32);
    out.word(0xc633_6407);
    // manual, author 1, reason 2, since, until, strikes, attack hits, viewers, suspects
    for (const n of [255]) out.byte(n);
    for (const n of [1, 2, 5]) out.count(n);
    out.signed(60_000);
    for (const n of [0, 0, 4, 0]) out.count(n);
    const truth = decodeTruth(out.finish(), 3);
    const facts = { strikes: 0, attackHits: 0, verifiedViewers: 4, suspects: 0 };
    const times = { sinceMs: NOW_MS + 5, untilMs: NOW_MS + 60_005 };
    const cidr = '198.51.100.7/32';
    const own = { cidr, rule: 'manual', author: PERSON_AUTHOR, ...times, ...facts };
    expect(truth).toMatchObject({ version: 3, seenToken: 'seen', auditId: 'block-v4-1.7.w' });
    expect([...truth.records.values()]).toEqual([
      { cidr, state: 'held', isTouched: false, block: own },
    ]);
  });

  it('reads what was never written as nothing', () => {
    expect(decodeTruth(encodeTruth(EMPTY_TRUTH), 0)).toEqual(EMPTY_TRUTH);
  });

  it.each([
    ['of the guard', 0],
    ['of people, each with a reason of 500 characters', 1],
  ])('puts a full set of IPv6, all of it %s, below the 400 KB of an item', (_, people) => {
    const prng = new Prng(1);
    const records = new Map<string, SetRecord>();
    for (let n = 0; records.size < SET_SIZE_MAX; n += 1) {
      const cidr = `2001:db8:${(n >> 8) + 1}:${(n % 256) + 1}::/64`;
      const own = blockOf(prng, cidr);
      const said = { author: `arn:aws:iam::123456789012:user/u${n}`, reason: `${n}`.repeat(100) };
      const block: Block = people === 1 ? { ...own, rule: 'manual', ...said } : own;
      records.set(cidr, { cidr, state: 'held', isTouched: false, block });
    }
    const bytes = encodeTruth({ ...EMPTY_TRUTH, records });
    expect(bytes.length).toBeLessThan(36 * SET_SIZE_MAX);
    expect(bytes.length).toBeLessThan(400_000);
  });

  it.each([
    ['too short', (bytes: Uint8Array) => bytes.slice(0, -1)],
    ['too long', (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
    ['of another version', (bytes: Uint8Array) => Uint8Array.from([...bytes.slice(0, 3), 3])],
    ['of no version', (bytes: Uint8Array) => Uint8Array.from([...bytes.slice(0, 3), 0])],
  ])('is refused when it is %s', (_, damage) => {
    const bytes = damage(encodeTruth(truthOf(new Prng(3), 5)));
    expect(() => decodeTruth(bytes, 1)).toThrow(/truth of a set/);
  });

  it('does not write what is ours without its block', () => {
    const record = { cidr: '192.0.2.1/32', state: 'held', isTouched: false, block: undefined };
    const records = new Map([[record.cidr, record as SetRecord]]);
    expect(() => encodeTruth({ ...EMPTY_TRUTH, records })).toThrow(/expected it with a block/);
  });
});

describe('encodeMemory', () => {
  it.each(seeds(20))('is read as it was written, each CIDR in one part (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const cidrs = new Set(Array.from({ length: prng.int(200) }, () => cidrOf(prng)));
    const memory = [...cidrs].map((cidr) => ({
      cidr,
      endsMs: Array.from({ length: prng.between(1, 5) }, () => NOW_MS - prng.int(1e8)),
      verifiedViewers: prng.int(100),
    }));
    const parts = encodeMemory(memory).map((bytes) => decodeMemory(bytes));
    const byText = (a: { cidr: string }, b: { cidr: string }) => (a.cidr < b.cidr ? -1 : 1);
    expect(parts.flat().sort(byText)).toEqual(memory.sort(byText));
  });
});
