import { z } from '@hono/zod-openapi';
import { isInstant } from '../../lib/config-problems';
import { GUARD_LISTS } from '../core/guard/guard-set';
import { canonicalCidr } from '../core/guard/prefix';
import { DIMENSIONS, STEPS } from '../core/road/views-series';

/** What a request may hold. Each schema has one sentence for all that can be wrong: what is expected. */
const fail = (expected: string) => ({ error: expected });

export const PAGE_LIMITS = {
  contents: { fallback: 100, max: 500 },
  periods: { fallback: 1_440, max: 1_440 },
  blocks: { fallback: 1_000, max: 10_000 },
  audit: { fallback: 100, max: 1_000 },
} as const;
const CURSOR_CHARS_MAX = 2_048;
/** A key of a table holds 1,024 bytes, and ids are made of up to 512 characters. */
const ID_CHARS_MAX = 1_600;
const DAYS_MAX = 400;
/** Beyond them nothing can have been counted, and times get other forms. */
const TIMES = [Date.UTC(2000, 0, 1), Date.UTC(2100, 0, 1)] as const;

const TIME = 'an ISO 8601 time with its zone from 2000 on, such as 2026-11-24T20:00:00Z';
const isTime = (text: string) => {
  const ms = isInstant(text) ? Date.parse(text) : NaN;
  return ms >= TIMES[0] && ms < TIMES[1];
};
const time = (description: string) =>
  z
    .string(fail(TIME))
    .max(40, fail(TIME))
    .refine(isTime, fail(TIME))
    .transform((text) => Date.parse(text))
    .optional()
    .openapi({ type: 'string', format: 'date-time', description });

function whole(max: number, fallback: number, description: string) {
  const error = fail(`a whole number from 1 to ${max}`);
  return z
    .string(error)
    .regex(/^[1-9]\d{0,5}$/, error)
    .transform(Number)
    .refine((n) => n <= max, error)
    .optional()
    .transform((n) => n ?? fallback)
    .openapi({ type: 'integer', minimum: 1, maximum: max, default: fallback, description });
}

const limit = (of: keyof typeof PAGE_LIMITS, what: string) =>
  whole(PAGE_LIMITS[of].max, PAGE_LIMITS[of].fallback, `${what} of a page at most`);

function oneOf<const Name extends string>(names: readonly Name[], description: string) {
  return z
    .enum(names, fail(`one of ${names.join(', ')}`))
    .optional()
    .openapi({ description });
}

const CURSOR = 'next of a page of the same request';
const cursor = z
  .string(fail(CURSOR))
  .max(CURSOR_CHARS_MAX, fail(CURSOR))
  .optional()
  .openapi({ description: CURSOR });

const FORMAT = { format: oneOf(['json', 'csv'], 'Wins over the header Accept.') };

/** An object that refuses unknown keys: a misspelt one would silently be a default. */
function exact<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ') || 'none';
  return z.strictObject(shape, { error: () => `only the parameters ${known}` });
}

const WINDOW = {
  from: time('First minute; a window is widened to whole minutes.'),
  to: time('End of the window, which is not in it.'),
  event: z
    .string(fail('the id of an event'))
    .max(200, fail('the id of an event'))
    .optional()
    .openapi({ description: 'Instead of from and to: an event of this content in turnout.json.' }),
};
const KIND = { kind: oneOf(['stream', 'page'], 'Where a stream and a page have one id.') };

export const QUERIES = {
  contents: exact({ limit: limit('contents', 'contents'), cursor, ...FORMAT }),
  content: exact({ ...WINDOW, ...KIND, ...FORMAT }),
  minutes: exact({
    ...WINDOW,
    step: oneOf(STEPS, 'Hours are those of UTC, days are broadcast days.'),
    dimension: oneOf(DIMENSIONS, 'Kept by hour, so step is hour or day.'),
    limit: limit('periods', 'periods'),
    cursor,
    ...KIND,
    ...FORMAT,
  }),
  live: exact({ ...KIND, ...FORMAT }),
  blocks: exact({
    list: oneOf(GUARD_LISTS, 'One list alone.'),
    limit: limit('blocks', 'entries'),
    cursor,
    ...FORMAT,
  }),
  address: exact({ days: whole(DAYS_MAX, 2, 'How far back the audit is read.') }),
  audit: exact({
    from: time('A day before to, if not given.'),
    to: time('Now, if not given.'),
    limit: limit('audit', 'entries'),
    cursor,
    ...FORMAT,
  }),
  none: exact({}),
} as const;

const isAddress = (text: string) => !text.includes('/') && canonicalCidr(text) !== undefined;

export const PARAMS = {
  id: z.object({
    id: z
      .string()
      .min(1)
      .max(ID_CHARS_MAX, fail(`at most ${ID_CHARS_MAX} characters`))
      .openapi({
        param: { name: 'id', in: 'path' },
        description:
          'Id of a content as in reports; or ~ and its base64url, as /v1/contents links to it.',
      }),
  }),
  address: z.object({
    address: z
      .string()
      .max(64, fail('an IPv4 or IPv6 address'))
      .refine(isAddress, fail('an IPv4 or IPv6 address'))
      .openapi({ param: { name: 'address', in: 'path' }, example: '198.51.100.1' }),
  }),
} as const;
