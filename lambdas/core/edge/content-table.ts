import { type Kind } from './classes';
import type { Settings } from '../settings';
import { SEGMENT_MS_DEFAULT } from '../settings';

/** What counting needs to know of a content. */
export interface ContentFacts {
  readonly id: string;
  readonly kind: Kind;
  readonly segmentMs: number;
}

/** Where lines go that belong to no content. */
export const OTHER_CONTENT = '(other)';

/** Contents beyond this number go to `(other)`: only a site without turnout.json has so many pages. */
export const CONTENTS_MAX = 200_000;

/** Numbers for contents: the configured first, then as seen. Number 0 is `(other)`. */
export class ContentTable {
  private readonly numbers = new Map<string, number>();
  readonly list: ContentFacts[] = [];

  constructor(settings: Settings) {
    this.add(OTHER_CONTENT, 'page', SEGMENT_MS_DEFAULT);
    for (const { id, kind, segmentMs } of settings.contents) this.add(id, kind, segmentMs);
  }

  numberOf(id: string, kind: Kind, segmentMs: number): number {
    return this.numbers.get(`${kind} ${id}`) ?? this.add(id, kind, segmentMs);
  }

  private add(id: string, kind: Kind, segmentMs: number): number {
    const n = this.list.length;
    if (n === CONTENTS_MAX) return 0;
    // A page and a stream without configuration may have one name: /live and /live/1.ts.
    this.numbers.set(`${kind} ${id}`, n);
    this.list.push({ id, kind, segmentMs });
    return n;
  }
}
