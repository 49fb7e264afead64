import { parseMetrics } from '../../local/metrics-line';

const LINE = {
  _aws: {
    Timestamp: 1_790_000_000_000,
    CloudWatchMetrics: [
      { Namespace: 'Turnout', Metrics: [{ Name: 'LinesHit', Unit: 'Count' }] },
      { Namespace: 'Turnout', Metrics: [{ Name: 'LineToCountMs', Unit: 'Milliseconds' }] },
    ],
  },
  service: 'tally',
  LinesHit: 7,
  LineToCountMs: [100, 250],
};

describe('parseMetrics', () => {
  it('reads one value and several of a metric', () => {
    const { timestampMs, values } = parseMetrics(JSON.stringify(LINE))!;
    expect(timestampMs).toBe(1_790_000_000_000);
    expect([...values]).toEqual([
      ['LinesHit', [7]],
      ['LineToCountMs', [100, 250]],
    ]);
  });

  it.each([
    ['', 'nothing'],
    ['{"_aws"', 'half a line'],
    ['{"message":"_aws"}', 'a line that speaks of it'],
    ['{"_aws":{}}', 'no directive'],
    ['"_aws"', 'no object'],
  ])('takes %j for none: %s', (line) => {
    expect(parseMetrics(line)).toBeUndefined();
  });
});
