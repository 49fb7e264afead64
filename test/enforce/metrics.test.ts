import { METRICS } from '../../lambdas/adapters/metrics';
import { guardScene } from '../support/guard-scene';
import { sourcesUnder, textOf } from '../support/source-files';

const ROWS = new Map(
  [...textOf('docs/GUARD.md').matchAll(/^\| ([A-Z]\w+) \| (\w+) \| (.+) \|$/gm)].map(
    ([, name, unit, meaning]) => [name!, { unit: unit!, meaning: meaning! }],
  ),
);

/** Metrics that the sources of a folder name. */
function namedIn(folder: string): string[] {
  const text = sourcesUnder(folder).map(textOf).join('\n');
  return Object.keys(METRICS).filter((name) => text.includes(`'${name}'`));
}

describe('docs/GUARD.md', () => {
  it('says of each metric of enforce and control what the code says', () => {
    const names = [...namedIn('lambdas/enforce/'), ...namedIn('lambdas/control/')];
    expect(names.length).toBeGreaterThan(15);
    for (const name of names) {
      expect([name, ROWS.get(name)]).toEqual([name, METRICS[name as keyof typeof METRICS]]);
    }
  });

  it('has no metric that the code does not have', () => {
    expect([...ROWS.keys()].filter((name) => !(name in METRICS))).toEqual([]);
  });
});

describe('GuardMode', () => {
  it.each([
    ['block', 3],
    ['count', 2],
    ['hold', 1],
    ['off', 0],
  ] as const)('in mode %s is %i, also while nobody attacks', async (mode, expected) => {
    const world = guardScene({ mode });
    await world.play(61_000);
    expect(world.values.get('GuardMode')).toBe(expected);
    expect(METRICS.GuardMode.meaning).toContain(`${expected} ${mode}`);
  });
});
