import { Audience } from '../../../lambdas/core/audience/audience';
import { makeDays } from '../../../lambdas/core/audience/day';
import { mergeState, serialiseState } from '../../../lambdas/core/audience/lane-state';
import { ContentTable } from '../../../lambdas/core/edge/content-table';
import { detectFormat } from '../../../lambdas/core/edge/format';
import { CACHE_SIZES } from '../../../lambdas/core/edge/hit-reader';
import { Scanner } from '../../../lambdas/core/edge/scanner';
import { Recount } from '../../../lambdas/core/recount';
import type { Settings } from '../../../lambdas/core/settings';
import { parseConfig } from '../../../lib/config';
import { renderRealtime } from '../../support/edge-lines';
import { Prng, seeds } from '../../support/prng';
import { randomAudience } from '../../support/random-audience';

const KEY = new Uint8Array(16).fill(7);

function recountOf(rows: readonly string[], settings: Settings): Recount {
  const recount = new Recount({ settings, key: KEY });
  const bytes = new TextEncoder().encode(rows.join(''));
  const format = detectFormat(bytes, settings.realtimeFields);
  if (format !== undefined) {
    recount.begin(format);
    recount.feed(bytes);
    recount.end();
  }
  return recount;
}

function emptyAudience(settings: Settings): Audience {
  return new Audience({
    contents: new ContentTable(settings),
    days: makeDays(settings.timeZone, settings.dayStartHour),
    viewerHash: new Scanner(CACHE_SIZES).makeViewerHash(KEY),
    limits: { ...settings.thresholds, viewersMax: 10_000, waitingMax: 1_000 },
  });
}

function someRows(prng: Prng) {
  const { config, lines } = randomAudience(prng);
  const settings = parseConfig(config);
  const rows = lines.map(
    (line, n) => `${renderRealtime(line, `id-${n}`, config.realtimeFields)}\n`,
  );
  return { settings, rows };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const state = (audience: Audience) => hex(serialiseState(audience));

/**
 * Goal: a state can be cut, kept and joined without changing anything. Method: random audiences; the
 * bytes are canonical, so equal states are equal text.
 */
describe('serialiseState and mergeState', () => {
  it.each(seeds(60))('the same lines in any order give the same bytes (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const { rows, settings } = someRows(prng);
    const one = recountOf(rows, settings).audience;
    const other = recountOf(prng.shuffle(rows), settings).audience;
    expect(one.table.count).toBeGreaterThan(0);
    expect(state(other)).toBe(state(one));
  });

  it.each(seeds(60))(
    'states of any split of the lines join to the state of all (SEED=%i)',
    (seed) => {
      const prng = new Prng(seed);
      const { rows, settings } = someRows(prng);
      const parts: string[][] = [[], [], []];
      for (const row of rows) prng.pick(parts).push(row);
      const joined = emptyAudience(settings);
      for (const part of prng.shuffle(parts)) {
        mergeState(
          joined,
          serialiseState(recountOf(part, settings).audience, { isSorted: prng.bool(0.5) }),
        );
      }
      expect(state(joined)).toBe(state(recountOf(rows, settings).audience));
    },
  );

  it.each(seeds(60))(
    'lanes are a partition: cut and joined, nothing is lost or double (SEED=%i)',
    (seed) => {
      const prng = new Prng(seed);
      const { rows, settings } = someRows(prng);
      const { audience } = recountOf(rows, settings);
      const lanes = prng.pick([1, 2, 16, 512]);
      const joined = emptyAudience(settings);
      let count = 0;
      for (let lane = 0; lane < lanes; lane += 1) {
        const bytes = serialiseState(audience, { lane, lanes });
        const alone = emptyAudience(settings);
        mergeState(alone, bytes);
        count += alone.table.count;
        mergeState(joined, bytes);
      }
      expect(count).toBe(audience.table.count);
      expect(state(joined)).toBe(state(audience));
    },
  );

  it('keeps all viewers of one IPv4 /20 in one lane', () => {
    const settings = parseConfig({});
    const rows = Array.from({ length: 200 }, (_, n) => segmentOf(`10.7.${n % 16}.${n}`));
    const { audience } = recountOf(rows, settings);
    const counts = Array.from({ length: 64 }, (_, lane) => {
      const alone = emptyAudience(settings);
      mergeState(alone, serialiseState(audience, { lane, lanes: 64 }));
      return alone.table.count;
    });
    expect(counts.filter((count) => count > 0)).toEqual([200]);
  });

  it.each([
    [3, 0],
    [0, 0],
    [131_072, 0],
    [16, 16],
  ])('refuses to cut into %i lanes with lane %i', (lanes, lane) => {
    const { audience } = { audience: emptyAudience(parseConfig({})) };
    expect(() => serialiseState(audience, { lanes, lane })).toThrow(/power of two/);
  });

  it.each([
    ['another version', (bytes: Uint8Array) => bytes.fill(9, 3, 4), /version 9, expected 1/],
    ['another file', (bytes: Uint8Array) => bytes.fill(0, 0, 1), /begin with TNS/],
    ['a cut one', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1), /ends at byte/],
  ])('refuses %s', (_, damage, message) => {
    const settings = parseConfig({});
    const bytes = serialiseState(recountOf([segmentOf('192.0.2.1')], settings).audience);
    expect(() => mergeState(emptyAudience(settings), damage(bytes))).toThrow(message);
  });
});

function segmentOf(ip: string): string {
  const line = {
    tMs: Date.UTC(2026, 10, 24, 20),
    ip,
    status: '200',
    method: 'GET',
    host: 'live.example',
    path: '/live/1.ts',
    userAgent: 'AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5 like Mac OS X; en_us)',
    class: 'player',
    country: 'US',
    device: 'phone',
    edge: 'FRA56-P4',
  } as const;
  return `${renderRealtime(line, 'id')}\n`;
}
