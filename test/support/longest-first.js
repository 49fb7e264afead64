'use strict';

const Sequencer = require('@jest/test-sequencer').default;

/**
 * A fresh clone knows no times, and jest then begins with the largest files. These take minutes: begun last, one of
 * them would run alone.
 */
const LONGEST = [
  'test/sim/',
  'test/bin/start',
  'test/deploy/',
  'test/tally/flood',
  'test/core/road/views-report',
  'test/core/guard/guard-replay',
  'test/core/guard/prefix-plan',
  'test/core/audience/oracle',
  'test/bin/recount',
  'test/bench/',
  'test/api/',
  'test/local/',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = LONGEST.findIndex((part) => path.includes(`/${part}`));
      return at === -1 ? LONGEST.length : at;
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};

module.exports.LONGEST = LONGEST;
