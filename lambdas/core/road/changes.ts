import { CAUSES, CLASSES, DEVICES, OUTCOMES } from '../edge/classes';
import type { ContentFacts } from '../edge/content-table';
import { countryName } from '../edge/hit';
import { SLOT_SECONDS } from '../audience/rules';
import { BUCKET, BUCKETS, FIGURE, FIGURES, type FigureSink } from '../audience/viewer-figures';
import type { ViewsUpdate } from './ports';
import {
  CONTENTS_PK,
  STATUS_SK,
  contentKey,
  contentPk,
  hourSk,
  minuteExpiresAt,
  minuteSk,
} from './views-item';

const SLOTS_PER_MINUTE = 60 / SLOT_SECONDS;
const SLOTS_PER_HOUR = 60 * SLOTS_PER_MINUTE;

/** Places of a minute or an hour: figures, causes, hits. */
const CAUSE_AT = FIGURES * BUCKETS;
const HIT_AT = CAUSE_AT + CAUSES.length;
const PLACES = HIT_AT + CLASSES.length * OUTCOMES.length;
/** Behind them, of an hour: by class, by device. */
const CLASS_AT = PLACES;
const DEVICE_AT = CLASS_AT + CLASSES.length * FIGURES;
const HOUR_PLACES = DEVICE_AT + DEVICES.length * FIGURES;

const NAMES = Array.from({ length: HOUR_PLACES }, (_, place) => nameOf(place));

function nameOf(place: number): string {
  if (place < CAUSE_AT) return `f${Math.floor(place / BUCKETS)}_${place % BUCKETS}`;
  if (place < HIT_AT) return `t${place - CAUSE_AT}`;
  const hit = place - HIT_AT;
  if (place < CLASS_AT) return `h${Math.floor(hit / OUTCOMES.length)}_${hit % OUTCOMES.length}`;
  const [sort, n] = place < DEVICE_AT ? ['k', place - CLASS_AT] : ['d', place - DEVICE_AT];
  return `${sort}${Math.floor(n / FIGURES)}_${n % FIGURES}`;
}

/** What changes of one content. */
class ContentChanges {
  readonly minutes = new Map<number, Float64Array>();
  readonly hours = new Map<number, Float64Array>();
  /** by hour, then by country number * FIGURES + figure */
  readonly countries = new Map<number, Map<number, number>>();
  /** by hour, then by edge location */
  readonly edges = new Map<number, Map<string, number>>();
  /** by bucket: steps of concurrency, by slot */
  readonly steps = Array.from({ length: BUCKETS }, () => new Map<number, number>());
  overHits = 0;
  corrections = 0;
  overSlots = 0;

  minute(minute: number): Float64Array {
    return arrayOf(this.minutes, minute, PLACES);
  }

  hour(hour: number): Float64Array {
    return arrayOf(this.hours, hour, HOUR_PLACES);
  }
}

/** Who the contributions that are being told belong to. */
export interface Teller {
  content: number;
  viewerClass: number;
  country: number;
  device: number;
  /** 1 to tell, -1 to take back */
  sign: number;
}

/**
 * Adds up what viewers contribute anew less what they contributed before, and hits, into updates of
 * Views. Presence is held as steps, so taking back two hours and telling two hours and six seconds
 * costs four steps and leaves three slots.
 */
export class Changes implements FigureSink {
  readonly who: Teller = { content: 0, viewerClass: 0, country: 0, device: 0, sign: 1 };
  private readonly contents = new Map<number, ContentChanges>();

  get contentNumbers(): Iterable<number> {
    return this.contents.keys();
  }

  credit(minute: number, figure: number, bucket: number, n: number): void {
    // Watch time is made from presence.
    if (figure === FIGURE.watchSlots) return;
    const { who } = this;
    const changes = this.of(who.content);
    const delta = n * who.sign;
    changes.minute(minute)[figure * BUCKETS + bucket]! += delta;
    changes.hour(hourOf(minute))[figure * BUCKETS + bucket]! += delta;
    this.addDimensions(changes, hourOf(minute), figure, bucket, delta);
  }

