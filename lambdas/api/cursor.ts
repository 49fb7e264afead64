import { ProblemError, gotText } from './problem';

/**
 * Where a page begins. Opaque to callers, and not secret: it says no more than the page before did, and whoever
 * makes one up may begin anywhere in what the same request answers. So it is checked, and not signed.
 */
export function encodeCursor(of: string, place: string): string {
  return Buffer.from(JSON.stringify([of, place])).toString('base64url');
}

/** The place, or '' for the beginning. `of` is the request that it belongs to. */
export function decodeCursor(
  cursor: string | undefined,
  of: string,
  isPlace: (place: string) => boolean,
): string {
  if (cursor === undefined) return '';
  const place = placeIn(cursor, of);
  if (place !== undefined && isPlace(place)) return place;
  throw new ProblemError(400, {
    what: 'cursor',
    got: gotText(cursor),
    expected: 'next of a page of the same request',
  });
}

function placeIn(cursor: string, of: string): string | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(json) || json.length !== 2 || json[0] !== of) return undefined;
    const [, place] = json as [unknown, unknown];
    // The same text in another form would be another cursor of the same place.
    return typeof place === 'string' && encodeCursor(of, place) === cursor ? place : undefined;
  } catch {
    return undefined;
  }
}
