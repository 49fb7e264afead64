import { makeViewsReport } from '../../../lambdas/core/road/views-report';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';

/** Goal: a number that may still change, or lacks lines, says so. */
describe('the state of a report', () => {
  const to = Date.parse('2026-11-24T21:00:00Z');
  const hour = 3_600_000;
  const ledgerOf = (lost: number) => [
    { pk: 'ledger#0', sk: 'h#2026-11-24T20', values: new Map([['lost', lost]]) },
  ];
  it.each([
    [0, 0, 'provisional'],
    [0, to + hour - 1, 'provisional'],
    [0, to + hour, 'final'],
    [1, to + hour, 'incomplete'],
    [1, 0, 'incomplete'],
  ])('with %i records lost and counted to %i is %s', (lost, countedToMs, state) => {
    const input = {
      settings: DEFAULT_SETTINGS,
      classifier: '',
      options: { toMs: to },
      countedToMs,
    };
    expect(makeViewsReport([], [], ledgerOf(lost), input).state).toBe(state);
  });

  it('of everything is never final', () => {
    const input = { settings: DEFAULT_SETTINGS, classifier: '', options: {}, countedToMs: 1e15 };
    expect(makeViewsReport([], [], [], input).state).toBe('provisional');
  });
});