  turnAway(minute: number, cause: number): void {
    const changes = this.of(this.who.content);
    changes.minute(minute)[CAUSE_AT + cause]! += this.who.sign;
    changes.hour(hourOf(minute))[CAUSE_AT + cause]! += this.who.sign;
  }

  presence(first: number, last: number, bucket: number): void {
    const { sign } = this.who;
    const changes = this.of(this.who.content);
    const steps = changes.steps[bucket]!;
    addTo(steps, first, sign);
    addTo(steps, last + 1, -sign);
    for (let slot = first; slot <= last;) {
      const hour = Math.floor(slot / SLOTS_PER_HOUR);
      const end = Math.min(last + 1, (hour + 1) * SLOTS_PER_HOUR);
      this.addDimensions(changes, hour, FIGURE.watchSlots, bucket, (end - slot) * sign);
      slot = end;
    }
  }

  start(): void {
    // Views hold no moments.
  }

  /** Hits of a content in a minute, by class * OUTCOMES.length + outcome. */
  addHits(content: number, minute: number, pair: number, n: number): void {
    const changes = this.of(content);
    changes.minute(minute)[HIT_AT + pair]! += n;
    changes.hour(hourOf(minute))[HIT_AT + pair]! += n;
  }

  addEdgeHits(content: number, minute: number, edge: string, n: number): void {
    addTo(mapOf(this.of(content).edges, hourOf(minute)), edge, n);
  }

  addOver(content: number, hits: number, slots: number): void {
    const changes = this.of(content);
    changes.overHits += hits;
    changes.overSlots += slots;
  }

  /** A viewer that turned invalid because its source did. */
  addCorrection(content: number): void {
    this.of(content).corrections += 1;
  }

  /** The updates of all items that change, in the order of their keys. */
  updates(contents: readonly ContentFacts[], group: number): ViewsUpdate[] {
    const updates: ViewsUpdate[] = [];
    for (const [n, changes] of this.contents) {
      const { kind, id } = contents[n]!;
      const pk = contentPk(contentKey(kind, id), group);
      integrate(changes);
      const put = (sk: string, add: ViewsUpdate['add'], expiresAtSeconds = 0) => {
        if (add.length === 0) return;
        updates.push({ pk, sk, add, set: [], expiresAtSeconds, isFenced: true });
      };
      const slots = slotsByMinute(changes);
      for (const [minute, places] of changes.minutes) {
        const add = [...addsOf(places), ...(slots.get(minute) ?? [])];
        put(minuteSk(minute), add, minuteExpiresAt(minute));
      }
      for (const [hour, places] of changes.hours) put(hourSk('h', hour), addsOf(places));
      for (const [hour, countries] of changes.countries) {
        put(
          hourSk('c', hour),
          nonZero([...countries]).map(([key, delta]) => {
            const country = countryName(Math.floor(key / FIGURES));
            return [`c${country}_${key % FIGURES}`, delta] as const;
          }),
        );
      }
      for (const [hour, edges] of changes.edges) {
        put(
          hourSk('e', hour),
          nonZero([...edges]).map(([edge, delta]) => [`e${edge}`, delta] as const),
        );
      }
      const { overHits, overSlots, corrections } = changes;
      put(
        STATUS_SK,
        nonZero([
          ['oh', overHits],
          ['os', overSlots],
          ['co', corrections],
        ]),
      );
    }
    return updates.sort((a, b) => (a.pk + a.sk < b.pk + b.sk ? -1 : 1));
  }

  private of(content: number): ContentChanges {
    let changes = this.contents.get(content);
    if (changes === undefined) this.contents.set(content, (changes = new ContentChanges()));
    return changes;
  }

