/**
 * The little of DynamoDB's expressions that the adapters use, read once for each text. Whatever is not
 * understood throws, so that a double never answers for what it does not know.
 */

export interface Test {
  readonly kind: 'exists' | 'not_exists' | '=' | '<';
  readonly name: string;
  /** a placeholder; '' where nothing is compared */
  readonly value: string;
}

export interface Condition {
  readonly joint: 'AND' | 'OR';
  readonly tests: readonly Test[];
}

export interface Update {
  readonly sets: readonly Assignment[];
  readonly adds: readonly Assignment[];
}

/** An attribute's name or its placeholder, and the placeholder of a value. */
type Assignment = readonly [name: string, value: string];

export interface KeyCondition {
  readonly pk: string;
  readonly sk: { readonly kind: 'all' | 'between' | 'begins_with'; readonly values: string[] };
}

export interface Placeholders {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** 4 KB of text, and 300 operators; an ADD is taken for one. */
const TEXT_BYTES_MAX = 4_096;
const OPERATORS_MAX = 300;
/** Texts at hand. Those of updates differ by the number of their entries. */
const READ_MAX = 20_000;

const NAME = '(#?[A-Za-z0-9_]+)';
const VALUE = '(:[A-Za-z0-9_]+)';
const FUNCTION = new RegExp(`^attribute_(exists|not_exists)\\(${NAME}\\)$`);
const COMPARISON = new RegExp(`^${NAME} ?(=|<) ?${VALUE}$`);
const SET = new RegExp(`^${NAME} ?= ?${VALUE}$`);
const ADD = new RegExp(`^${NAME} ${VALUE}$`);
const UPDATE = /^(?:SET (.+?))?(?:(?:^| )ADD (.+))?$/;
const KEYS = new RegExp(
  `^pk = ${VALUE}(?: AND (?:sk BETWEEN ${VALUE} AND ${VALUE}|begins_with\\(sk, ${VALUE}\\)))?$`,
);

export const readCondition = once((text: string): Condition => {
  const joint = text.includes(' OR ') ? 'OR' : 'AND';
  const tests = text.split(` ${joint} `).map((part): Test => {
    const [, kind, of] = FUNCTION.exec(part) ?? [];
    if (of !== undefined) return { kind: kind as 'exists' | 'not_exists', name: of, value: '' };
    const [, name, operator, value] = COMPARISON.exec(part) ?? refuse(part);
    return { kind: operator as '=' | '<', name: name!, value: value! };
  });
  return { joint, tests };
});

export const readUpdate = once((text: string): Update => {
  const [, sets, adds] = UPDATE.exec(text) ?? refuse(text);
  const parts = (list: string | undefined, pattern: RegExp) =>
    (list === undefined ? [] : list.split(/, ?/)).map((part): Assignment => {
      const [, name, value] = pattern.exec(part) ?? refuse(part);
      return [name!, value!];
    });
  const update = { sets: parts(sets, SET), adds: parts(adds, ADD) };
  if (update.adds.length > OPERATORS_MAX) {
    throw new Error(
      `update has ${update.adds.length} operators, expected at most ${OPERATORS_MAX}`,
    );
  }
  return update;
});

export const readKeyCondition = once((text: string): KeyCondition => {
  const [, pk, from, to, begin] = KEYS.exec(text) ?? refuse(text);
  if (from !== undefined) return { pk: pk!, sk: { kind: 'between', values: [from, to!] } };
  if (begin !== undefined) return { pk: pk!, sk: { kind: 'begins_with', values: [begin] } };
  return { pk: pk!, sk: { kind: 'all', values: [] } };
});

/** Each placeholder of the texts once; texts are parted by a line break. */
export const readPlaceholders = once((texts: string): Placeholders => {
  const all = (pattern: RegExp) => [...new Set(texts.match(pattern) ?? [])];
  return { names: all(/#[A-Za-z0-9_]+/g), values: all(/:[A-Za-z0-9_]+/g) };
}, TEXT_BYTES_MAX * 2);

function once<T>(read: (text: string) => T, bytesMax = TEXT_BYTES_MAX): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (text.length > bytesMax) {
      throw new Error(`expression has ${text.length} bytes, expected at most ${bytesMax}`);
    }
    const result = read(text);
    if (known.size >= READ_MAX) known.clear();
    known.set(text, result);
    return result;
  };
}

function refuse(part: string): never {
  throw new Error(`the double does not understand the expression ${part}`);
}
