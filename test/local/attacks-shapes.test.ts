import { makeAttack } from '../../local/attacks/attack';
import { seeds } from '../support/prng';
import {
  CGNAT_SOURCE,
  HOMES,
  START_AT_MS,
  attackLines,
  attackOptions,
  countBy,
  isManifest,
  isMedia,
  isPage,
  readFields,
} from './attack-lines';

/** Goal: each shape is what its name says, in numbers. Method: its lines are counted. */
const net = (ip: string, bytes: number) => ip.split('.').slice(0, bytes).join('.');
const net20 = (ip: string) => `${net(ip, 2)}.${Number(ip.split('.')[2]) & ~15}.0/20`;

it('single-source is one address with fifty requests a second', () => {
  const lines = attackLines({ shape: 'single-source', scale: 1 });
  expect(new Set(lines.map(({ source }) => source)).size).toBe(1);
  expect(lines.length / 60).toBeGreaterThan(44);
  expect(lines.length / 60).toBeLessThan(56);
});

describe('botnet', () => {
  const attack = makeAttack(attackOptions({ shape: 'botnet', scale: 0.01, seconds: 60 }));
  const lines = [...attack.lines()];
  const sources = [...new Set(lines.map(({ source }) => source))];

  it('has so many addresses, 50,000 without scale', () => {
    expect(sources).toHaveLength(500);
    expect(attack.sources()).toHaveLength(500);
    const whole = makeAttack(attackOptions({ shape: 'botnet', scale: 1 }));
    const all = whole.sources();
    expect(all.length).toBe(50_000);
    expect(new Set(all.map(({ source }) => source)).size).toBe(50_000);
  });

  it('is gone after so many requests, where that is asked for', () => {
    const some = { shape: 'botnet', scale: 0.001, seconds: 60, requestsMax: 7 } as const;
    const short = attackLines(some);
    const requests = [...countBy(short, ({ source }) => source).values()];
    expect(requests).toHaveLength(50);
    expect(Math.max(...requests)).toBe(7);
    expect(short.length).toBeGreaterThan(50 * 6);
  });

  it('has some requests a second of each, after a ramp', () => {
    const inSecond = countBy(lines, ({ atMs }) => String(Math.floor((atMs - START_AT_MS) / 1000)));
    const rate = (second: number) => inSecond.get(String(second)) ?? 0;
    expect(rate(5)).toBeLessThan(rate(15));
    expect(rate(40) / 500).toBeGreaterThan(2.5);
    expect(rate(40) / 500).toBeLessThan(3.5);
    const hasCome = new Set(
      lines.filter(({ atMs }) => atMs < START_AT_MS + 10_000).map((l) => l.source),
    );
    expect(hasCome.size / 500).toBeGreaterThan(0.4);
    expect(hasCome.size / 500).toBeLessThan(0.6);
  });

  it('is for 60 % clustered in hosting /24s, else in homes, and some are neighbours of viewers', () => {
    const hosted = sources.filter((source) => /^2(48|49|50|51)\./.test(source));
    expect(hosted.length / 500).toBeGreaterThan(0.55);
    expect(hosted.length / 500).toBeLessThan(0.65);
    const clusters = countBy(hosted, (source) => net(source, 3));
    expect(clusters.size).toBeLessThan(4);
    const homes = new Set([...HOMES.keys()].map((source) => net(source, 3)));
    expect(sources.filter((source) => homes.has(net(source, 3))).length).toBeGreaterThan(25);
    expect(sources.filter((source) => source.includes(':')).length).toBeGreaterThan(12);
  });

  it('asks for pages, manifests and paths that are not there', () => {
    const fields = lines.map(({ line }) => readFields(line));
    const share = (fits: (one: (typeof fields)[number]) => boolean) =>
      fields.filter(fits).length / fields.length;
    expect(share((one) => isPage(one) && one['sc-status'] === '200')).toBeGreaterThan(0.45);
    expect(share(isManifest)).toBeGreaterThan(0.25);
    expect(share((one) => one['sc-status'] === '404')).toBeGreaterThan(0.1);
    expect(share(isMedia)).toBe(0);
  });

  it.each([
    [{ addresses: 300 }, 300],
    [{ addresses: 1 }, 1],
  ])('takes %j', (options, count) => {
    const own = makeAttack(attackOptions({ shape: 'botnet', scale: 1, ...options }));
    expect(own.sources()).toHaveLength(count);
  });
});

