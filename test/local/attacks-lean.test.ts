import { makeAttack } from '../../local/attacks/attack';
import { makeLeanCrowd } from '../../local/attacks/lean-crowd';
import { flashSchedule, worldCupCurve } from '../../local/attacks/schedule';
import { Wheel } from '../../local/attacks/wheel';
import { Chance } from '../../local/crowd/chance';
import { Prng, seeds } from '../support/prng';
import { START_AT_MS, countBy, isManifest, isMedia, readFields } from './attack-lines';

/** Goal: the lean crowd behaves as players do, in any number. Method: its lines are read back. */
describe('a flash crowd', () => {
  const seconds = 120;
  const attack = makeAttack({
    seed: 3,
    shape: 'flash-crowd',
    startAtMs: START_AT_MS,
    seconds,
    viewers: 1500,
  });
  const lines = [...attack.lines()].map((one) => ({ ...one, fields: readFields(one.line) }));
  /** At home each device has an agent of its own; behind carriers people cannot be told apart so. */
  const viewers = new Map<string, typeof lines>();
  for (const one of lines.filter(({ source }) => !source.startsWith('100.'))) {
    const key = `${one.source} ${one.fields['cs-user-agent']}`;
    if (!viewers.has(key)) viewers.set(key, []);
    viewers.get(key)!.push(one);
  }
  const atHome = [...attack.people()].filter(([source]) => !source.startsWith('100.'));

  it('comes within a minute, evenly', () => {
    const first = [...viewers.values()].map((own) => (own[0]!.atMs - START_AT_MS) / 1000);
    expect(Math.max(...first)).toBeLessThan(60);
    const inHalf = first.filter((second) => second < 30).length / first.length;
    expect(inHalf).toBeGreaterThan(0.45);
    expect(inHalf).toBeLessThan(0.55);
    expect(viewers.size).toBe(atHome.reduce((sum, [, n]) => sum + n, 0));
    expect(viewers.size).toBeGreaterThan(1100);
  });

  it('has everybody in its sources: alone, as a household, and dozens behind a carrier', () => {
    const people = attack.people();
    expect([...people.values()].reduce((sum, n) => sum + n, 0)).toBe(1500);
    expect(new Set(lines.map(({ source }) => source))).toEqual(new Set(people.keys()));
    const sizes = countBy(people.values(), String);
    expect(sizes.get('1')).toBeGreaterThan(300);
    expect(sizes.get('3')).toBeGreaterThan(50);
    expect(sizes.get('40')).toBeGreaterThan(3);
  });

  it('starts with two to four segments at once, then one playlist and one segment each six seconds', () => {
    const own = [...viewers.values()].filter(
      (one) => one[0]!.atMs < START_AT_MS + 10_000 && one.at(-1)!.atMs > START_AT_MS + 110_000,
    );
    expect(own.length).toBeGreaterThan(50);
    const rates: number[] = [];
    for (const one of own) {
      const media = one.filter(({ fields }) => isMedia(fields) && fields['sc-status'] === '200');
      const burst = media.filter(({ atMs }) => atMs < media[0]!.atMs + 700).length;
      expect(burst).toBeGreaterThanOrEqual(1);
      expect(burst).toBeLessThanOrEqual(4);
      const late = one.filter(
        ({ atMs }) => atMs >= START_AT_MS + 60_000 && atMs < START_AT_MS + 108_000,
      );
      rates.push(late.filter(({ fields }) => isMedia(fields)).length / 8);
      expect(one.findIndex(({ fields }) => isManifest(fields))).toBeLessThan(
        one.findIndex(({ fields }) => isMedia(fields)),
      );
    }
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    expect(mean).toBeGreaterThan(0.95);
    expect(mean).toBeLessThan(1.1);
  });

  it('asks for each segment once, in order, of the newest ones', () => {
    for (const own of [...viewers.values()].slice(0, 300)) {
      const got = own.filter(({ fields }) => isMedia(fields) && fields['sc-status'] === '200');
      const segments = got.map(({ fields }) =>
        Number(/seg_(\d+)/.exec(fields['cs-uri-stem']!)![1]),
      );
      expect(segments).toEqual([...new Set(segments)].sort((a, b) => a - b));
      const behind = got.map(({ atMs }, n) => Math.floor(atMs / 6000) - segments[n]!);
      expect(behind.filter((n) => n < -1 || n > 4)).toEqual([]);
    }
  });

  it('sends CMCD for a fifth, and the same id with each request of the stream', () => {
    const sends = [...viewers.values()].filter((own) =>
      own.some(({ fields }) => fields['cmcd-session-id'] !== '-'),
    );
    expect(sends.length / viewers.size).toBeGreaterThan(0.15);
    expect(sends.length / viewers.size).toBeLessThan(0.3);
    const ids = new Set(sends.map((own) => own.at(-1)!.fields['cmcd-session-id']));
    expect(ids.size).toBe(sends.length);
    expect(
      [...ids].every((id) =>
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/.test(id!),
      ),
    ).toBe(true);
  });
});

