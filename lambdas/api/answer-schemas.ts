import { z } from '@hono/zod-openapi';
import { CAUSES, CLASSES, KINDS, OUTCOMES } from '../core/edge/classes';
import { GUARD_LISTS } from '../core/guard/guard-set';
import { RECORD_STATES } from '../core/guard/set-truth';
import { DIMENSIONS, STEPS } from '../core/road/views-series';

/** What the API answers, for its document. test/api holds every answer against these. */
const count = z.number();
const time = z.string().openapi({ format: 'date-time' });
const counts = (names: readonly string[]) =>
  z.record(z.string(), count).openapi({ description: `By ${names.join(', ')}; none is 0.` });

const Definition = z
  .strictObject({
    ...{ id: z.string(), version: z.string(), classifier: z.string(), timeZone: z.string() },
    ...{ dayStartHour: count, blockStatus: count, sessionIdsMax: count },
  })
  .openapi('Definition');

const State = z
  .enum(['provisional', 'final', 'incomplete'])
  .openapi('State', { description: 'incomplete: lines are known to be lost.' });

const Figure = z
  .strictObject({
    ...{ gross: count, refusedByUs: count, invalid: counts(CLASSES), unresolved: count },
    ...{ verified: count, lower: count, upper: count },
  })
  .openapi('Figure', {
    description:
      'gross = refusedByUs + invalid + unresolved + verified; upper = lower + unresolved.',
  });
const Figures = z.record(z.string(), Figure);

const Ledger = z
  .strictObject({
    ...{ lines: count, hits: count, bad: z.record(z.string(), count), duplicate: count },
    ...{ late: count, lost: count, overBound: count, overflow: count.optional() },
  })
  .openapi('Ledger', { description: 'Of all contents, by hours of arrival.' });

const kind = z.enum([KINDS[0], KINDS[1]]);
const next = z.string().optional().openapi({ description: 'Cursor of the next page, if any.' });

const dimensionFigures = {
  ...{ attempts: count, starts: count, views: z.record(z.string(), count), viewers: count },
  watchSeconds: count,
};
const DimensionFigures = z.strictObject(dimensionFigures).openapi('DimensionFigures');
const byName = z.record(z.string(), DimensionFigures);
const edgeHits = z.record(z.string(), z.strictObject({ hits: count }));

const ContentRecord = z
  .strictObject({
    ...{ kind, hits: counts(CLASSES), outcomes: counts(OUTCOMES), attempts: count, starts: count },
    ...{ turnedAway: counts(CAUSES), views: z.record(z.string(), count) },
    ...{ viewers: count.optional(), newViewers: count.optional() },
    ...{ watchSeconds: count.optional(), peakConcurrency: count.optional() },
    ...{ peakAt: time.nullable().optional(), averageMinuteAudience: count.optional() },
    ...{ from: time, to: time, record: Figures },
    by: z.strictObject({ class: byName, country: byName, device: byName, edge: edgeHits }),
  })
  .openapi('ContentRecord', { description: 'As turnout recount --json has it of this content.' });

const Window = z.strictObject({ from: time.nullable(), to: time.nullable() });
const about = {
  ...{ definition: Definition, state: State, countedTo: time.nullable(), id: z.string(), kind },
};
const windowed = {
  ...{ ...about, window: Window },
  event: z.strictObject({ id: z.string(), start: time, end: time }).optional(),
};

const Row = z
  .strictObject({
    ...{ from: time, to: time, hits: count, turnedAway: counts(CAUSES), record: Figures },
    concurrencyMax: count.optional(),
  })
  .openapi('Row');
const period = { from: time, to: time, value: z.string() };
const DimensionRow = z
  .union([
    z.strictObject({ ...period, ...dimensionFigures }),
    z.strictObject({ ...period, hits: count }),
  ])
  .openapi('DimensionRow');

const Block = z
  .strictObject({
    ...{ list: z.enum(GUARD_LISTS), set: z.string(), cidr: z.string() },
    ...{ state: z.enum(RECORD_STATES), rule: z.string().optional() },
    ...{ attackHits: count.optional(), verifiedViewers: count.optional() },
    ...{ suspects: count.optional(), strikes: count.optional(), since: time.optional() },
    ...{ until: time.optional(), leftSeconds: count.optional(), author: z.string().optional() },
    reason: z.string().optional(),
  })
  .openapi('Block');
