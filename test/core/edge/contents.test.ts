import type { EdgeObject, Kind } from '../../../lambdas/core/edge/classes';
import { makeContentFinder } from '../../../lambdas/core/edge/contents';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import { parseConfig } from '../../../lib/config';

const findByDefault = makeContentFinder(DEFAULT_SETTINGS);
const finderOf = (...contents: object[]) => makeContentFinder(parseConfig({ contents }));
const LIVE = { id: 'live', kind: 'stream', paths: ['/live/**'] };
const SITE = { id: 'site', kind: 'page', paths: ['/**'] };

describe('a configured content', () => {
  it('gives its id, kind and segment length', () => {
    expect(finderOf({ ...LIVE, segmentSeconds: 4 })('', '/live/a.ts')).toEqual({
      content: 'live',
      kind: 'stream',
      object: 'media',
      durationMs: 4_000,
      segmentMs: 4_000,
      configured: true,
    });
  });

  it('is the first that matches', () => {
    expect(finderOf(LIVE, SITE)('', '/live/a.ts').content).toBe('live');
    expect(finderOf(SITE, LIVE)('', '/live/a.ts').content).toBe('site');
    expect(finderOf(LIVE, SITE)('', '/about').content).toBe('site');
  });

  it.each([
    ['/live/p/1.m4s', 500],
    ['/live/1.m4s', 6_000],
  ])('knows parts by name: %s carries %i ms', (path, durationMs) => {
    const find = finderOf({ ...LIVE, parts: { paths: ['/live/p/*'], seconds: 0.5 } });
    expect(find('', path)).toMatchObject({ object: 'media', durationMs, segmentMs: 6_000 });
  });

  it.each([
    ['a.example.com', true],
    ['A.EXAMPLE.com', true],
    ['a.example.com:443', true],
    ['a.example.com.', true],
    ['b.example.com', false],
    ['x.a.example.com', false],
    ['x.example.net', true],
    ['x.y.example.net:8080', true],
    ['example.net', false],
    ['.example.net', false],
    ['xexample.net', false],
    ['[2001:DB8::1]', true],
    ['[2001:db8::1]:443', true],
    ['[2001:db8::2]:443', false],
    ['', false],
    ['-', false],
    ['a.example.com:x', false],
  ])('compares the host %p: %p', (host, fits) => {
    const hosts = ['A.example.com', '*.example.net', '[2001:db8::1]'];
    expect(finderOf({ ...LIVE, hosts })(host, '/live/a.ts').configured).toBe(fits);
  });

  it('matches any host, and none, when it names no hosts', () => {
    for (const host of ['', '-', 'x', 'no host at all']) {
      expect(finderOf(LIVE)(host, '/live/a.ts').content).toBe('live');
    }
  });
});

describe('an entry', () => {
  const find = finderOf({ ...LIVE, hosts: ['a'], entry: ['/join/*', '/live/page.html'] }, SITE);

  it.each(['/join/1', '/join/1.ts', '/join/x.png', '/live/page.html'])(
    '%s is one whatever its extension and directory',
    (path) => {
      expect(find('a', path)).toMatchObject({ content: 'live', kind: 'stream', object: 'entry' });
    },
  );
  it('is one only on the hosts of its content', () => {
    expect(find('b', '/join/1')).toMatchObject({ content: 'site', object: 'page' });
  });
  it('is the business of no other path', () => {
    expect(find('a', '/join')).toMatchObject({ content: 'site', object: 'page' });
    expect(find('a', '/live/page.htm')).toMatchObject({ content: 'live', object: 'asset' });
  });
  it('does not help a content behind one that claims the path', () => {
    const shadowed = finderOf(SITE, { ...LIVE, entry: ['/join/*'] });
    expect(shadowed('a', '/join/1')).toMatchObject({ content: 'site', object: 'page' });
  });
});

describe('H3_object', () => {
  const MEDIA = 'ts m4s m4v m4a mp4 aac cmfv cmfa ac3 ec3 mp3 webm'.split(' ');
  const objects: [string, EdgeObject][] = [
    ...['a.m3u8', 'a.mpd', 'a.M3U8', 'init.mpd'].map((file) => [file, 'manifest'] as const),
    ...MEDIA.map((extension) => [`a.${extension}`, 'media'] as const),
    ...MEDIA.map((extension) => [`init.${extension}`, 'init'] as const),
    ...['Init.MP4', 'video_init.mp4', 'init-0.m4s', 'init1.m4s', '1.init.m4s'].map(
      (file) => [file, 'init'] as const,
    ),
    ...['initial.mp4', 'reinit.mp4', 'inits.mp4', 'a.TS', 'a.b.ts'].map(
      (file) => [file, 'media'] as const,
    ),
    ...['a', '', 'a.vtt', 'a.key', 'a.html', 'a.ts~', 'a.', 'ts', 'init'].map(
      (file) => [file, 'asset'] as const,
    ),
  ].map(([file, object]) => [file, object]);

  it.each(objects)('of a stream: %s is %s', (file, object) => {
    expect(finderOf(LIVE)('', `/live/${file}`).object).toBe(object);
  });
  it('looks for the word init in the file name only', () => {
    expect(finderOf(LIVE)('', '/live/init/a.m4s').object).toBe('media');
  });

  const PAGES = 'html htm xhtml shtml php asp aspx jsp cfm HTML'.split(' ');
  it.each([...PAGES.map((extension) => `/a.${extension}`), '/', '/a', '/a/', '/a.b/c', '/a.'])(
    'of a page: %s is a page',
    (path) => {
      expect(finderOf(SITE)('', path).object).toBe('page');
    },
  );
  it.each(['/a.css', '/a.js', '/a.ts', '/a.json', '/.env', '/a.html.png', '/favicon.ico'])(
    'of a page: %s is an asset',
    (path) => {
      expect(finderOf(SITE)('', path).object).toBe('asset');
    },
  );
});

