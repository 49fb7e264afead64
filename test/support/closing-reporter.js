/**
 * Ends a run of jest with numbers that a program can read: one line `skipped: N, reason` for each
 * reason, then one line `N passed, N failed`, with `, N skipped` if there are any. All numbers are
 * jest's. A test that is skipped says why in its name or its describe: `... (skipped: reason)`.
 */
class ClosingReporter {
  onRunComplete(_contexts, results) {
    // Jest writes its own summary after all other reporters, so the last lines wait for the exit.
    if (this.results === undefined) process.once('exit', () => this.close());
    this.results = results;
  }

  close() {
    process.stdout.write(`${closingLines(this.results).join('\n')}\n`);
  }
}

function closingLines(results) {
  const reasons = new Map();
  for (const { testResults } of results.testResults) {
    for (const test of testResults) {
      if (test.status !== 'pending' && test.status !== 'todo') continue;
      const reason = reasonOf(test);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  // A file that cannot be loaded has no test that could fail, and must not pass for that.
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
  if (skipped > 0) counts.push(`${skipped} skipped`);
  return [
    ...[...reasons].sort().map(([reason, count]) => `skipped: ${count}, ${reason}`),
    counts.join(', '),
  ];
}

function reasonOf({ ancestorTitles, title }) {
  const names = [...ancestorTitles, title].join(' ');
  return /\(skipped: ([^()]+)\)/.exec(names)?.[1] ?? 'no reason given';
}

module.exports = ClosingReporter;
module.exports.closingLines = closingLines;
