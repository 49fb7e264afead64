/** Units of DynamoDB and Kinesis, and USD, for a million lines: counted from the calls of the real code. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleChild, runChild } from './candidates';
import type { UnitsPlan, UnitsPlayed } from './units-play';

export interface UnitsResult {
  readonly plan: UnitsPlan;
  readonly played: UnitsPlayed;
}

export const UNITS_QUICK: readonly UnitsPlan[] = [
  {
    ...{ name: 'steady, 16 lanes', seed: 1, lanes: 16, viewers: 60, event: 'steady', contents: 1 },
    ...{ warmSeconds: 9, seconds: 30, lanesPlayed: 16 },
  },
  {
    ...{ name: 'steady, 64 lanes', seed: 1, lanes: 64, viewers: 600, event: 'steady', contents: 2 },
    ...{ warmSeconds: 4, seconds: 8, lanesPlayed: 16 },
  },
  {
    ...{ name: 'an evening', seed: 1, lanes: 16, viewers: 60, event: 'evening', contents: 2 },
    ...{ warmSeconds: 9, seconds: 30, lanesPlayed: 16 },
  },
];

/** Changes are joined into the base after 9 versions at most: what is counted covers it several times. */
export const UNITS_FULL: readonly UnitsPlan[] = [
  {
    ...{ name: '1,000 lines/s, steady', seed: 1, lanes: 16, viewers: 3_000, event: 'steady' },
    ...{ contents: 1, warmSeconds: 60, seconds: 270, lanesPlayed: 16 },
  },
  {
    ...{ name: '1,000 lines/s, a mixed evening', seed: 1, lanes: 16, viewers: 2_450 },
    ...{ event: 'evening', contents: 2, warmSeconds: 120, seconds: 270, lanesPlayed: 16 },
  },
  {
    ...{ name: '100,000 lines/s, steady', seed: 1, lanes: 64, viewers: 300_000, event: 'steady' },
    ...{ contents: 2, warmSeconds: 32, seconds: 64, lanesPlayed: 16 },
  },
];

export function runUnits(
  plans: readonly UnitsPlan[],
  tell: (text: string) => void = () => {},
): UnitsResult[] {
  const folder = mkdtempSync(join(tmpdir(), 'turnout-units-'));
  try {
    const child = bundleChild(folder, 'units-child', true);
    return plans.map((plan) => {
      tell(`units of ${plan.name}`);
      const played = runChild(child, [JSON.stringify(plan)]).answer as UnitsPlayed;
      return { plan, played };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
