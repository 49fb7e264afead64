import { Recount } from '../../../lambdas/core/recount';
import { parseConfig } from '../../../lib/config';
import { REALTIME_FIELDS, renderRealtime } from '../../support/edge-lines';
import { Prng, seeds } from '../../support/prng';
import { randomAudience } from '../../support/random-audience';

const START = Date.UTC(2026, 10, 24, 20);

function recountOf(rows: readonly string[], config: unknown, key = 1): Recount {
  const recount = new Recount({ settings: parseConfig(config), key: new Uint8Array(16).fill(key) });
  recount.begin({ kind: 'columns', fields: REALTIME_FIELDS, delimiter: 9 });
  recount.feed(new TextEncoder().encode(rows.join('')));
  recount.end();
  return recount;
}

/** 100 viewers, each asking for a segment every 6 seconds. */
function watch(segments: number): string[] {
  const rows: string[] = [];
  for (let segment = 0; segment < segments; segment += 1) {
    for (let viewer = 0; viewer < 100; viewer += 1) {
      const line = {
        tMs: START + segment * 6_000 + viewer,
        ip: `198.51.100.${viewer}`,
        status: '200',
        method: 'GET',
        host: 'live.example',
        path: `/live/${segment}.ts`,
        userAgent: 'AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5 like Mac OS X; en_us)',
        class: 'player',
        country: 'US',
        device: 'phone',
        edge: 'FRA56-P4',
      } as const;
      rows.push(`${renderRealtime(line, 'id')}\n`);
    }
  }
  return rows;
}

describe('the state of an audience', () => {
  it('is bounded by viewers, not by lines: twenty times the lines, the same bytes', () => {
    const short = recountOf(watch(10), {});
    const long = recountOf(watch(200), {});
    expect(long.lines).toBe(20 * short.lines);
    expect(long.audience.table.count).toBe(100);
    expect(long.audience.bytesUsed).toBe(short.audience.bytesUsed);
  });

  it.each(seeds(60))('gives the same figures under any key (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const { config, lines } = randomAudience(prng);
    const rows = lines.map((line) => `${renderRealtime(line, 'id')}\n`);
    const one = recountOf(rows, config, 1);
    const other = recountOf(prng.shuffle(rows), config, prng.between(2, 255));
    expect(other.report({ minutes: true })).toEqual(one.report({ minutes: true }));
  });
});
