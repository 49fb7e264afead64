import { STANDARD_FIELDS, type Format } from '../../lambdas/core/edge/format';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { makeCrowd } from '../../local/crowd/crowd';
import { makeLineClock } from '../../local/replay-clock';

const AT = Date.parse('2026-03-03T19:00:07Z');
const AGENT = 'Mozilla/5.0';

describe('makeLineClock', () => {
  it.each<[string, Format, string]>([
    [
      'combined',
      { kind: 'combined' },
      `198.51.100.7 - - [03/Mar/2026:20:00:07 +0100] "GET / HTTP/1.1" 200 5 "-" "${AGENT}"`,
    ],
    [
      'JSON',
      { kind: 'json' },
      `{"timestamp":"${AT / 1_000}","c-ip":"198.51.100.7","sc-status":"200"}`,
    ],
    [
      'standard',
      { kind: 'columns', fields: STANDARD_FIELDS.slice(0, 9), delimiter: 9 },
      '2026-03-03\t19:00:07\tFRA56\t5\t198.51.100.7\tGET\th.example\t/\t200',
    ],
  ])('reads the time of a line: %s', (_, format, line) => {
    const clock = makeLineClock(format, DEFAULT_SETTINGS);
    expect(clock(Buffer.from(line))).toBe(AT);
    expect(clock(Buffer.from('no line'))).toBeUndefined();
    expect(clock(new Uint8Array(2_000_000))).toBeUndefined();
    expect(clock(Buffer.from(`${line}\r`))).toBe(AT);
  });

  it('reads every good line of a crowd, within its delay', () => {
    const fields = DEFAULT_SETTINGS.realtimeFields;
    const clock = makeLineClock({ kind: 'columns', fields, delimiter: 9 }, DEFAULT_SETTINGS);
    let read = 0;
    let lines = 0;
    for (const { line, atMs } of makeCrowd({
      seed: 2,
      viewers: 20,
      minutes: 1,
      startAtMs: AT,
    }).lines()) {
      lines += 1;
      const tMs = clock(Buffer.from(line.trimEnd()));
      if (tMs === undefined) continue;
      read += 1;
      expect(atMs - tMs).toBeGreaterThanOrEqual(0);
      expect(atMs - tMs).toBeLessThan(300_000);
    }
    expect(read).toBeGreaterThan(0.95 * lines);
  });
});
