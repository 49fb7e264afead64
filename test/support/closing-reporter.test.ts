const { closingLines } = jest.requireActual<{ closingLines: (results: object) => string[] }>(
  './closing-reporter.js',
);

const resultOf = (status: string, describeName = 'describe') => ({
  status,
  title: 'does it',
  ancestorTitles: [describeName],
});

const COUNTS = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
};

describe('closingLines', () => {
  it('is one line when nothing was skipped', () => {
    expect(closingLines({ ...COUNTS, numPassedTests: 7 })).toEqual(['7 passed, 0 failed']);
  });

  it('counts skipped tests by their reason', () => {
    const absent = resultOf('pending', 'agents (skipped: data folder absent)');
    const results = {
      ...COUNTS,
      numPassedTests: 1,
      numFailedTests: 1,
      numPendingTests: 3,
      testResults: [
        { testResults: [resultOf('passed'), absent] },
        { testResults: [resultOf('failed'), absent, resultOf('pending')] },
      ],
    };
    expect(closingLines(results)).toEqual([
      'skipped: 2, data folder absent',
      'skipped: 1, no reason given',
      '1 passed, 1 failed, 3 skipped',
    ]);
  });

  it('counts a file that could not be loaded as failed', () => {
    const results = { ...COUNTS, numPassedTests: 7, numRuntimeErrorTestSuites: 1 };
    expect(closingLines(results)).toEqual(['7 passed, 1 failed']);
  });
});
