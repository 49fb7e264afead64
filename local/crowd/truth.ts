import type { Act, ContentId } from './act';
import type { Client } from './client';
import { type TruthContent, contentTruth } from './content-truth';
import type { Damage } from './damage';
import { SLOT_MS, ViewerTruth } from './viewer-truth';

/** Segment length of the content `live`, as the configuration has it. */
export const SEGMENT_MS = 6000;

/** T3_broadcast_day with its defaults: a day begins at six, UTC. */
const DAY_MS = 24 * 3_600_000;
const DAY_START_MS = 6 * 3_600_000;

/** What was made so far, in the names of `turnout recount --json`. */
export interface Truth {
  readonly lines: number;
  /** By reason, as `ledger.bad`. lines = the sum of these and of hits. */
  readonly bad: Readonly<Partial<Record<Damage, number>>>;
  /** By class, of all contents. */
  readonly hits: Readonly<Record<string, number>>;
  /** As `contents` of the report, all but `minutes`. */
  readonly contents: Readonly<Partial<Record<ContentId, TruthContent>>>;
}

/** One viewer on one content in one broadcast day. */
export interface ViewerDay {
  readonly client: Client;
  readonly truth: ViewerTruth;
}

/** What was logged of one content, and by whom. */
export interface ContentBook {
  readonly hits: Map<string, number>;
  readonly outcomes: Map<string, number>;
  readonly edges: Map<string, number>;
  firstMs: number;
  lastMs: number;
  readonly viewers: ViewerDay[];
}

/**
 * Keeps what the generator meant, act by act: who asked for what, what arrived, which seconds of the
 * stream that brought. It reads no line, so a mistake in writing or in reading one shows.
 */
export class TruthBook {
  private lines = 0;
  private readonly bad = new Map<Damage, number>();
  private readonly contents = new Map<ContentId, ContentBook>();
  /** By content, day and client. */
  private readonly viewers = new Map<number, ViewerTruth>();
  private readonly firstSlot: number;
  private readonly firstDay: number;

  constructor(startAtMs: number) {
    this.firstSlot = Math.floor(startAtMs / SLOT_MS);
    this.firstDay = dayOf(startAtMs);
  }

  /** A line whose act can no longer be read from it. */
  takeBad(damage: Damage): void {
    this.lines += 1;
    add(this.bad, damage);
  }

  take(act: Act): void {
    const { atMs, client, wanted, answer } = act;
    this.lines += 1;
    const book = this.bookOf(wanted.content);
    add(book.hits, client.class);
    add(book.outcomes, answer.outcome);
    add(book.edges, client.edge);
    if (atMs < book.firstMs) book.firstMs = atMs;
    if (atMs > book.lastMs) book.lastMs = atMs;
    // H5_relevant
    if (act.method !== 'GET' || wanted.object === 'asset') return;
    this.viewerOf(book, act, dayOf(atMs)).take(act);
    if (act.isDelivered && wanted.object === 'media') this.addPresence(book, act);
  }

  report(): Truth {
    const hits = new Map<string, number>();
    const contents: Partial<Record<ContentId, TruthContent>> = {};
    for (const [id, book] of this.contents) {
      contents[id] = contentTruth(id === 'live' ? 'stream' : 'page', book);
      for (const [name, count] of book.hits) add(hits, name, count);
    }
    return {
      lines: this.lines,
      bad: Object.fromEntries(this.bad),
      hits: Object.fromEntries(hits),
      contents,
    };
  }

  /** P1_media_proves: what the client says of the length counts up to the segment's. */
  private addPresence(book: ContentBook, act: Act): void {
    const { atMs, client, wanted } = act;
    const told = client.sessionId === '' ? SEGMENT_MS : wanted.lengthMs;
    const lengthMs = Math.min(told, SEGMENT_MS);
    const end = halfUp((atMs + lengthMs) / SLOT_MS);
    for (let slot = halfUp(atMs / SLOT_MS); slot < end; slot += 1) {
      // P4_day_border
      this.viewerOf(book, act, dayOf(slot * SLOT_MS)).addSlot(slot);
    }
  }

  private viewerOf(book: ContentBook, { client, wanted }: Act, day: number): ViewerTruth {
    const content = wanted.content === 'live' ? 0 : 1;
    const key = (client.id * 8 + (day - this.firstDay)) * 2 + content;
    let truth = this.viewers.get(key);
    if (truth === undefined) {
      truth = new ViewerTruth(this.firstSlot);
      this.viewers.set(key, truth);
      book.viewers.push({ client, truth });
    }
    return truth;
  }

  private bookOf(content: ContentId): ContentBook {
    let book = this.contents.get(content);
    if (book === undefined) {
      const maps = { hits: new Map(), outcomes: new Map(), edges: new Map() };
      book = { ...maps, firstMs: Infinity, lastMs: -Infinity, viewers: [] };
      this.contents.set(content, book);
    }
    return book;
  }
}

function dayOf(atMs: number): number {
  return Math.floor((atMs - DAY_START_MS) / DAY_MS);
}

function halfUp(x: number): number {
  return Math.floor(x + 0.5);
}

function add<Key>(counts: Map<Key, number>, key: Key, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