  /** A6_dimensions: by class whatever the group; by country and device the verified. */
  private addDimensions(
    changes: ContentChanges,
    hour: number,
    figure: number,
    bucket: number,
    delta: number,
  ): void {
    const { viewerClass, country, device } = this.who;
    const places = changes.hour(hour);
    places[CLASS_AT + viewerClass * FIGURES + figure]! += delta;
    if (bucket !== BUCKET.verified) return;
    places[DEVICE_AT + device * FIGURES + figure]! += delta;
    addTo(mapOf(changes.countries, hour), country * FIGURES + figure, delta);
  }
}

/** Hits of viewers over a bound that an outbox counts. */
export function overHitsOf(updates: readonly ViewsUpdate[]): number {
  const adds = updates.flatMap(({ sk, add }) => (sk === STATUS_SK ? add : []));
  return adds.reduce((sum, [name, delta]) => (name === 'oh' ? sum + delta : sum), 0);
}

/** The item that says that a content exists; the same whoever writes it. */
export function contentUpdate({ id, kind, segmentMs }: ContentFacts): ViewsUpdate {
  return {
    pk: CONTENTS_PK,
    sk: contentKey(kind, id),
    add: [],
    set: [
      ['id', id],
      ['kind', kind],
      ['segmentMs', segmentMs],
    ],
    expiresAtSeconds: 0,
    isFenced: false,
  };
}

/** Watch slots of minutes and hours, from the steps of presence. */
function integrate(changes: ContentChanges): void {
  eachLevel(changes, (slot, bucket, level) => {
    const minute = Math.floor(slot / SLOTS_PER_MINUTE);
    const place = FIGURE.watchSlots * BUCKETS + bucket;
    changes.minute(minute)[place]! += level;
    changes.hour(hourOf(minute))[place]! += level;
  });
}

function slotsByMinute(changes: ContentChanges): Map<number, [string, number][]> {
  const minutes = new Map<number, [string, number][]>();
  eachLevel(changes, (slot, bucket, level) => {
    const minute = Math.floor(slot / SLOTS_PER_MINUTE);
    const adds = minutes.get(minute);
    const name = `s${slot % SLOTS_PER_MINUTE}_${bucket}`;
    if (adds === undefined) minutes.set(minute, [[name, level]]);
    else adds.push([name, level]);
  });
  return minutes;
}

function eachLevel(
  { steps }: ContentChanges,
  visit: (slot: number, bucket: number, level: number) => void,
): void {
  for (const [bucket, own] of steps.entries()) {
    const slots = nonZero([...own]).sort(([a], [b]) => a - b);
    let level = 0;
    for (const [n, [slot, step]] of slots.entries()) {
      level += step;
      const end = slots[n + 1]?.[0] ?? slot;
      if (level !== 0) for (let at = slot; at < end; at += 1) visit(at, bucket, level);
    }
  }
}

function addsOf(places: Float64Array): [string, number][] {
  const adds: [string, number][] = [];
  for (let place = 0; place < places.length; place += 1) {
    if (places[place] !== 0) adds.push([NAMES[place]!, places[place]!]);
  }
  return adds;
}

function nonZero<Key>(pairs: (readonly [Key, number])[]): (readonly [Key, number])[] {
  return pairs.filter(([, n]) => n !== 0);
}

function hourOf(minute: number): number {
  return Math.floor(minute / 60);
}

function addTo<Key>(map: Map<Key, number>, key: Key, n: number): void {
  map.set(key, (map.get(key) ?? 0) + n);
}

function mapOf<Key>(maps: Map<number, Map<Key, number>>, n: number): Map<Key, number> {
  let map = maps.get(n);
  if (map === undefined) maps.set(n, (map = new Map()));
  return map;
}

function arrayOf(arrays: Map<number, Float64Array>, n: number, length: number): Float64Array {
  let array = arrays.get(n);
  if (array === undefined) arrays.set(n, (array = new Float64Array(length)));
  return array;
}
