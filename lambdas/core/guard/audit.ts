import type { Block } from './plan';
import { EVIDENCE, type Evidence } from './suspect';

/**
 * Audit entries: docs/GUARD.md, "Audit". Those of a set are a chain: each names the one before, and the truth
 * names the newest. An entry that a writer left behind who was overtaken stands on no chain and counts
 * for nothing.
 */
export interface AuditEntry {
  readonly id: string;
  readonly atMs: number;
  /** `guard`, or the identity of a person */
  readonly author: string;
  /**
   * `push`: WAF took a call of ours. `seen`: WAF held what nobody had told us: others changed the set, or a call
   * of ours was taken whose answer was lost. Others: what a person asked for, or what a fuse did.
   */
  readonly kind: 'push' | 'seen' | 'block' | 'unblock' | 'allow' | 'disallow' | 'mode' | 'rollback';
  /** key of the set; '' of what is not about one */
  readonly set: string;
  /** id of the entry before; '' of the first */
  readonly previous: string;
  /** of the truth, before and after */
  readonly versionBefore: number;
  readonly version: number;
  /** lock token of the content that is left */
  readonly token: string;
  readonly planHash: string;
  readonly reason?: string;
  readonly untilMs?: number;
  readonly mode?: string;
  /** what a person spoke of */
  readonly cidr?: string;
  readonly added: readonly Block[];
  readonly removed: readonly AuditRemoval[];
  readonly foreignAdded: readonly string[];
  readonly foreignRemoved: readonly string[];
}

export interface AuditRemoval {
  readonly cidr: string;
  /** as the plan says, or `expired`, `off`, `by_others`, `restored` (gone with half of the set, put back) */
  readonly why: string;
}

/** JSON of so many characters stays below the 400 KB of an item, and leaves room for its keys. */
export const AUDIT_PART_CHARS_MAX = 300_000;

interface AuditPart extends Omit<AuditEntry, 'added' | 'removed'> {
  readonly part: number;
  readonly parts: number;
  readonly added: readonly unknown[];
  readonly removed: readonly unknown[];
}

/** The parts of an entry, each JSON. Blocks are lists of values, to be short. */
export function encodeAudit(entry: AuditEntry, charsMax = AUDIT_PART_CHARS_MAX): string[] {
  const { added, removed, foreignAdded, foreignRemoved, ...head } = entry;
  const rows = [
    ...added.map((block) => ['added', rowOf(block)] as const),
    ...removed.map(({ cidr, why }) => ['removed', [cidr, why]] as const),
    ...foreignAdded.map((cidr) => ['foreignAdded', cidr] as const),
    ...foreignRemoved.map((cidr) => ['foreignRemoved', cidr] as const),
  ];
  const empty = () => ({
    added: [] as unknown[],
    removed: [] as unknown[],
    foreignAdded: [] as unknown[],
    foreignRemoved: [] as unknown[],
  });
  const lists = [empty()];
  const headChars = JSON.stringify(head).length + 200;
  let chars = headChars;
  for (const [name, row] of rows) {
    const more = JSON.stringify(row).length + 1;
    if (chars + more > charsMax && chars > headChars) {
      lists.push(empty());
      chars = headChars;
    }
    lists.at(-1)![name].push(row);
    chars += more;
  }
  return lists.map((list, part) => JSON.stringify({ ...head, part, parts: lists.length, ...list }));
}

