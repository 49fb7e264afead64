import { isDeepStrictEqual } from 'node:util';
import { AddressBounds } from '../../../lambdas/core/audience/address-bounds';
import { ViewerTable, W } from '../../../lambdas/core/audience/viewer-table';
import { recountText } from '../../../lambdas/core/recount';
import { parseConfig } from '../../../lib/config';
import { countSlowly } from '../../reference/oracle';
import { renderRealtime } from '../../support/edge-lines';
import { Prng } from '../../support/prng';
import { randomAudience } from '../../support/random-audience';
import { stripZeros } from '../../support/strip-zeros';
import { oracleSettings } from '../../support/twin-config';

const RUNS = 20;

/** How many of some random audiences the core counts otherwise than the oracle. */
function failures(): number {
  let failed = 0;
  for (let seed = 1; seed <= RUNS; seed += 1) {
    const prng = new Prng(seed);
    const { config, window, lines } = randomAudience(prng);
    const logged = prng.shuffle([...lines, ...lines.filter((_, n) => n % 10 === 3)]);
    const rows = logged.map((line) => `${renderRealtime(line, 'id', config.realtimeFields)}\n`);
    const bytes = new TextEncoder().encode(rows.join(''));
    const report = recountText(bytes, parseConfig(config), { minutes: true, ...window });
    const { contents } = countSlowly(logged, oracleSettings(config, window));
    const mine = Object.fromEntries(Object.keys(contents).map((id) => [id, report.contents[id]]));
    if (!isDeepStrictEqual(stripZeros(mine), stripZeros(contents))) failed += 1;
  }
  return failed;
}

/**
 * Goal: the comparison with the oracle can fail. Method: one mechanism is taken out of the real
 * modules at a time, and some audience must show it.
 */
describe('the comparison with the oracle', () => {
  afterEach(() => jest.restoreAllMocks());
  const { addSession } = ViewerTable.prototype;

  it('finds nothing while all is in place', () => {
    expect(failures()).toBe(0);
  });

  // One mechanism each: what lies how close is one run, one page view, one session.
  it.each<[string, 'addRun' | 'addSession', (gap: number) => number]>([
    ['holes are not filled (P3_hole)', 'addRun', (gap) => (gap > 1_000 ? gap : 1)],
    ['double clicks are two (V2_page_view)', 'addRun', (gap) => Math.min(gap, 1_000)],
    ['silence does not end a session (S1_silence)', 'addSession', (gap) => gap * 10],
  ])('notices when %s', (_, method, change) => {
    const real = ViewerTable.prototype[method];
    jest.spyOn(ViewerTable.prototype, method).mockImplementation(function (
      this: ViewerTable,
      entry,
      source,
      from,
      gap,
    ) {
      real.call(this, entry, source, from, change(gap));
    });
    expect(failures()).toBeGreaterThan(0);
  });

  it('notices when the later of two times stays (idempotence of joined sessions)', () => {
    jest.spyOn(ViewerTable.prototype, 'addSession').mockImplementation(function (
      this: ViewerTable,
      entry,
      source,
      from,
      gap,
    ) {
      addSession.call(this, entry, source, from, gap);
      const words = this.sessionWords(entry);
      const at = this.sessionAt(entry) + (this.sessionsOf(entry) - 1) * 6;
      if (source[from + 2] !== 0) words[at + 2] = source[from + 2]!;
    });
    expect(failures()).toBeGreaterThan(0);
  });

  it('notices when every viewer has the highest class, whatever its hits (C1_class)', () => {
    const { insert } = ViewerTable.prototype;
    jest.spyOn(ViewerTable.prototype, 'insert').mockImplementation(function (
      this: ViewerTable,
      key,
    ) {
      const entry = insert.call(this, key);
      // Class 8 (suspect) is the highest: no hit raises it any more.
      this.words[entry + W.counts] = (8 << 24) >>> 0;
      return entry;
    });
    expect(failures()).toBeGreaterThan(0);
  });

  it('notices when an address has room for one viewer (B1_address)', () => {
    const { makeRoom } = AddressBounds.prototype;
    const seen = new Set<number>();
    jest.spyOn(AddressBounds.prototype, 'makeRoom').mockImplementation(function (
      this: AddressBounds,
      entry,
      started,
    ) {
      if (started && seen.has(entry.address)) return -2;
      seen.add(entry.address);
      return makeRoom.call(this, entry, started);
    });
    expect(failures()).toBeGreaterThan(0);
  });
});
