import {
  type AuditEntry,
  decodeAudit,
  encodeAudit,
  hashPlan,
  rebuildSet,
} from '../../../lambdas/core/guard/audit';
import type { Block } from '../../../lambdas/core/guard/plan';

const NOW_MS = Date.UTC(2026, 10, 24, 18);

function block(cidr: string, attackHits = 100, more: Partial<Block> = {}): Block {
  const times = { sinceMs: NOW_MS, untilMs: NOW_MS + 600_000 };
  const facts = { strikes: 1, attackHits, verifiedViewers: 0, suspects: 1 };
  return { cidr, rule: 'S1_flood', author: 'guard', ...times, ...facts, ...more };
}

const address = (n: number) => `198.51.${100 + (n >> 8)}.${n & 255}/32`;
const blocks = (n: number) => Array.from({ length: n }, (_, at) => block(address(at), 1_000 - at));

describe('rebuildSet', () => {
  const entry = (id: string, previous: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
    ...{ id, previous, atMs: 1, author: 'guard', kind: 'push', set: 'block-v4-1', planHash: '' },
    ...{ versionBefore: 0, version: 1, token: id, added: [], removed: [] },
    ...{ foreignAdded: [], foreignRemoved: [], ...more },
  });
  const evidence = {
    ...{ windowSeconds: 10, hits: 9, explained: 1, refused: 0, manifests: 2, media: 3, pages: 4 },
    ...{ failed: 5, denied: 6, agents: 7, urls: 8 },
  };
  const [first, second] = [block(address(1), 5, { evidence }), block(address(2))];
  const entries = [
    entry('a', '', { added: [first, second], foreignAdded: ['192.0.2.1/32'] }),
    entry('b', 'a', { atMs: 2, removed: [{ cidr: second.cidr, why: 'expired' }] }),
    entry('orphan', 'a', { atMs: 3, removed: [{ cidr: first.cidr, why: 'expired' }] }),
  ];

  it('follows the chain, and leaves out what stands on none', () => {
    const { blocks: left, foreign, token } = rebuildSet(entries, 'b');
    expect([[...left.values()], [...foreign], token]).toEqual([[first], ['192.0.2.1/32'], 'b']);
  });

  it('gives the content at any time', () => {
    expect([...rebuildSet(entries, 'b', 1).blocks.keys()]).toEqual([first.cidr, second.cidr]);
    expect(rebuildSet(entries, 'b', 0).blocks.size).toBe(0);
  });

  it('does not guess what it has no entry of', () => {
    expect(() => rebuildSet(entries.slice(1), 'b')).toThrow('audit entry a is missing');
  });

  it('goes through parts of any size, with the evidence of each block', () => {
    const big = entry('big', '', { added: blocks(40).map((it) => ({ ...it, evidence })) });
    for (const charsMax of [300_000, 2_000, 1]) {
      const parts = encodeAudit(big, charsMax);
      expect(decodeAudit([...parts].reverse())).toEqual([big]);
    }
    expect(encodeAudit(big, 2_000).every((part) => part.length <= 2_000)).toBe(true);
    expect(decodeAudit(encodeAudit(big, 2_000).slice(1))).toEqual([]);
  });
});

describe('hashPlan', () => {
  it('is the same for the same CIDRs in any order, and another for others', () => {
    const cidrs = blocks(9).map(({ cidr }) => cidr);
    expect(hashPlan(cidrs)).toBe(hashPlan([...cidrs].reverse()));
    expect(hashPlan(cidrs)).not.toBe(hashPlan(cidrs.slice(1)));
  });
});
