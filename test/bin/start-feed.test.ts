import { AHEAD_MAX, Feed, type FeedLine, type FeedProps } from '../../bin/commands/start-feed';

const START = 1_000_000;

/** A feed in a world whose clock moves only while somebody waits. */
function makeWorld(lines: readonly FeedLine[], changes: Partial<FeedProps> = {}) {
  let nowMs = 0;
  let at = 0;
  let pulled = 0;
  const put: { key: string; atMs: number }[] = [];
  const stop = new AbortController();
  const world = {
    put,
    stop,
    stopAtMs: Infinity,
    taken: 0,
    isTaking: true,
    settles: 0,
    putMs: 0,
    onPut: () => {},
    pulled: () => pulled,
  };
  const feed = new Feed({
    source: {
      endAtMs: Infinity,
      next: () => {
        pulled += 1;
        return lines[at++];
      },
    },
    speed: 1,
    already: new Set(),
    put: async (batch) => {
      for (const { key } of batch) put.push({ key, atMs: nowMs });
      if (world.isTaking) world.taken += batch.length;
      nowMs += world.putMs;
      world.onPut();
    },
    taken: () => world.taken,
    settle: async () => void (world.settles += 1),
    now: () => nowMs,
    pause: async (ms) => {
      nowMs += ms;
      if (nowMs >= world.stopAtMs) stop.abort();
    },
    stopping: stop.signal,
    ...changes,
  });
  return { feed, ...world, world };
}

const line = (n: number, atMs: number | undefined): FeedLine => ({
  key: `${n}`,
  line: 'x\n',
  atMs,
});
const everySecond = (count: number) =>
  Array.from({ length: count }, (_, n) => line(n, START + n * 1_000));
const keys = (put: readonly { key: string }[]) => put.map(({ key }) => key);

describe('Feed', () => {
  it.each([1, 4, 0.5])('puts lines when they are due, at speed %f', async (speed) => {
    const { feed, put } = makeWorld(everySecond(10), { speed });
    expect(await feed.run()).toBe(true);
    expect(keys(put)).toEqual(everySecond(10).map(({ key }) => key));
    for (const [n, { atMs }] of put.entries()) {
      expect(atMs).toBeGreaterThanOrEqual((n * 1_000) / speed);
      expect(atMs).toBeLessThan((n * 1_000) / speed + 100);
    }
    expect(feed.lines).toBe(10);
    expect(feed.eventAtMs()).toBeGreaterThanOrEqual(START + 9_000);
  });

  it('waits for nothing at speed max', async () => {
    const { feed, put } = makeWorld(everySecond(5_000), { speed: 'max' });
    await feed.run();
    expect(put).toHaveLength(5_000);
    expect(put.at(-1)!.atMs).toBe(0);
    expect(feed.eventAtMs()).toBeUndefined();
  });

  it('does not wait for what is delivered after the end, nor for lines without a time', async () => {
    const lines = [
      line(0, START),
      line(1, undefined),
      line(2, START + 3_000),
      line(3, START + 9e6),
    ];
    let at = 0;
    const source = { endAtMs: START + 4_000, next: () => lines[at++] };
    const { feed, put } = makeWorld([], { source });
    await feed.run();
    expect(put.map(({ atMs }) => Math.floor(atMs / 1_000))).toEqual([0, 0, 3, 4]);
    expect(feed.eventAtMs()).toBe(START + 4_000);
  });

  it('stops with the line that it holds, so that all that was taken is put', async () => {
    const { feed, world, put, pulled } = makeWorld(everySecond(100));
    world.stopAtMs = 10_500;
    expect(await feed.run()).toBe(false);
    expect(put).toHaveLength(12); // of seconds 0 to 10, and 11, which was waited for
    expect(pulled()).toBe(12);
    expect(feed.lines).toBe(12);
  });

  it('stops behind a line with which the truth is whole', async () => {
    const lines = everySecond(100);
    let at = 0;
    const isWhole = () => at % 5 === 0;
    const source = { endAtMs: Infinity, next: () => lines[at++], isWhole };
    const { feed, world, put } = makeWorld([], { source });
    world.stopAtMs = 10_500;
    expect(await feed.run()).toBe(false);
    expect(keys(put).at(-1)).toBe('14');
    expect(put.at(-1)!.atMs).toBeLessThan(11_000); // without waiting for it
  });

  it('goes on behind what was put before, and fills what that leaves out at once', async () => {
    const already = new Set(['0', '1', '2', '4', '7']);
    const { feed, put } = makeWorld(everySecond(10), { already });
    expect(await feed.run()).toBe(true);
    expect(keys(put)).toEqual(['3', '5', '6', '8', '9']);
    expect(put.map(({ atMs }) => Math.floor(atMs / 1_000))).toEqual([0, 0, 0, 1, 2]);
    expect([feed.lines, feed.linesPut]).toEqual([10, 5]);
  });

  it('passes over all of what was put before, even if it is stopped on the way', async () => {
    const stopped = AbortSignal.abort();
    const already = new Set(['0', '3', '5']);
    const { feed, put } = makeWorld(everySecond(10), { already, stopping: stopped });
    expect(await feed.run()).toBe(false);
    expect(keys(put)).toEqual(['1', '2', '4']);
    expect(feed.lines).toBe(6);
  });

  it('refuses a state that holds lines of another run', async () => {
    const { feed } = makeWorld(everySecond(3), { already: new Set(['0', '99']) });
    await expect(feed.run()).rejects.toThrow(/holds 1 lines that this run does not have/);
  });

  it('keeps a bounded number of lines before intake, and says how late it is', async () => {
    const lines = Array.from({ length: AHEAD_MAX + 10_000 }, (_, n) => line(n, START));
    let most = 0;
    const { feed, world, put } = makeWorld(lines, {
      pause: async () => {
        most = Math.max(most, put.length - world.taken);
        world.taken += 500;
      },
    });
    world.isTaking = false;
    await feed.run();
    expect(put).toHaveLength(lines.length);
    expect(most).toBeGreaterThan(AHEAD_MAX);
    expect(most).toBeLessThanOrEqual(AHEAD_MAX + 2_000); // a batch
  });

  it('asks the road itself where intake tells nothing for long', async () => {
    const lines = Array.from({ length: AHEAD_MAX + 4_001 }, (_, n) => line(n, START));
    const { feed, world, put } = makeWorld(lines);
    world.isTaking = false;
    await feed.run();
    expect(put).toHaveLength(lines.length);
    expect(world.settles).toBe(1);
  });

  it('says by how much it is behind the clock', async () => {
    const { feed, world } = makeWorld(everySecond(30), { speed: 2 });
    world.putMs = 4_000;
    let most = 0;
    world.onPut = () => (most = Math.max(most, feed.behindMs()));
    expect(feed.behindMs()).toBe(0);
    await feed.run();
    // While a put took four seconds, eight lines became due.
    expect(most).toBeGreaterThan(3_000);
    expect(most).toBeLessThan(4_100);
    expect(feed.behindMs()).toBe(0);
  });
});
