import { createHash } from 'node:crypto';
import { type MixOptions, mixEvent } from '../../local/attacks/mix-event';
import { type CrowdOptions, makeCrowd } from '../../local/crowd/crowd';
import { crowdOptions } from './crowd-lines';
import { mixOptions } from './attack-lines';

/**
 * Goal: a seed gives the same event also after a new shape was added, so that figures of before can be had again.
 * Method: hashes of all lines, taken when the shape was new. One that changes is written down in CHANGELOG.md.
 */
function digest(lines: Iterable<{ readonly atMs: number; readonly line: string }>): string {
  const hash = createHash('sha256');
  let count = 0;
  for (const { atMs, line } of lines) {
    hash.update(`${atMs} ${line}`);
    count += 1;
  }
  return `${count} ${hash.digest('hex').slice(0, 16)}`;
}

const CROWDS: readonly (readonly [string, Partial<CrowdOptions>])[] = [
  ['16510 abee220e9264b7ba', {}],
  ['11891 1ca1aa9686c970d4', { outage: { fromSecond: 40, seconds: 50, shape: '5xx' } }],
  [
    '19346 b7f99394a6bf99d8',
    { outage: { fromSecond: 40, seconds: 90, shape: '5xx', reloads: true } },
  ],
  ['11537 5e1a7c27978b3ca0', { outage: { fromSecond: 70, seconds: 90, shape: 'timeouts' } }],
];

it.each(CROWDS)('a crowd is %s, whatever was added since: %j', (expected, options) => {
  const crowd = makeCrowd(
    crowdOptions({ seed: 1, viewers: 300, minutes: 5, cgnat: 50, ...options }),
  );
  expect(digest(crowd.lines())).toBe(expected);
});

const EVENTS: readonly (readonly [string, Partial<MixOptions>])[] = [
  ['13692 232d25750a573cb9', { crowd: 'exact', shapes: ['origin-failure'] }],
  ['14538 bb05845e16020790', { crowd: 'lean', shapes: ['origin-failure'] }],
  [
    '65812 d27851e6eb8d42ff',
    {
      crowd: 'exact',
      shapes: [
        { shape: 'behind-cgnat', scale: 0.05 },
        { shape: 'home-devices', scale: 0.05 },
      ],
    },
  ],
  [
    '18845 5260b14731437a3d',
    { crowd: 'lean', shapes: ['flash-crowd', { shape: 'cache-busting', scale: 0.05 }] },
  ],
];

it.each(EVENTS)('an event is %s, whatever was added since: %j', (expected, options) => {
  const event = mixEvent(mixOptions({ seed: 9, viewers: 300, cgnat: 40, ...options }));
  const judge = (_: string, atMs: number) => (atMs % 97 === 0 ? 'refused' : 'served');
  expect(digest(event.lines(judge))).toBe(expected);
});
