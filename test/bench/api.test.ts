import { API_QUICK, renderApi, runApi } from '../../bench/api.bench';

describe('the benchmark of the API', () => {
  it('checks what it times, and says what that was', async () => {
    const told: string[] = [];
    const rows = await runApi(API_QUICK, (text) => told.push(text));
    expect(rows.map(({ name }) => name)).toEqual([
      'minutes, JSON',
      'minutes, CSV',
      'record',
      'hours',
    ]);
    for (const { items, bytes, p50Ms, p99Ms } of rows) {
      expect(items).toBeGreaterThan(0);
      expect(bytes).toBeGreaterThan(500);
      expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    }
    expect(told).toHaveLength(rows.length);
    const text = renderApi(rows);
    expect(text).toMatch(/\| a day of minutes, CPU ms, p99 \| 50 \| [\d.]+ \| (not )?reached \|/);
    const slow = renderApi([{ ...rows[0]!, p99Ms: 50.1 }]);
    expect(slow).toContain('| 50 | 50.1 | not reached |');
    expect(renderApi([{ ...rows[0]!, p99Ms: 50 }])).toContain('| 50 | 50.0 | reached |');
  });
});
