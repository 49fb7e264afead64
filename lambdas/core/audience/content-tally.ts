import { CAUSES, CLASSES } from '../edge/classes';
import { Concurrency } from './concurrency';
import { BUCKET, BUCKETS, FIGURES } from './viewer-figures';

/** One minute of a content: FIGURES x BUCKETS, then causes. */
export const MINUTE_FIGURES = FIGURES * BUCKETS + CAUSES.length;
const CAUSE_AT = FIGURES * BUCKETS;

/** Minutes [from, to) since the epoch. */
export interface MinuteWindow {
  readonly from: number;
  readonly to: number;
}

/** What the viewers of one content add up to. */
export class ContentTally {
  readonly minutes = new Map<number, Float64Array>();
  /** verified viewers only */
  readonly concurrency = new Concurrency();
  /** figures by class, by country number and by device, inside the window */
  readonly classes: Float64Array[] = CLASSES.map(() => new Float64Array(FIGURES));
  readonly countries = new Map<number, Float64Array>();
  readonly devices = new Map<number, Float64Array>();

  constructor(private readonly window: MinuteWindow) {}

  /** Takes a credit into its minute and, inside the window, into the dimensions (A6_dimensions). */
  credit(
    who: { viewerClass: number; country: number; device: number },
    minute: number,
    figure: number,
    bucket: number,
    n: number,
  ): void {
    this.minuteOf(minute)[figure * BUCKETS + bucket]! += n;
    if (minute < this.window.from || minute >= this.window.to) return;
    this.classes[who.viewerClass]![figure]! += n;
    if (bucket !== BUCKET.verified) return;
    addTo(this.countries, who.country, figure, n);
    addTo(this.devices, who.device, figure, n);
  }

  turnAway(minute: number, cause: number): void {
    this.minuteOf(minute)[CAUSE_AT + cause]! += 1;
  }

  presence(first: number, last: number, bucket: number): void {
    if (bucket === BUCKET.verified) this.concurrency.add(first, last);
  }

  /** Sum over the minutes of a window: FIGURES x BUCKETS, then causes. */
  sum(window: MinuteWindow): Float64Array {
    return sumMinutes(this.minutes, window);
  }

  private minuteOf(minute: number): Float64Array {
    let figures = this.minutes.get(minute);
    if (figures === undefined) {
      figures = new Float64Array(MINUTE_FIGURES);
      this.minutes.set(minute, figures);
    }
    return figures;
  }
}

/** Sum over the minutes of a window: FIGURES x BUCKETS, then causes. */
export function sumMinutes(
  minutes: ReadonlyMap<number, Float64Array>,
  { from, to }: MinuteWindow,
): Float64Array {
  const total = new Float64Array(MINUTE_FIGURES);
  for (const [minute, figures] of minutes) {
    if (minute < from || minute >= to) continue;
    for (let n = 0; n < MINUTE_FIGURES; n += 1) total[n]! += figures[n]!;
  }
  return total;
}

/** The cause's place in a minute or a sum. */
export function causeAt(cause: number): number {
  return CAUSE_AT + cause;
}

function addTo(map: Map<number, Float64Array>, key: number, figure: number, n: number): void {
  let figures = map.get(key);
  if (figures === undefined) {
    figures = new Float64Array(FIGURES);
    map.set(key, figures);
  }
  figures[figure]! += n;
}
