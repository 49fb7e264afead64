import { POLLS, peopleOf } from './explained';
import type { Rhythm } from './rules';
import { N, type SourceCell } from './source-cells';
import { type SourceFacts, WINDOW_SLOTS, agentsIn } from './source-windows';

const STILL_MS = 60_000;
/** Whoever plays has media for each playlist, or for each second one. */
const MANIFESTS_PER_MEDIA = 10;
/** Of its window a slot may have so many times its part. */
const POLLS_UNEVEN = 2;

/** What a fold of a lane tells of media. */
export interface MediaStep {
  /** newest arrival that the lane has folded, ms */
  readonly newestMs: number;
  /** media that the whole intervals of the packets had, all lanes together. @default 0 */
  readonly mediaHits?: number;
}

/**
 * G9_still: whether hardly anybody of the whole deployment has had media for a minute, against the playlists that this
 * lane was served. Lines are spread over shards at random, and each packet says what all lanes of its interval had, so
 * each lane sees a sample.
 */
export class Stillness {
  /** It has watched since then without a gap of a minute. */
  private sinceMs = -Infinity;
  private newestMs = -Infinity;
  /** when it was known to be still last */
  private stillMs = -Infinity;
  private isYoungAndStill = false;
  /** of the last minute, oldest first */
  private steps: { readonly atMs: number; readonly media: number; readonly polls: number }[] = [];

  /** playlists that one person polls in a slot, at most */
  private readonly perPerson: number;

  constructor({ perPlaylist }: Rhythm) {
    this.perPerson = Math.ceil((POLLS_UNEVEN * POLLS.window * perPlaylist) / WINDOW_SLOTS);
  }

  /**
   * `hasViewers` says whether anybody of the lane watches, which is stored with the lane: whoever has not watched for
   * a minute asks there.
   */
  note(
    { newestMs, mediaHits = 0 }: MediaStep,
    cells: readonly SourceCell[],
    hasViewers: () => boolean,
  ): void {
    if (newestMs - this.newestMs > STILL_MS) this.sinceMs = newestMs;
    this.newestMs = Math.max(this.newestMs, newestMs);
    const polls = cells.reduce((sum, cell) => sum + this.pollsOf(cell), 0);
    this.steps.push({ atMs: this.newestMs, media: mediaHits, polls });
    const gone = this.steps.findIndex(({ atMs }) => atMs > this.newestMs - STILL_MS);
    this.steps.splice(0, gone);
    const media = this.steps.reduce((sum, step) => sum + step.media, 0);
    const asked = this.steps.reduce((sum, step) => sum + step.polls, 0);
    const hasMedia = MANIFESTS_PER_MEDIA * media > asked;
    const hasWatched = this.newestMs - this.sinceMs >= STILL_MS;
    if (hasWatched && !hasMedia) this.stillMs = this.newestMs;
    this.isYoungAndStill = !hasWatched && !hasMedia && !hasViewers();
  }

  /** Manifests as people who wait poll them: whoever asks more often proves nothing by it. */
  private pollsOf({ counts, agents }: SourceCell): number {
    return Math.min(counts[N.manifests]!, this.perPerson * peopleOf(agentsIn(agents)));
  }

  /** Until a minute after media flow again: so long do the windows remember those who waited. */
  get isStill(): boolean {
    return this.isYoungAndStill || this.newestMs - this.stillMs < STILL_MS;
  }
}

/** What is judged while it is still: whoever polls a playlist gets nothing by it, and that is our failure. */
export function withManifestsFailed(facts: SourceFacts): SourceFacts {
  const { window, total } = facts;
  const long = [...facts.long];
  for (const n of [N.failed, N.unserved]) long[n]! += facts.long[N.manifests]!;
  return {
    ...facts,
    window: { ...window, unserved: window.unserved + window.manifests },
    long,
    // S10 asks how much of all was asked for in peace.
    total: { ...total, manifests: 0 },
  };
}
