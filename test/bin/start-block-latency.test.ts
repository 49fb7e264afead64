import { BlockLatency } from '../../bin/commands/start-block-latency';
import { CidrCover, prefixOf } from '../../bin/commands/start-cidr-cover';
import { isOffenderBlocked } from '../../bin/commands/start-toll';
import type { Offender } from '../../local/attacks/attack';

const all = () => true;
const NONE = { p50: null, p99: null, first: null, last: null };

/** Lines of event times 0 to 9,000, a second each, put 100 ms after they were due at 50,000. */
function measured(): BlockLatency {
  const latency = new BlockLatency();
  for (let n = 0; n < 10; n += 1) latency.notePut(n * 1_000, 50_100 + n * 1_000);
  return latency;
}

describe('BlockLatency', () => {
  it('is from the put of the line that made a suspect to the update that took its block', () => {
    const latency = measured();
    latency.noteSuspect('192.0.2.7/32', 3_000);
    expect(latency.report(all)).toEqual(NONE);
    latency.noteAccepted('block-v4-1', ['192.0.2.7/32'], 56_000);
    expect(latency.report(all)).toEqual({ p50: 2_900, p99: 2_900, first: 5_900, last: 5_900 });
  });

  it.each([
    [3_000, 2_900],
    [3_001, 1_900], // was put with the next call
    [4_000, 1_900],
    [9_001, null], // was never put
  ])('finds the call that put the line of %i', (sinceAtMs, expected) => {
    const latency = measured();
    latency.noteSuspect('192.0.2.7/32', sinceAtMs);
    latency.noteAccepted('block-v4-1', ['192.0.2.7/32'], 56_000);
    expect(latency.report(all).p50).toBe(expected);
  });

  it('holds to the first time, of the suspect and of the block', () => {
    const latency = measured();
    latency.noteSuspect('192.0.2.7/32', 5_000);
    latency.noteSuspect('192.0.2.7/32', 3_000);
    latency.noteSuspect('192.0.2.7/32', 8_000);
    latency.noteAccepted('block-v4-1', ['192.0.2.7/32'], 56_000);
    latency.noteAccepted('block-v4-1', ['192.0.2.7/32'], 99_000);
    expect(latency.report(all).p99).toBe(2_900);
  });

  it('takes a wider block for one, but none that was there before', () => {
    const latency = measured();
    latency.noteAccepted('block-v4-1', ['198.51.100.0/24'], 50_000);
    latency.noteAccepted('block-v4-1', ['2001:db8::/56'], 57_000);
    latency.noteSuspect('198.51.100.9/32', 3_000);
    latency.noteSuspect('2001:db8:0:7::/64', 3_000);
    latency.noteSuspect('203.0.113.9/32', 3_000); // nothing holds it
    expect(latency.report(all)).toEqual({ p50: 3_900, p99: 3_900, first: 6_900, last: 6_900 });
  });

  it('ranks offenders alone', () => {
    const latency = measured();
    for (let n = 1; n <= 200; n += 1) {
      latency.noteSuspect(`192.0.2.${n}/32`, 0);
      latency.noteAccepted('block-v4-1', [`192.0.2.${n}/32`], 50_100 + n);
    }
    const offenders = (cidr: string) => Number(/\.(\d+)\/32/.exec(cidr)![1]) <= 100;
    expect(latency.report(offenders)).toEqual({ p50: 50, p99: 99, first: 1, last: 100 });
  });
});

describe('sets', () => {
  it('ranks each offender with the set that took it first, and sets by their first update', () => {
    const latency = measured();
    for (let n = 1; n <= 200; n += 1) {
      latency.noteSuspect(`192.0.2.${n}/32`, 0);
      const set = n > 100 ? 'block-v4-2' : 'block-v4-1';
      latency.noteAccepted(set, [`192.0.2.${n}/32`], 50_100 + n);
    }
    latency.noteAccepted('block-v4-3', ['192.0.2.1/32', '203.0.113.9/32'], 90_000);
    expect(latency.sets(all)).toEqual([
      { set: 'block-v4-1', offenders: 100, p99: 99 },
      { set: 'block-v4-2', offenders: 100, p99: 199 },
    ]);
    expect(latency.sets((cidr) => cidr === '192.0.2.7/32')).toEqual([
      { set: 'block-v4-1', offenders: 1, p99: 7 },
    ]);
  });
});

describe('CidrCover', () => {
  it('knows since when something was held, by whatever length', () => {
    const cover = new CidrCover();
    cover.add('198.51.96.0/20', 7);
    cover.add('198.51.100.0/24', 5);
    cover.add('198.51.100.0/24', 3);
    expect(cover.since(prefixOf('198.51.100.9'))).toBe(5);
    expect(cover.since(prefixOf('198.51.101.9'))).toBe(7);
    expect(cover.since(prefixOf('198.51.96.0/19'))).toBeUndefined();
    expect(cover.since(prefixOf('2001:db8::/64'))).toBeUndefined();
    expect(() => prefixOf('nobody')).toThrow('got nobody, expected an address or a CIDR');
  });
});

describe('isOffenderBlocked', () => {
  const offender = (source: string, kind: Offender['kind']) => ({ source, kind }) as Offender;
  const coverOf = (...cidrs: string[]) => {
    const cover = new CidrCover();
    for (const cidr of cidrs) cover.add(cidr, 1);
    return cover;
  };
  const eight = Array.from({ length: 8 }, (_, n) => `198.51.${96 + n}.0/24`);

  it.each<[string, Offender['kind'], string[], boolean]>([
    ['192.0.2.7', 'address', ['192.0.2.7/32'], true],
    ['192.0.2.7', 'address', ['192.0.2.6/32'], false],
    ['2001:db8:0:7::/64', 'slash64', ['2001:db8::/56'], true],
    ['198.51.96.0/20', 'network', ['198.51.96.0/20'], true],
    ['198.51.96.0/20', 'network', eight, true],
    ['198.51.96.0/20', 'network', eight.slice(1), false],
    ['198.51.96.0/20', 'network', [...eight.slice(1), '198.51.97.0/25'], false],
  ])('%s, a %s', (source, kind, cidrs, expected) => {
    expect(isOffenderBlocked(offender(source, kind), coverOf(...cidrs))).toBe(expected);
  });
});
