import { recountText } from '../../../lambdas/core/recount';
import { parseConfig } from '../../../lib/config';
import { countSlowly } from '../../reference/oracle';
import { renderRealtime } from '../../support/edge-lines';
import { Prng, seeds } from '../../support/prng';
import { randomAudience } from '../../support/random-audience';
import type { RandomAudience } from '../../support/random-audience';
import { oracleSettings } from '../../support/twin-config';
import { stripZeros } from '../../support/strip-zeros';

/**
 * Goal: the core counts what VIEW_DEFINITION.md says, whatever comes together. Method: audiences in
 * which everything happens, shuffled and one line in ten doubled, go through the whole reader; every
 * figure of every content, minute and event must be the oracle's.
 */
describe('recountText and its slow twin', () => {
  it.each(seeds(300))('agree on every figure (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const audience = randomAudience(prng);
    const { config, window, lines } = audience;
    const logged = prng.shuffle(lines.flatMap((_, n) => (n % 10 === 3 ? [n, n] : [n])));
    const report = recountText(render(audience, logged), parseConfig(config), {
      minutes: true,
      ...window,
    });
    const settings = oracleSettings(config, window);
    const expected = countSlowly(lines, settings);
    // Hits are counted as logged: the oracle sees the doubled lines for them, and must not mind.
    const doubled = countSlowly(
      logged.map((n) => lines[n]!),
      settings,
    );
    expect(withoutHits(doubled)).toEqual(withoutHits(expected));
    const { ledger, contents, events } = report;
    expect(ledger).toMatchObject({ ...doubled.ledger, bad: {}, overBound: 0 });
    expect(stripZeros({ contents: known(contents, doubled.contents), events })).toEqual(
      stripZeros({ contents: doubled.contents, events: doubled.events }),
    );
  });
});

function render({ config, lines }: RandomAudience, order: readonly number[]): Uint8Array {
  const rows = order.map((n) => `${renderRealtime(lines[n]!, `id-${n}`, config.realtimeFields)}\n`);
  return new TextEncoder().encode(rows.join(''));
}

/** The contents that the oracle reports: those with hits. */
function known(contents: object, expected: object): object {
  return Object.fromEntries(Object.entries(contents).filter(([id]) => id in expected));
}

function withoutHits(report: object): unknown {
  const text = JSON.stringify(report, (key, value: unknown) =>
    ['hits', 'outcomes', 'edge', 'ledger'].includes(key) ? undefined : value,
  );
  return JSON.parse(text);
}
