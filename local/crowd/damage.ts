import type { Chance } from './chance';

/** What can be wrong with a line, in the names of `ledger.bad`. */
export type Damage = 'too_few_fields' | 'bad_timestamp' | 'bad_address' | 'bad_status';

const DAMAGES: readonly Damage[] = ['too_few_fields', 'bad_timestamp', 'bad_address', 'bad_status'];

/** Positions of the columns that are broken, and values that nobody can read. */
const COLUMNS = {
  bad_timestamp: [0, ['-', '0.000', '17e8', '1795550400,250']],
  bad_address: [1, ['-', 'unknown', '999.1.2.3', '2001:db8:::1']],
  bad_status: [2, ['-', '2x0', '999', '']],
} as const;

/** Breaks one thing in a line with its newline; what it would have said is lost. */
export function damageLine(line: string, chance: Chance): { line: string; meant: Damage } {
  const damage = chance.pick(DAMAGES);
  if (damage === 'too_few_fields') {
    // Something of the first column stays: an empty line is no line.
    const end = chance.between(10, line.lastIndexOf('\t') - 1);
    return { line: `${line.slice(0, end)}\n`, meant: damage };
  }
  const [column, values] = COLUMNS[damage];
  const columns = line.split('\t');
  columns[column] = chance.pick(values);
  return { line: columns.join('\t'), meant: damage };
}