describe.each([false, true])('rotating-agents where viewers live: %s', (networksHoldViewers) => {
  const options = {
    shape: 'rotating-agents',
    networksHoldViewers,
    scale: 1,
    seconds: 420,
  } as const;
  const attack = makeAttack(attackOptions(options));
  const lines = [...attack.lines()];

  it('is 10,372 addresses of eight networks, with about one request each', () => {
    const counts = countBy(lines, ({ source }) => source);
    expect(counts.size).toBe(10_372);
    expect(Math.max(...counts.values())).toBe(2);
    const twice = [...counts.values()].filter((n) => n === 2).length;
    expect(twice / counts.size).toBeGreaterThan(0.02);
    expect(twice / counts.size).toBeLessThan(0.04);
    expect(lines.at(-1)!.atMs - lines[0]!.atMs).toBeGreaterThan(410_000);
  });

  it('tells of the networks, with their addresses and requests', () => {
    const offenders = attack.sources();
    expect(offenders).toHaveLength(8);
    expect(offenders.every(({ kind }) => kind === 'network')).toBe(true);
    const counts = countBy(lines, ({ source }) => net20(source));
    expect(new Map(offenders.map((one) => [one.source, one.requests]))).toEqual(counts);
    expect(offenders.reduce((sum, { sources }) => sum + sources, 0)).toBe(10_372);
    expect(offenders.every((one) => one.holdsViewers === networksHoldViewers)).toBe(true);
  });

  it('is in networks of viewers, or in none of them', () => {
    const homes = new Set([...HOMES.keys()].map(net20));
    const inHomes = attack.sources().filter(({ source }) => homes.has(source));
    expect(inHomes).toHaveLength(networksHoldViewers ? 8 : 0);
  });

  it('rotates its agents', () => {
    const agents = new Set(lines.map(({ line }) => readFields(line)['cs-user-agent']));
    expect(agents.size).toBeGreaterThan(9000);
  });
});

describe('one-slash-64', () => {
  it.each([
    [0.01, 10_000],
    [0.0005, 500],
  ])('with scale %d is %i addresses of one /64, one request each', (scale, count) => {
    const attack = makeAttack(attackOptions({ shape: 'one-slash-64', scale }));
    const lines = [...attack.lines()];
    const ips = new Set(lines.map(({ line }) => readFields(line)['c-ip']));
    expect(lines).toHaveLength(count);
    expect(ips.size).toBe(count);
    expect(new Set(lines.map(({ source }) => source)).size).toBe(1);
    expect(attack.sources()).toMatchObject([{ kind: 'slash64', requests: count, sources: 1 }]);
  });

  it.each(seeds(1))(
    'is a million addresses at full size, none of them twice in a tenth of it (SEED=%i)',
    (seed) => {
      const attack = makeAttack(
        attackOptions({ shape: 'one-slash-64', scale: 1, seed, seconds: 60 }),
      );
      const ips = new Set<string>();
      for (const { line, n } of attack.lines()) {
        if (n === 100_000) break;
        const from = line.indexOf('\t') + 1;
        ips.add(line.slice(from, line.indexOf('\t', from)));
      }
      expect(ips.size).toBe(100_000);
    },
  );
});

it('cache-busting asks for another address of an object each time', () => {
  const fields = attackLines({ shape: 'cache-busting', scale: 1 }).map(({ line }) =>
    readFields(line),
  );
  expect(fields.length).toBeGreaterThan(15_000);
  const stems = new Set(fields.map((one) => one['cs-uri-stem']));
  expect(stems.size).toBe(fields.length);
  expect(fields.every((one) => /^(r|_|cb|v)=\w+$/.test(one['cs-uri-query']!))).toBe(true);
  expect(fields.some(isPage) && fields.some(isManifest) && fields.some(isMedia)).toBe(true);
});

