/** Compares a report with what a golden case expects of it. */
import { timeOf } from './golden-case';
import type { Expected } from './golden-case';

/** What both the core and the oracle give, as far as golden cases look. */
export interface Judged {
  readonly ledger: object;
  readonly contents: Readonly<Record<string, { readonly minutes?: readonly object[] }>>;
  readonly events: Readonly<Record<string, object>>;
}

type Tree = Readonly<Record<string, unknown>>;

/** Maps of which nothing may be left unsaid. */
const WHOLE = ['turnedAway', 'invalid', 'bad', 'hits', 'outcomes'];

/** One text for each figure that is not as expected. */
export function differences(report: Judged, expected: Expected): string[] {
  return [
    ...compare(report.ledger, expected.ledger ?? {}, 'ledger'),
    ...compare(report.contents, expected.contents ?? {}, 'contents'),
    ...compare(report.events, expected.events ?? {}, 'events'),
    ...Object.entries(expected.minutes ?? {}).flatMap(([content, minutes]) =>
      Object.entries(minutes).flatMap(([minute, figures]) =>
        compare(
          minuteOf(report.contents[content]?.minutes ?? [], minute),
          figures,
          `${content} ${minute}`,
        ),
      ),
    ),
  ];
}

/** A minute with its verified figures on top, as contents have them. */
function minuteOf(minutes: readonly object[], minute: string): Tree {
  const found = (minutes as readonly Tree[]).find(
    (one) => Date.parse(String(one['minute'])) === timeOf(minute),
  );
  if (found === undefined) return {};
  const record = (found['record'] ?? {}) as Readonly<Record<string, { verified: number }>>;
  const verified = Object.entries(record).map(([figure, { verified: n }]) => [figure, n]);
  return { ...Object.fromEntries(verified), ...found };
}

function compare(actual: unknown, expected: unknown, where: string): string[] {
  if (Array.isArray(expected)) {
    const list = (actual ?? []) as readonly unknown[];
    if (list.length !== expected.length) {
      return [`${where}: expected ${expected.length} entries, got ${JSON.stringify(list)}`];
    }
    return expected.flatMap((one, n) => compare(list[n], one, `${where}[${n}]`));
  }
  if (typeof expected === 'object' && expected !== null) {
    const tree = (typeof actual === 'object' ? (actual ?? {}) : {}) as Tree;
    const isWhole = WHOLE.includes(where.split('.').at(-1)!);
    const keys = new Set([...Object.keys(expected), ...(isWhole ? Object.keys(tree) : [])]);
    return [...keys].flatMap((key) =>
      compare(tree[key], (expected as Tree)[key] ?? (isWhole ? 0 : null), `${where}.${key}`),
    );
  }
  const isTime = typeof expected === 'string' && /^\d\d:\d\d/.test(expected);
  const same = isTime
    ? Date.parse(String(actual)) === timeOf(expected)
    : (actual ?? (expected === null ? null : typeof expected === 'number' ? 0 : '')) === expected;
  return same ? [] : [`${where}: expected ${String(expected)}, got ${String(actual)}`];
}