describe('without a matching content', () => {
  const HOST = 'd111.cloudfront.net';
  it.each([
    '/live/main/index.m3u8',
    '/live/main/720p/1.ts',
    '/live/main/1280x720/1.ts',
    '/live/main/2500k/1.ts',
    '/live/main/2500kbps/1.ts',
    '/live/main/1080p60/chunks/1.ts',
    '/live/main/3/1.ts',
    '/live/main/hls/master.m3u8',
    '/live/main/dash/manifest.mpd',
    '/live/main/cmaf/v1/1.m4s',
    '/live/main/cmaf/a1/1.cmfa',
    '/live/main/stream_0/1.ts',
    '/live/main/track-12/init.m4s',
    '/live/main/video_720p_2500k/1.ts',
    '/live/main/h264/fhd/segments/1.m4s',
    '/live/main/audio/en/1.aac',
    '/live/main/audio/pt-BR/128k/1.aac',
    '/live/main/audio_en/1.aac',
    '/live/main//720P/1.ts',
    '/live/main/HD/1.TS',
  ])('%s belongs to the stream /live/main', (path) => {
    const facts = { content: `${HOST}/live/main`, kind: 'stream', configured: false };
    expect(findByDefault(HOST, path)).toMatchObject(facts);
  });

  it.each([
    ['/live/en/1.ts', '/live/en'], // a language only below audio
    ['/live/english-news/1.ts', '/live/english-news'],
    ['/live/123456789/1.ts', '/live/123456789'],
    ['/live/12345678/1.ts', '/live'],
    ['/talks/2026/11/24/720p/1.ts', '/talks/2026/11/24'],
    ['/talks/2026-11-24/1.ts', '/talks/2026-11-24'],
    ['/live/stream/1.ts', '/live/stream'],
    ['/720p/live/1.ts', '/720p/live'], // only from the right
    ['/hls/720p/1.ts', '/'],
    ['/1.ts', '/'],
  ])('%s belongs to the stream %s', (path, content) => {
    expect(findByDefault('-', path)).toMatchObject({ content, kind: 'stream' });
  });

  it.each(['m3u8', 'mpd', 'ts', 'm4s', 'cmfv', 'cmfa', 'aac', 'M3U8'])(
    'knows a stream by .%s',
    (extension) => {
      expect(findByDefault('', `/a/b.${extension}`)).toMatchObject({
        content: '/a',
        kind: 'stream',
        durationMs: 6_000,
        segmentMs: 6_000,
      });
    },
  );

  it.each<[string, string, string, Kind, EdgeObject]>([
    ['Example.com:80', '/', 'example.com/', 'page', 'page'],
    ['example.com', '', 'example.com/', 'page', 'page'],
    ['', '/a/b', '/a/b', 'page', 'page'],
    ['-', '/a.html', '/a.html', 'page', 'page'],
    ['<script>', '/a.html', '/a.html', 'page', 'page'],
    ['example.com', '/a.mp4', '(other)', 'page', 'asset'],
    ['example.com', '/a.css', '(other)', 'page', 'asset'],
    ['example.com', '*', '(other)', 'page', 'asset'],
    ['example.com', 'example.org:443', '(other)', 'page', 'asset'],
  ])('%s %s is of %s', (host, path, content, kind, object) => {
    expect(findByDefault(host, path)).toMatchObject({ content, kind, object, configured: false });
  });

  it('names nothing by more than 512 characters', () => {
    const path = (length: number) => `/${'a'.repeat(length - 1)}`;
    expect(findByDefault('host', path(508)).content).toHaveLength(512);
    expect(findByDefault('host', path(509)).content).toBe('(other)');
    expect(findByDefault('', `${path(513)}/1.ts`).content).toBe('(other)');
  });
});

it('takes any text, and long ones in bounded time', () => {
  const find = finderOf({ ...LIVE, entry: ['/**/*e*/**'], paths: ['/**/*a*a*/**/z', '**x**y**z'] });
  const texts = ['\u0000', '\ud800', '%', '/%zz/%2F', '/\n.ts', '🎉', '//', '/.', '/..'];
  const long = ['a', '/a', '.', '/', '720p/', '-', 'a-', '1', '%2f', 'init.'].map((unit) =>
    `/${unit.repeat(8_192)}`.slice(0, 8_192),
  );
  const startMs = performance.now();
  for (const text of [...texts, ...long]) {
    for (const finder of [find, findByDefault]) {
      expect(typeof finder(text, text).content).toBe('string');
      expect(typeof finder(`h${text}`, `${text}.ts`).content).toBe('string');
    }
  }
  expect(performance.now() - startMs).toBeLessThan(2_000);
});
