import type { ContentSettings, Settings } from '../settings';
import { SEGMENT_MS_DEFAULT } from '../settings';
import type { EdgeObject, Kind } from './classes';
import { OTHER_CONTENT } from './content-table';
import { makeGlob } from './glob';
import { contentDepth } from './rendition';

/** What the host and path of a request say about it, whoever sends it. */
export interface PathFacts {
  readonly content: string;
  readonly kind: Kind;
  /** By path only (VIEW_DEFINITION H3_object): a CMCD object type and the content type come later. */
  readonly object: EdgeObject;
  /** Length of a media object of this name: of a part or of a segment. */
  readonly durationMs: number;
  readonly segmentMs: number;
  /** false: made from host and path, because no content of turnout.json claims the path. */
  readonly configured: boolean;
}

export type FindContent = (host: string, path: string) => PathFacts;

/**
 * Makes the finder of contents for `path` without query: the first content of turnout.json with
 * this host and path, or else what the path itself says. It remembers nothing: the reader of lines
 * keeps the facts of the paths it has met.
 */
export function makeContentFinder(settings: Pick<Settings, 'contents'>): FindContent {
  const rules = settings.contents.map(makeRule);
  const find = (host: string, path: string): PathFacts => {
    for (const { hasHost, isEntry, hasPath, entry, facts } of rules) {
      if (!hasHost(host)) continue;
      if (isEntry(path)) return entry; // whatever the content's paths say
      if (hasPath(path)) return facts(path);
    }
    return deriveFacts(host, path);
  };
  return (host, path) => find(hostName(host), path === '' ? '/' : path);
}

function makeRule({ id, kind, hosts, paths, segmentMs, parts, entry }: ContentSettings) {
  const isPart = anyGlob(parts?.paths ?? []);
  const objectOf = kind === 'stream' ? streamObject : pageObject;
  const factsOf = (object: EdgeObject, durationMs: number): PathFacts => ({
    content: id,
    kind,
    object,
    durationMs,
    segmentMs,
    configured: true,
  });
  return {
    hasHost: makeHostTest(hosts),
    isEntry: anyGlob(entry),
    hasPath: anyGlob(paths),
    entry: factsOf('entry', segmentMs),
    facts: (path: string) =>
      factsOf(objectOf(path), parts && isPart(path) ? parts.partMs : segmentMs),
  };
}

function anyGlob(globs: readonly string[]): (path: string) => boolean {
  const tests = globs.map(makeGlob);
  return (path) => tests.some((test) => test(path));
}

/** `*.example.com` is every name below example.com, as in an alternate domain name of CloudFront. */
function makeHostTest(hosts: readonly string[]): (host: string) => boolean {
  if (hosts.length === 0) return () => true;
  const names = new Set(hosts.filter((host) => !host.startsWith('*.')));
  const tails = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1));
  return (host) =>
    names.has(host) || tails.some((tail) => host.length > tail.length && host.endsWith(tail));
}

/** In lower case and without port; '' when the log has none, or something that is no host name. */
function hostName(host: string): string {
  if (host.length > 300) return '';
  return HOST.exec(host)?.[1]?.toLowerCase() ?? '';
}
const HOST = /^([a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])\.?(?::\d*)?$/i;

const MANIFESTS: ReadonlySet<string> = new Set(['m3u8', 'mpd']);
const MEDIA: ReadonlySet<string> = new Set(
  'ts m4s m4v m4a mp4 aac cmfv cmfa ac3 ec3 mp3 webm'.split(' '),
);
const PAGES: ReadonlySet<string> = new Set('html htm xhtml shtml php asp aspx jsp cfm'.split(' '));
/** Extensions that show a stream without any configuration; mp4 and mp3 are also plain files. */
const STREAMS: ReadonlySet<string> = new Set('m3u8 mpd ts m4s cmfv cmfa aac'.split(' '));

/** The word, not a part of another: init.mp4, video_init1.m4s, but not initial.mp4. */
const INIT = /(?<![a-z])init(?![a-z])/i;

function streamObject(path: string): EdgeObject {
  const extension = extensionOf(path);
  if (MANIFESTS.has(extension)) return 'manifest';
  if (!MEDIA.has(extension)) return 'asset';
  return INIT.test(path.slice(path.lastIndexOf('/') + 1)) ? 'init' : 'media';
}

function pageObject(path: string): EdgeObject {
  const extension = extensionOf(path);
  return extension === '' || PAGES.has(extension) ? 'page' : 'asset';
}

/** In lower case; '' if there is none. Only letters and digits are one: /wiki/St._Mary has none. */
function extensionOf(path: string): string {
  const dot = path.lastIndexOf('.');
  if (dot === -1 || dot < path.lastIndexOf('/')) return '';
  const extension = path.slice(dot + 1);
  return /^[a-z0-9]+$/i.test(extension) ? extension.toLowerCase() : '';
}

/** A longer id, made by whoever writes the path, is no name of anything. */
const DERIVED_ID_CHARS_MAX = 512;

function deriveFacts(host: string, path: string): PathFacts {
  const isStream = STREAMS.has(extensionOf(path));
  const isNamed =
    path.startsWith('/') && // not the `*` of OPTIONS, nor the target of CONNECT or of a proxy
    host.length + path.length <= DERIVED_ID_CHARS_MAX &&
    (isStream || pageObject(path) === 'page');
  if (!isNamed) return derived(OTHER_CONTENT, 'page', 'asset');
  if (!isStream) return derived(host + path, 'page', 'page');
  const directories = path.split('/').slice(1, -1);
  const named = directories.slice(0, contentDepth(directories));
  return derived(`${host}/${named.join('/')}`, 'stream', streamObject(path));
}

function derived(content: string, kind: Kind, object: EdgeObject): PathFacts {
  const durationMs = SEGMENT_MS_DEFAULT;
  return { content, kind, object, durationMs, segmentMs: durationMs, configured: false };
}
