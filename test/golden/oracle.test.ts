import { countSlowly } from '../reference/oracle';
import { GOLDEN_CASES } from './cases';
import { differences } from './compare';
import { configOf, oracleLinesOf, windowOf } from './golden-case';
import { oracleSettings } from '../support/twin-config';

/** Goal: no golden figure is a slip of the pen. Method: the oracle works each case out as well. */
describe('the oracle', () => {
  it.each(GOLDEN_CASES.filter((one) => one.noOracle === undefined))('$name', (golden) => {
    const settings = oracleSettings(configOf(golden), windowOf(golden));
    const report = countSlowly(oracleLinesOf(golden), settings);
    // No ledger: the oracle knows of no line that cannot be read, and of no bound.
    expect(differences(report, { ...golden.expect, ledger: {} })).toEqual([]);
  });
});