it('puts so many people of a lean crowd behind one address', () => {
  const schedule = flashSchedule(new Chance(1), 800, { fromMs: 0, rampMs: 5000, endMs: 30_000 });
  const crowd = makeLeanCrowd({
    seed: 1,
    startAtMs: START_AT_MS,
    endAtMs: START_AT_MS + 30_000,
    schedule,
    cgnat: 500,
  });
  expect(crowd.people().get(crowd.cgnatSource!)).toBe(500);
  const shared = [...crowd.lines()].filter(({ source }) => source === crowd.cgnatSource);
  const agents = new Set(shared.map(({ line }) => readFields(line)['cs-user-agent']));
  expect(agents.size).toBeGreaterThan(100);
  expect(new Set(shared.map(({ line }) => readFields(line)['asn'])).size).toBe(1);
  expect(crowd.truth().arrived).toBe(800);
});

describe('a curve of the World Cup', () => {
  const counts = [0, 10, 50, 100, 100, 40, 5, 60, 20];
  const presentAt = ({ arriveMs, leaveMs }: ReturnType<typeof worldCupCurve>, ms: number) =>
    arriveMs.filter((at, n) => at <= ms && leaveMs[n]! > ms).length;

  it.each([0, 0.1])('is followed by the number of people, with churn %d', (churn) => {
    const schedule = worldCupCurve(counts, { chance: new Chance(1), viewersMax: 1000, churn });
    const present = counts.map((_, minute) => presentAt(schedule, (minute + 1) * 60_000 - 1));
    expect(present).toEqual(counts.map((count) => count * 10));
    expect(schedule.arriveMs.every((at, n) => at <= schedule.leaveMs[n]!)).toBe(true);
    const rising = 1000 + 550;
    expect(schedule.arriveMs.length > rising).toBe(churn > 0);
    expect(schedule.arriveMs.length >= rising).toBe(true);
  });

  it('makes requests in proportion', () => {
    const long = [10, 10, 10, 40, 40, 40, 10, 10, 10];
    const schedule = worldCupCurve(long, { chance: new Chance(2), viewersMax: 400 });
    const endAtMs = START_AT_MS + long.length * 60_000;
    const crowd = makeLeanCrowd({ seed: 2, startAtMs: START_AT_MS, endAtMs, schedule });
    const perMinute = countBy(crowd.lines(), ({ atMs }) =>
      String(Math.floor((atMs - START_AT_MS) / 60_000)),
    );
    const rate = (minute: number) => perMinute.get(String(minute))!;
    expect(rate(5) / rate(2)).toBeGreaterThan(3.4);
    expect(rate(5) / rate(2)).toBeLessThan(4.6);
    expect(rate(8) / rate(2)).toBeLessThan(1.3);
  });

  it.each([[[]], [[0, 0]]])('needs counts: %j', (none) => {
    const options = { chance: new Chance(1), viewersMax: 10 };
    expect(() => worldCupCurve(none, options)).toThrow('counts of a curve');
  });
});

describe('the wheel', () => {
  it.each(seeds(100))(
    'gives turns in the order of time, as a sorted list does (SEED=%i)',
    (seed) => {
      const prng = new Prng(seed);
      const count = prng.between(1, 40);
      const wheel = new Wheel(count);
      const due = Array.from({ length: count }, () => prng.int(prng.pick([5, 1000, 300_000])));
      due.forEach((atMs, one) => wheel.push(one, atMs));
      const waiting = new Map(due.map((atMs, one) => [one, atMs]));
      for (let turns = 0; turns < 200; turns += 1) {
        const one = wheel.shift();
        if (waiting.size === 0) return expect(one).toBe(-1);
        expect(waiting.get(one)).toBe(wheel.now);
        expect(wheel.now).toBe(Math.min(...waiting.values()));
        waiting.delete(one);
        if (prng.bool(0.1)) continue;
        const atMs = wheel.now + prng.pick([1, 65_535, 65_536, 65_537, prng.between(1, 400_000)]);
        waiting.set(one, atMs);
        wheel.push(one, atMs);
      }
      return undefined;
    },
  );

  it('refuses a turn that is over', () => {
    const wheel = new Wheel(2);
    wheel.push(0, 5);
    wheel.shift();
    expect(() => wheel.push(0, 5)).toThrow('due of a turn: got 5, expected later than 5');
    expect(() => wheel.push(0, 4)).toThrow('due of a turn: got 4');
    wheel.push(0, 6);
    expect([wheel.shift(), wheel.now, wheel.shift()]).toEqual([0, 6, -1]);
  });
});
