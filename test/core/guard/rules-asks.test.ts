import { type Counts, facts } from '../../support/guard-facts';
import {
  type Case,
  FAST,
  NOBODY,
  ONE,
  PARTS,
  SLOW,
  long,
  ruleOf,
  window,
} from '../../support/rule-cases';

/** Goal: each number of S12_asks is where docs/GUARD.md says. Method: as rules.test.ts. */
const in30 = (counts: Counts, agents = 1) => long(counts, { agents, longSeconds: 30 });

const CASES: readonly Case[] = [
  ['15 asks of an agent', window({ hits: 15, asks: 15, slots: 3 }), 'S12_asks'],
  ['14 asks of an agent', window({ hits: 14, asks: 14, slots: 3 }), undefined],
  ['15 asks in 2 slots', window({ hits: 15, asks: 15, slots: 2 }), undefined],
  ['15 asks of a viewer', window({ hits: 15, asks: 15, slots: 3 }), undefined, ONE],
  ['85 asks of 8 agents', window({ hits: 85, asks: 85 }, { agents: 8 }), 'S12_asks'],
  ['84 asks of 8 agents', window({ hits: 84, asks: 84 }, { agents: 8 }), undefined],
  ['85 asks of 9 agents', window({ hits: 85, asks: 85 }, { agents: 9 }), 'S12_asks'],
  ['25 asks, fast', window({ hits: 25, asks: 25 }), 'S12_asks', NOBODY, FAST],
  ['24 asks, fast', window({ hits: 24, asks: 24 }), undefined, NOBODY, FAST],
  // Of these 20 are what two playlists are polled for.
  ['35 asks, fast', window({ hits: 35, asks: 35, manifests: 20 }), 'S12_asks', NOBODY, FAST],
  ['34 asks, fast', window({ hits: 34, asks: 34, manifests: 20 }), undefined, NOBODY, FAST],
  // With parts G5 ends before S12 begins: S1 names them first.
  ['40 asks, parts', window({ hits: 40, asks: 40 }), 'S1_flood', NOBODY, PARTS],
  ['39 asks, parts', window({ hits: 39, asks: 39 }), undefined, NOBODY, PARTS],
  ['139 polls, parts', window({ hits: 149, asks: 139, manifests: 139 }), undefined, NOBODY, PARTS],
  ['150 polls, parts', window({ hits: 150, asks: 150, manifests: 150 }), 'S1_flood', NOBODY, PARTS],
  ['40 asks in the long window', long({ hits: 40, asks: 40 }), 'S12_asks'],
  ['39 asks in the long window', long({ hits: 39, asks: 39 }), undefined],
  // In less than a minute what lies between 15 in 10 s and 40 in 60 s.
  ['25 asks in 30 s', long({ hits: 25, asks: 25 }, { longSeconds: 30 }), 'S12_asks'],
  ['24 asks in 30 s', long({ hits: 24, asks: 24 }, { longSeconds: 30 }), undefined],
  ['15 asks in 6 s', long({ hits: 15, asks: 15 }, { longSeconds: 6 }), 'S12_asks'],
  ['14 asks in 6 s', long({ hits: 14, asks: 14 }, { longSeconds: 6 }), undefined],
  ['53 asks of 3 agents in 30 s', in30({ hits: 53, asks: 53 }, 3), 'S12_asks'],
  ['52 asks of 3 agents in 30 s', in30({ hits: 52, asks: 52 }, 3), undefined],
  // Two fifths of the way from 5 to 20, and for one agent 20 polls.
  ['31 asks in 30 s, 20 polls', in30({ hits: 31, asks: 31, manifests: 20 }), 'S12_asks'],
  ['30 asks in 30 s, 20 polls', in30({ hits: 30, asks: 30, manifests: 20 }), undefined],
  ['63 asks in 30 s, fast', in30({ hits: 63, asks: 63 }), 'S12_asks', NOBODY, FAST],
  ['62 asks in 30 s, fast', in30({ hits: 62, asks: 62 }), undefined, NOBODY, FAST],
  ['60 asks, 40 for playlists', long({ hits: 60, asks: 60, manifests: 40 }), 'S12_asks'],
  ['59 asks, 40 for playlists', long({ hits: 59, asks: 59, manifests: 40 }), undefined],
  ['60 asks, 39 for playlists', long({ hits: 59, asks: 59, manifests: 39 }), 'S12_asks'],
  ['120 asks, long, fast', long({ hits: 120, asks: 120 }), 'S12_asks', NOBODY, FAST],
  ['119 asks, long, fast', long({ hits: 119, asks: 119 }), undefined, NOBODY, FAST],
  ['100 asks, failing', long({ hits: 100, asks: 100, unserved: 20 }), 'S12_asks'],
  ['99 asks, failing', long({ hits: 99, asks: 99, unserved: 20 }), undefined],
  // Three people of one agent who wait poll 120 playlists that are served: two of them 80 at most.
  [
    '180 polls',
    long({ hits: 180, asks: 180, manifests: 180, failed: 180, unserved: 180 }),
    'S12_asks',
  ],
  [
    '179 polls',
    long({ hits: 179, asks: 179, manifests: 179, failed: 179, unserved: 179 }),
    undefined,
  ],
  // For each ask for something else one less.
  [
    '150 asks, 100 polls',
    long({ hits: 150, asks: 150, manifests: 100, failed: 100, unserved: 100 }),
    'S12_asks',
  ],
  [
    '149 asks, 100 polls',
    long({ hits: 149, asks: 149, manifests: 100, failed: 100, unserved: 100 }),
    undefined,
  ],
  [
    '100 asks, 50 polls',
    long({ hits: 100, asks: 100, manifests: 50, failed: 50, unserved: 50 }),
    'S12_asks',
  ],
  ['99 asks, less failing', long({ hits: 99, asks: 99, unserved: 19 }), 'S12_asks'],
  ['4 agents, failing', long({ hits: 700, asks: 700, unserved: 300 }, { agents: 4 }), 'S12_asks'],
  ['4 agents, a few', long({ hits: 699, asks: 699, unserved: 300 }, { agents: 4 }), undefined],
  [
    '180 asks, failing, fast',
    long({ hits: 180, unserved: 180, asks: 180 }),
    'S12_asks',
    NOBODY,
    FAST,
  ],
  [
    '179 asks, failing, fast',
    long({ hits: 179, unserved: 179, asks: 179 }),
    undefined,
    NOBODY,
    FAST,
  ],
];

describe('judgeSource (S12_asks)', () => {
  it.each(CASES.map((one) => [one[0], one[2] ?? 'nobody', one] as const))(
    '%s: %s',
    (_name, _rule, [, options, rule, viewers = NOBODY, rhythm = SLOW]) => {
      expect(ruleOf(facts(options), viewers, rhythm)).toBe(rule);
    },
  );
});
