import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { makeLeanCrowd } from '../../local/attacks/lean-crowd';
import { worldCupCurve } from '../../local/attacks/schedule';
import { Chance } from '../../local/crowd/chance';
import { dataPath, describeWithData } from '../support/data';
import { START_AT_MS } from './attack-lines';

const AROUND_MINUTES = 90;
const VIEWERS_MAX = 120;

/** Goal: the crowd of the World Cup comes and goes as it did. Method: requests are counted by the minute. */
describeWithData('the World Cup of 1998', () => {
  let all: number[] = [];
  let counts: number[] = [];
  // Not in the body, which runs also where the data is absent.
  beforeAll(() => {
    const path = dataPath('flashcrowd-counts', 'dev_worldcup98_to_0628.csv.gz')!;
    all = gunzipSync(readFileSync(path))
      .toString()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1]));
    const peak = all.indexOf(Math.max(...all));
    counts = all.slice(peak - AROUND_MINUTES, peak + AROUND_MINUTES);
  });

  it('has three hours around its highest minute', () => {
    expect(counts).toHaveLength(2 * AROUND_MINUTES);
    expect(Math.max(...counts) / Math.min(...counts)).toBeGreaterThan(1.5);
  });

  it('is followed by the requests of a lean crowd', () => {
    const schedule = worldCupCurve(counts, { chance: new Chance(1), viewersMax: VIEWERS_MAX });
    const endAtMs = START_AT_MS + counts.length * 60_000;
    const crowd = makeLeanCrowd({ seed: 1, startAtMs: START_AT_MS, endAtMs, schedule });
    const made = counts.map(() => 0);
    for (const { atMs } of crowd.lines()) made[Math.floor((atMs - START_AT_MS) / 60_000)]! += 1;
    // In the first minute all those come who had been there before.
    expect(correlation(counts.slice(2), made.slice(2))).toBeGreaterThan(0.9);
    expect(crowd.truth().played).toBeGreaterThan(crowd.truth().arrived * 0.9);
  });

  it('would be told from another evening (canary)', () => {
    const other = [...counts].reverse();
    expect(correlation(counts.slice(2), other.slice(2))).toBeLessThan(0.8);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length;
  const [ma, mb] = [mean(a), mean(b)];
  const sum = (f: (n: number) => number) => a.reduce((total, _, n) => total + f(n), 0);
  const cross = sum((n) => (a[n]! - ma) * (b[n]! - mb));
  return cross / Math.sqrt(sum((n) => (a[n]! - ma) ** 2) * sum((n) => (b[n]! - mb) ** 2));
}