it('manifest-hammering asks for manifests and nothing else, ten times a second', () => {
  const lines = attackLines({ shape: 'manifest-hammering', scale: 1 });
  expect(lines.every(({ line }) => isManifest(readFields(line)))).toBe(true);
  const counts = [...countBy(lines, ({ source }) => source).values()];
  expect(counts).toHaveLength(50);
  expect(Math.min(...counts) / 60).toBeGreaterThan(4);
  expect(Math.max(...counts) / 60).toBeLessThan(17);
});

it('slow-scrapers ask seldom, for pages and manifests, and never get media', () => {
  const lines = attackLines({ shape: 'slow-scrapers', scale: 0.2, seconds: 600 });
  const fields = lines.map(({ line }) => readFields(line));
  expect(fields.every((one) => isPage(one) || isManifest(one))).toBe(true);
  const counts = [...countBy(lines, ({ source }) => source).values()];
  expect(counts).toHaveLength(40);
  expect(Math.max(...counts) / 600).toBeLessThan(0.5);
  expect(Math.min(...counts) / 600).toBeGreaterThan(0.1);
});

it('behind-cgnat is fifty bots behind the one address of viewers', () => {
  const attack = makeAttack(attackOptions({ shape: 'behind-cgnat', scale: 1 }));
  const lines = [...attack.lines()];
  expect(new Set(lines.map(({ source }) => source))).toEqual(new Set([CGNAT_SOURCE]));
  expect(attack.sources()).toMatchObject([{ source: CGNAT_SOURCE, holdsViewers: true }]);
  expect(lines.length / 60).toBeGreaterThan(130);
  expect(lines.length / 60).toBeLessThan(170);
  expect(new Set(lines.map(({ line }) => readFields(line)['cs-user-agent'])).size).toBeGreaterThan(
    20,
  );
});

describe('home-devices', () => {
  const attack = makeAttack(attackOptions({ shape: 'home-devices', scale: 0.1 }));
  const lines = [...attack.lines()];
  const bySource = new Map<string, ReturnType<typeof readFields>[]>();
  for (const { source, line } of lines) {
    const own = bySource.get(source);
    if (own === undefined) bySource.set(source, [readFields(line)]);
    else own.push(readFields(line));
  }
  const isWhole = (one: ReturnType<typeof readFields>) =>
    isMedia(one) &&
    one['x-edge-detailed-result-type'] !== 'ClientCommError' &&
    one['sc-range-end'] === '-';

  it('are televisions that ask for playlists and segments in turn', () => {
    const fields = lines.map(({ line }) => readFields(line));
    expect(fields.every((one) => isManifest(one) || isMedia(one))).toBe(true);
    expect(
      fields.every((one) => /TV|SmartTV|Web0S|Roku|AFT|CrKey|BRAVIA/i.test(one['cs-user-agent']!)),
    ).toBe(true);
  });

  it('play much too fast, or never get a segment whole', () => {
    const alone = [...bySource].filter(([source]) => !HOMES.has(source)).map(([, own]) => own);
    const hollow = alone.filter((own) => !own.some(isWhole));
    const fast = alone.filter((own) => own.filter(isWhole).length > 60);
    expect(hollow.length / alone.length).toBeGreaterThan(0.35);
    expect(fast.length / alone.length).toBeGreaterThan(0.35);
    expect(hollow.length + fast.length).toBe(alone.length);
    for (const own of hollow) expect(own.length / 60).toBeLessThan(1.2);
  });

  it('live in homes of viewers for a tenth, and say so', () => {
    const shared = attack.sources().filter(({ holdsViewers }) => holdsViewers);
    expect(shared.length).toBeGreaterThan(5);
    expect(shared.length).toBeLessThan(40);
    expect(shared.every(({ source }) => HOMES.has(source))).toBe(true);
  });
});
