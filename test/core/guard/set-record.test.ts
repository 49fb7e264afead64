import type { Block } from '../../../lambdas/core/guard/plan';
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
    author: isManual ? `arn:aws:iam::123456789012:user/u${prng.int(3)}` : 'guard',
    ...(isManual && { reason: `reason ${prng.int(5)}` }),
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

describe('encodeTruth', () => {
  it.each(seeds(50))('is read as it was written (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const truth = truthOf(prng, prng.int(60));
    expect(plain(decodeTruth(encodeTruth(truth), 7))).toEqual(plain(truth));
  });

  it('reads what was never written as nothing', () => {
    expect(decodeTruth(encodeTruth(EMPTY_TRUTH), 0)).toEqual(EMPTY_TRUTH);
  });

  it('puts a full set, all of it IPv6 or of people, below the 400 KB of an item', () => {
    const prng = new Prng(1);
    const records = new Map<string, SetRecord>();
    for (let n = 0; records.size < SET_SIZE_MAX; n += 1) {
      const cidr = `2001:db8:${(n >> 8) + 1}:${(n % 256) + 1}::/64`;
      const block = blockOf(prng, cidr);
      records.set(cidr, { cidr, state: 'held', isTouched: false, block });
    }
    const bytes = encodeTruth({ ...EMPTY_TRUTH, records });
    expect(bytes.length).toBeLessThan(36 * SET_SIZE_MAX);
    expect(bytes.length).toBeLessThan(400_000);
  });

  it.each([
    ['too short', (bytes: Uint8Array) => bytes.slice(0, -1)],
    ['too long', (bytes: Uint8Array) => Uint8Array.from([...bytes, 0])],
    ['of another version', (bytes: Uint8Array) => Uint8Array.from([...bytes.slice(0, 3), 9])],
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