/** Whole entries, in the order of time; what lacks a part was never finished, and is left out. */
export function decodeAudit(texts: readonly string[]): AuditEntry[] {
  const byId = new Map<string, AuditPart[]>();
  for (const text of texts) {
    const part = JSON.parse(text) as AuditPart;
    const known = byId.get(part.id);
    if (known === undefined) byId.set(part.id, [part]);
    else if (!known.some((other) => other.part === part.part)) known.push(part);
  }
  const entries: AuditEntry[] = [];
  for (const own of byId.values()) {
    if (own.length !== own[0]!.parts) continue;
    own.sort((a, b) => a.part - b.part);
    const { part, parts, ...head } = own[0]!;
    void [part, parts];
    entries.push({
      ...head,
      added: own.flatMap(({ added }) => added.map((row) => blockOf(row as Row))),
      removed: own.flatMap(({ removed }) =>
        removed.map((row) => ({ cidr: (row as Row)[0] as string, why: (row as Row)[1] as string })),
      ),
      foreignAdded: own.flatMap(({ foreignAdded }) => foreignAdded),
      foreignRemoved: own.flatMap(({ foreignRemoved }) => foreignRemoved),
    });
  }
  return entries.sort((a, b) => a.atMs - b.atMs);
}

type Row = readonly unknown[];

function rowOf(block: Block): Row {
  const { cidr, rule, author, reason = null, sinceMs, untilMs, strikes } = block;
  const { attackHits, verifiedViewers, suspects, evidence } = block;
  const facts = [sinceMs, untilMs, strikes, attackHits, verifiedViewers, suspects];
  const seen = evidence === undefined ? null : EVIDENCE.map((name) => evidence[name]);
  return [cidr, rule, author, reason, ...facts, seen];
}

function blockOf(row: Row): Block {
  const [cidr, rule, author] = row as [string, Block['rule'], string];
  const reason = row[3] as string | null;
  const [sinceMs, untilMs, strikes, attackHits, verifiedViewers, suspects] = row.slice(4, 10) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const seen = row[10] as readonly number[] | null;
  const evidence =
    seen === null
      ? undefined
      : (Object.fromEntries(EVIDENCE.map((name, n) => [name, seen[n]])) as unknown as Evidence);
  return {
    ...{ cidr, rule, author, sinceMs, untilMs, strikes, attackHits, verifiedViewers, suspects },
    ...(reason !== null && { reason }),
    ...(evidence && { evidence }),
  };
}

export interface RebuiltSet {
  /** of ours, by CIDR, with the evidence of each */
  readonly blocks: ReadonlyMap<string, Block>;
  readonly foreign: ReadonlySet<string>;
  /** lock token of that content */
  readonly token: string;
}

/**
 * What a set held after the entry `headId` (the truth names the newest) and at `atMs`, if given. Throws if the
 * chain has a gap: what expired cannot be rebuilt.
 */
export function rebuildSet(
  entries: readonly AuditEntry[],
  headId: string,
  atMs = Infinity,
): RebuiltSet {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const chain: AuditEntry[] = [];
  for (let id = headId; id !== '';) {
    const entry = byId.get(id);
    if (entry === undefined)
      throw new Error(
        `audit entry ${id} is missing, expected it before ${chain.at(-1)?.id ?? 'the truth'}`,
      );
    chain.push(entry);
    id = entry.previous;
  }
  const blocks = new Map<string, Block>();
  const foreign = new Set<string>();
  let token = '';
  for (const entry of chain.reverse()) {
    if (entry.atMs > atMs) break;
    for (const { cidr } of entry.removed) blocks.delete(cidr);
    for (const cidr of entry.foreignRemoved) foreign.delete(cidr);
    for (const block of entry.added) blocks.set(block.cidr, block);
    for (const cidr of entry.foreignAdded) foreign.add(cidr);
    token = entry.token;
  }
  return { blocks, foreign, token };
}

/** A short name for what a plan wants, so that equal plans have equal names. Not a secret, not a proof. */
export function hashPlan(cidrs: Iterable<string>): string {
  let [a, b, n] = [0x811c9dc5, 0x01000193, 0];
  for (const cidr of cidrs) {
    let own = 0x811c9dc5;
    for (let at = 0; at < cidr.length; at += 1)
      own = Math.imul(own ^ cidr.charCodeAt(at), 0x01000193);
    // Sums know no order.
    a = (a + own) | 0;
    b = (b + Math.imul(own, own | 1)) | 0;
    n += 1;
  }
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
  return `${hex(a)}${hex(b)}-${n}`;
}
