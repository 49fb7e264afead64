import { REQUIRED_FIELDS } from '../lambdas/core/edge/edge-fields';
import { COUNTS, LANE_COUNTS, LIMITS } from '../lambdas/core/settings';
import {
  type Audience,
  lanesFor,
  LINES_PER_SECOND_MAX,
  linesPerSecondOf,
} from '../lambdas/core/sizing';

/** One thing that is wrong with a configuration. */
export interface Problem {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

/** The form of an instant with its zone, for editors; isInstant knows the calendar too. */
export const INSTANT =
  /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

export function isInstant(value: string): boolean {
  const [, year, month, day] = INSTANT.exec(value) ?? [];
  // Date.parse turns 30 February into 1 March; the calendar day must survive.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCDate() === Number(day) && !Number.isNaN(Date.parse(value));
}

/**
 * What must hold between values. Read from the raw JSON with the broken parts left out, so that
 * these problems are named together with those of single values.
 */
export function relationProblems(json: unknown): Problem[] {
  const file = recordOf(json);
  const contents = listOf(file['contents']).map(recordOf);
  const events = listOf(file['events']).map(recordOf);
  const contentIds = new Set(contents.map((content) => content['id']));
  const idOf = (item: Fields) => item['id'];
  return [
    ...repeated('contents', 'id', contents.map(idOf)),
    ...repeated('events', 'id', events.map(idOf)),
    ...contents.flatMap(partProblems),
    ...events.flatMap((event, n) => eventProblems(event, n, contentIds)),
    ...fieldProblems(file['realtimeFields']),
    ...sizeProblems(file),
  ];
}

function partProblems(content: Fields, n: number): Problem[] {
  const { segmentSeconds = LIMITS.segmentSeconds.fallback } = content;
  const { seconds } = recordOf(content['parts']);
  if (typeof seconds !== 'number' || typeof segmentSeconds !== 'number') return [];
  if (seconds <= segmentSeconds) return [];
  const expected = `at most segmentSeconds (${segmentSeconds})`;
  return [{ where: `contents[${n}].parts.seconds`, expected, got: gotText(seconds) }];
}

function eventProblems(event: Fields, n: number, contentIds: ReadonlySet<unknown>): Problem[] {
  const problems: Problem[] = [];
  const { content, start, end } = event;
  if (typeof content === 'string' && !contentIds.has(content)) {
    const expected = `the id of one of the contents${hint(content, [...contentIds])}`;
    problems.push({ where: `events[${n}].content`, expected, got: gotText(content) });
  }
  // NaN compares false: a time that cannot be read has a problem of its own.
  const hours = (instantOf(end) - instantOf(start)) / 3_600_000;
  if (hours <= 0 || hours > COUNTS.eventHoursMax) {
    const expected = `a time after start, at most ${COUNTS.eventHoursMax} hours later`;
    problems.push({ where: `events[${n}].end`, expected, got: gotText(end) });
  }
  return problems;
}

function fieldProblems(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [];
  const missing = REQUIRED_FIELDS.filter((name) => !value.includes(name));
  const where = 'realtimeFields';
  const without = {
    where,
    expected: `also ${missing.join(', ')}, without which no line can be counted`,
    got: `${value.length} fields`,
  };
  return [...repeated(where, '', value), ...(missing.length > 0 ? [without] : [])];
}

/** Fewer lanes than the audience needs cannot be mended once something is counted. */
function sizeProblems(file: Fields): Problem[] {
  const audience = audienceOf(recordOf(file['expected']));
  const lanes = LANE_COUNTS.find((count) => count === (file['lanes'] ?? LANE_COUNTS[0]));
  if (audience === undefined || lanes === undefined) return [];
  const lines = linesPerSecondOf(audience);
  if (lines <= LINES_PER_SECOND_MAX[lanes]) return [];
  const why = `${formatWhole(lines)} lines/s of ${formatWhole(audience.viewers)} viewers`;
  const needed = lanesFor(lines);
  if (needed !== undefined) {
    return [{ where: 'lanes', expected: `at least ${needed} for ${why}`, got: gotText(lanes) }];
  }
  const most = LANE_COUNTS[LANE_COUNTS.length - 1]!;
  const limit = formatWhole(LINES_PER_SECOND_MAX[most]);
  const expected = `an audience of at most ${limit} lines/s, what ${most} lanes carry`;
  return [{ where: 'expected', expected, got: why }];
}

function audienceOf(expected: Fields): Audience | undefined {
  const {
    viewers,
    segmentSeconds = LIMITS.segmentSeconds.fallback,
    requestsPerSegment = LIMITS.requestsPerSegment.fallback,
  } = expected;
  if (
    !isIn(viewers, LIMITS.viewers) ||
    !isIn(segmentSeconds, LIMITS.segmentSeconds) ||
    !isIn(requestsPerSegment, LIMITS.requestsPerSegment)
  ) {
    return undefined; // these have problems of their own
  }
  return { viewers, segmentSeconds, requestsPerSegment };
}

const isIn = (value: unknown, { min, max }: { min: number; max: number }): value is number =>
  typeof value === 'number' && value >= min && value <= max;
const formatWhole = (value: number) => value.toLocaleString('en-US');

/** Names that stand before in the same list. */
function repeated(where: string, key: string, values: readonly unknown[]): Problem[] {
  const at = (n: number) => `${where}[${n}]${key && `.${key}`}`;
  const firsts = new Map<unknown, number>();
  const problems: Problem[] = [];
  for (const [n, value] of values.entries()) {
    const first = firsts.get(value) ?? n;
    firsts.set(value, first);
    if (first === n || typeof value !== 'string') continue;
    const expected = `another name than ${at(first)}`;
    problems.push({ where: at(n), expected, got: gotText(value) });
  }
  return problems;
}

type Fields = Readonly<Record<string, unknown>>;
const recordOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const instantOf = (value: unknown) =>
  typeof value === 'string' && isInstant(value) ? Date.parse(value) : NaN;

export function gotText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** Names a known name that is at most two letters away, or differs only in case and dashes. */
export function hint(given: unknown, known: readonly unknown[]): string {
  if (typeof given !== 'string' || given.length > 64) return '';
  const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');
  const near = known
    .filter((name) => typeof name === 'string')
    .filter((name) => Math.abs(name.length - given.length) <= 4) // bounds the work
    .map((name) => ({ name, distance: editDistance(plain(given), plain(name)) }))
    .filter(({ name, distance }) => distance <= Math.min(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0] ? ` (did you mean ${JSON.stringify(near[0].name)}?)` : '';
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let n = 1; n <= a.length; n += 1) {
    const next = [n];
    for (let m = 1; m <= b.length; m += 1) {
      const swap = row[m - 1]! + (a[n - 1] === b[m - 1] ? 0 : 1);
      next.push(Math.min(swap, row[m]! + 1, next[m - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
