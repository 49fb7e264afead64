import { IDLE_LOAD_MAX, renderApi } from '../../bench/api-results';
import { API_QUICK, runApi } from '../../bench/api.bench';

describe('the benchmark of the API', () => {
  it('checks what it times, and says what that was', async () => {
    const told: string[] = [];
    const { rows } = await runApi(API_QUICK, (text) => told.push(text));
    expect(rows.map(({ name }) => name)).toEqual([
      'minutes, JSON',
      'minutes, JSON, and the SDK',
      'minutes, JSON, and the SDK, over HTTP',
      'minutes, JSON, and the SDK, for the first time',
      'minutes, CSV',
      'record',
      'hours',
    ]);
    for (const { items, bytes, cpu, wall } of rows) {
      expect(items).toBeGreaterThan(0);
      expect(bytes).toBeGreaterThan(500);
      expect(cpu.p99Ms).toBeGreaterThanOrEqual(cpu.p50Ms);
      expect(wall.p99Ms).toBeGreaterThanOrEqual(wall.p50Ms);
    }
    // The same answer, whether typed values are at hand or come from the SDK.
    expect(rows[1]!.bytes).toBe(rows[0]!.bytes);
    expect(rows[1]!.items).toBe(rows[0]!.items);
    expect([rows[2]!.bytes, rows[2]!.items]).toEqual([rows[1]!.bytes, rows[1]!.items]);
    // Nothing was remembered: each minute is read once, and not its revision before.
    expect(rows[3]!.items).toBe(rows[1]!.items - 1);
    expect(told).toHaveLength(rows.length);
  });

  const row = { name: 'minutes, JSON', items: 1, bytes: 1_024 };
  const times = (p99Ms: number) => ({ p50Ms: 1, p99Ms });
  const render = (load: number, cpuMs: number, wallMs: number) => {
    const one = { ...row, cpu: times(cpuMs), wall: times(wallMs) };
    return renderApi({ rows: [one, one, one], load });
  };

  it('judges the clock of an idle machine, and CPU time of a busy one', () => {
    const idle = render(IDLE_LOAD_MAX, 10, 60);
    expect(idle).toContain('| a day of minutes, ms, p99 | 50 | 60.0 | not reached |');
    expect(idle).toContain('The machine was idle, so the clock is judged.');
    const busy = render(IDLE_LOAD_MAX + 0.1, 10, 60);
    expect(busy).toContain('| a day of minutes, CPU ms, p99 | 50 | 10.0 | reached |');
    expect(busy).toContain('Other things ran on the machine, so CPU time is judged.');
  });

  it('judges both ends of the goal', () => {
    expect(render(0, 1, 50)).toContain('| 50 | 50.0 | reached |');
    expect(render(0, 1, 50.1)).toContain('| 50 | 50.1 | not reached |');
  });
});
