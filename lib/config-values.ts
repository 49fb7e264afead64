/** The sorts of values of turnout.json, each with the one sentence that says what is expected. */
// As a whole: `{ z }` would carry zod's sentences in 50 languages into each function, 360 KB.
import * as z from 'zod';

/** Each schema carries one sentence for all that can be wrong with its value. */
export const fail = (expected: string) => ({ error: expected });

export function numberIn({ min, max }: { min: number; max: number }, unit: string) {
  const error = fail(`a number of ${unit} from ${min} to ${max}`);
  return z.number(error).min(min, error).max(max, error);
}

export function wholeIn({ min, max }: { min: number; max: number }) {
  const error = fail(`a whole number from ${min} to ${max}`);
  return z.int(error).min(min, error).max(max, error);
}

export function whole(
  limits: { readonly fallback: number; readonly min: number; readonly max: number },
  about: string,
) {
  return wholeIn(limits).default(limits.fallback).describe(about);
}

export function text(pattern: RegExp, charsMax: number, expected: string) {
  const error = fail(expected);
  return z.string(error).max(charsMax, error).regex(pattern, error);
}

export function list<Item extends z.ZodType>(
  item: Item,
  { min, max, of }: { min: number; max: number; of: string },
) {
  const error = fail(`a list of ${min} to ${max} ${of}`);
  return z.array(item, error).min(min, error).max(max, error);
}

/** An object that refuses unknown keys: a misspelt key would silently be a default. */
export function exact<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `only the keys ${known.join(', ')}`
        : `an object with the keys ${known.join(', ')}`,
  });
}
