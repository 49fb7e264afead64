import { recountText } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import { GOLDEN_CASES } from './cases';
import { differences } from './compare';
import { configOf, textOf, windowOf } from './golden-case';

/** Goal: each rule of VIEW_DEFINITION.md gives the figures that were worked out by hand. */
describe('recount', () => {
  it.each(GOLDEN_CASES)('$name', (golden) => {
    const text = new TextEncoder().encode(textOf(golden));
    const options = { minutes: true, ...windowOf(golden) };
    const report = recountText(text, parseConfig(configOf(golden)), options);
    expect(differences(report, golden.expect)).toEqual([]);
  });
});
