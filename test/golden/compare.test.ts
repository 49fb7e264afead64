import { differences } from './compare';

const REPORT = {
  ledger: { hits: 3 },
  contents: {
    live: {
      starts: 1,
      turnedAway: { '5xx': 2 },
      peakAt: '2026-11-24T20:00:02Z',
      minutes: [
        { minute: '2026-11-24T20:00:00Z', hits: 3, record: { starts: { verified: 1, gross: 2 } } },
      ],
    },
  },
  events: { final: { interruptions: [{ seconds: 60 }] } },
};

describe('differences', () => {
  it.each<[string, object]>([
    ['equal figures', { contents: { live: { starts: 1, peakAt: '20:00:02' } } }],
    ['a figure left out that is 0', { contents: { live: { attempts: 0 }, gone: { starts: 0 } } }],
    ['a map that is all told', { contents: { live: { turnedAway: { '5xx': 2, '4xx': 0 } } } }],
    ['a minute', { minutes: { live: { '20:00': { starts: 1, record: { starts: { gross: 2 } } } } } }],
  ])('accepts %s', (_, expected) => {
    expect(differences(REPORT, expected)).toEqual([]);
  });

  it.each<[string, object]>([
    ['a figure off by one', { contents: { live: { starts: 2 } } }],
    ['another time', { contents: { live: { peakAt: '20:00:00' } } }],
    ['a time where there is none', { events: { final: { firstStartAt: '20:00:00' } } }],
    ['null where there is a time', { contents: { live: { peakAt: null } } }],
    ['a cause that was not expected', { contents: { live: { turnedAway: {} } } }],
    ['one entry too few', { events: { final: { interruptions: [] } } }],
    ['an entry that differs', { events: { final: { interruptions: [{ seconds: 58 }] } } }],
    ['a minute that is missing', { minutes: { live: { '20:01': { starts: 1 } } } }],
    ['a ledger off by one', { ledger: { hits: 4 } }],
  ])('finds %s', (_, expected) => {
    expect(differences(REPORT, expected)).toHaveLength(1);
  });
});