const evidence = z.record(z.string(), count).optional();
const Told = z.strictObject({
  ...{ cidr: z.string(), author: z.string(), reason: z.string(), until: time },
});
const SetCounts = z.strictObject({ ours: count, foreign: count, waiting: count, sets: count });

export const ANSWERS = {
  contents: z
    .strictObject({
      contents: z.array(
        z.strictObject({
          ...{ id: z.string(), kind, segmentSeconds: count.optional(), href: z.string() },
        }),
      ),
      next,
    })
    .openapi('Contents'),
  content: z
    .strictObject({ ...windowed, ledger: Ledger, content: ContentRecord.nullable() })
    .openapi('Content'),
  minutes: z
    .strictObject({
      ...{ ...windowed, step: z.enum(STEPS), dimension: z.enum(DIMENSIONS).nullable() },
      ...{ rows: z.union([z.array(Row), z.array(DimensionRow)]), next },
    })
    .openapi('Series'),
  live: z
    .strictObject({
      ...{ ...about, at: time, since: time, newestLineSeconds: count.nullable() },
      figures: z.strictObject({
        ...{ concurrency: count, concurrencyAt: time.nullable(), view60: count, attempts: count },
        ...{ starts: count, turnedAway: count, viewers: count, bots: count },
      }),
    })
    .openapi('Live'),
  blocks: z
    .strictObject({
      ...{ at: time, lists: z.record(z.string(), SetCounts), overflow: count.nullable() },
      lastPass: z.strictObject({ at: time, mode: z.string() }).nullable(),
      ...{ blocks: z.array(Block), next },
    })
    .openapi('Blocks'),
  address: z
    .strictObject({
      ...{ address: z.string(), source: z.string(), at: time, verdict: z.string() },
      blocks: z.array(
        Block.extend({
          ...{ meaning: z.string().optional(), evidence, seen: z.string().optional() },
        }),
      ),
      exempt: z.strictObject({ list: z.string() }).nullable(),
      ...{ allows: z.array(Told), manual: z.array(Told), heldBackUntil: time.nullable() },
      suspect: z
        .strictObject({
          ...{ cidr: z.string(), rule: z.string(), toldAt: time, meaning: z.string() },
          ...{ attackHits: count, verifiedViewers: count, evidence },
          spared: z.strictObject({ why: z.string(), text: z.string() }).nullable(),
        })
        .nullable(),
      historyFrom: time,
      history: z.array(z.looseObject({ at: time, what: z.string(), cidr: z.string() })),
    })
    .openapi('Address', { description: 'As turnout explain --json.' }),
  audit: z
    .strictObject({
      ...{ from: time, to: time },
      entries: z.array(
        z.strictObject({
          ...{ at: time, id: z.string(), kind: z.string(), author: z.string(), set: z.string() },
          ...{ part: count, parts: count, version: count, planHash: z.string() },
          ...{ reason: z.string().optional(), until: time.optional() },
          ...{ mode: z.string().optional(), cidr: z.string().optional() },
          added: z.array(
            Block.omit({ list: true, set: true, state: true, leftSeconds: true }).extend({
              evidence,
            }),
          ),
          removed: z.array(z.strictObject({ cidr: z.string(), why: z.string() })),
          ...{ addedByOthers: z.array(z.string()), removedByOthers: z.array(z.string()) },
        }),
      ),
      next,
    })
    .openapi('Audit'),
  health: z
    .strictObject({
      ...{ status: z.enum(['ok']), at: time, definition: Definition },
      ...{ countedTo: time.nullable(), newestLineSeconds: count.nullable() },
    })
    .openapi('Health'),
  document: z.looseObject({ openapi: z.string() }).openapi('Document'),
} as const;

export const PROBLEM = z
  .strictObject({
    ...{ type: z.string(), title: z.string(), status: count, detail: z.string() },
    problems: z.array(z.strictObject({ what: z.string(), got: z.string(), expected: z.string() })),
  })
  .openapi('Problem', { description: 'RFC 9457.' });
