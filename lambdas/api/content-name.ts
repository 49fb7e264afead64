import type { Kind } from '../core/edge/classes';
import type { ViewsItem } from '../core/road/ports';
import { contentKey } from '../core/road/views-item';
import { contentOf } from '../core/road/views-report';
import { ProblemError, gotText } from './problem';

export interface NamedContent {
  /** as in keys of Views */
  readonly key: string;
  readonly id: string;
  readonly kind: Kind;
  readonly segmentSeconds: number | undefined;
}

/** Finds one content by exactly this key. */
export type FindKey = (key: string) => Promise<ViewsItem | undefined>;

const PLAIN = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const ENCODED = /^~([A-Za-z0-9_-]+)$/;
/** What a report calls a page whose id a stream has too. */
const PAGE_SUFFIX = ' (page)';

/**
 * An id as one part of a path. Ids made from logs hold slashes and whatever strangers ask for, and what stands between
 * a caller and the function may decode those: then `~` and base64url.
 */
export function pathPartOf(id: string): string {
  return PLAIN.test(id) ? id : `~${Buffer.from(id).toString('base64url')}`;
}

export function idOfPathPart(part: string): string {
  const [, encoded] = ENCODED.exec(part) ?? [];
  return encoded === undefined ? part : Buffer.from(encoded, 'base64url').toString('utf8');
}

/** By the name that a report gives it: of two kinds with one id the stream, and the page as `ID (page)`. */
export async function findContent(
  name: string,
  kind: Kind | undefined,
  find: FindKey,
): Promise<NamedContent> {
  const kinds: readonly Kind[] = kind === undefined ? ['stream', 'page'] : [kind];
  for (const one of kinds) {
    const item = await find(contentKey(one, name));
    if (item !== undefined) return namedOf(item);
  }
  if (kind !== 'stream' && name.endsWith(PAGE_SUFFIX)) {
    const item = await find(contentKey('page', name.slice(0, -PAGE_SUFFIX.length)));
    if (item !== undefined) return namedOf(item);
  }
  throw new ProblemError(404, {
    what: 'content',
    got: gotText(name),
    expected: 'the id of a content that has been counted',
  });
}

export function namedOf(item: ViewsItem): NamedContent {
  const segmentMs = item.values.get('segmentMs');
  return {
    key: item.sk,
    ...contentOf(item.sk, item),
    segmentSeconds: typeof segmentMs === 'number' ? segmentMs / 1_000 : undefined,
  };
}

export function hrefOf({ id, kind }: NamedContent): string {
  return `/v1/contents/${pathPartOf(id)}?kind=${kind}`;
}
