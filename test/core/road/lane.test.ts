import { SHIPPED_FILES } from '../../../lambdas/core/edge/network-lists';
import { classifierOf } from '../../../lambdas/core/edge/classifier';
import { recountText } from '../../../lambdas/core/recount';
import { makeViewsReport } from '../../../lambdas/core/road/views-report';
import { parseConfig } from '../../../lib/config';
import { renderRealtime } from '../../support/edge-lines';
import { Prng, seeds } from '../../support/prng';
import { randomAudience } from '../../support/random-audience';
import { type ItemMap, playRoad } from '../../support/road-in-memory';

/**
 * Goal: folding packet by packet, with states put back from blobs in between, gives the figures of one
 * recount of all lines. Method: random audiences, shuffled, cut into intervals of any size.
 */
function reportOf(items: ItemMap, settings: ReturnType<typeof parseConfig>) {
  return makeViewsReport(
    items.of((pk) => /^[sp]:/.test(pk)),
    items.of((pk) => pk === 'contents'),
    items.of((pk) => pk.startsWith('ledger#')),
    { settings, classifier: classifierOf(SHIPPED_FILES), options: { minutes: true } },
  );
}

describe('Lane', () => {
  it.each(seeds(30))('counts what a recount counts (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const { config, lines } = randomAudience(prng);
    const settings = parseConfig({ ...config, events: [] });
    const logged = prng.shuffle([...lines, ...lines.filter((_, n) => n % 10 === 3)]);
    const rows = logged.map((line) => `${renderRealtime(line, 'id', config.realtimeFields)}\n`);
    rows.push('damaged\n');
    const arrivalMs = lines.reduce((ms, line) => Math.max(ms, line.tMs), 0);
    const records = rows.map((row, n) => ({
      sequence: String(n + 1),
      data: new TextEncoder().encode(row),
      arrivalMs,
    }));
    const recordsMax = prng.pick([1, 5, 40, 400]);
    const restartPercent = prng.pick([0, 30, 100]);
    const items = playRoad(records, { settings, prng, recordsMax, restartPercent });
    const expected = recountText(new TextEncoder().encode(rows.join('')), settings, {
      minutes: true,
    });
    const { contents, ledger, definition } = reportOf(items, settings);
    expect(definition).toEqual(expected.definition);
    expect(contents).toEqual(expected.contents);
    expect(ledger).toMatchObject({ ...expected.ledger });
  });
});
