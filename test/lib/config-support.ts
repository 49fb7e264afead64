import { parseConfig } from '../../lib/config';

export type Json = Record<string, unknown>;

export const CONTENT = { id: 'live', kind: 'stream', paths: ['/live/**'] };
export const EVENT = {
  id: 'night',
  content: 'live',
  start: '2026-11-24T20:00:00Z',
  end: '2026-11-24T22:00:00Z',
};
export const GOOD = { contents: [CONTENT], events: [EVENT] };
export const withContent = (part: Json) => ({ ...GOOD, contents: [{ ...CONTENT, ...part }] });
export const withEvent = (part: Json) => ({ ...GOOD, events: [{ ...EVENT, ...part }] });
export const many = (count: number, make: (n: number) => unknown) =>
  Array.from({ length: count }, (_, n) => make(n));
export const PARTS = { paths: ['/live/p/**'], seconds: 1 };

/** Where each problem is, and all that is said. */
export function problemsOf(json: unknown): { readonly where: string[]; readonly text: string } {
  try {
    parseConfig(json);
    return { where: [], text: '' };
  } catch (error) {
    const text = (error as Error).message;
    const where = [...text.matchAll(/^ {2}(.+?): expected /gm)].map((match) => match[1]!);
    return { where, text };
  }
}
