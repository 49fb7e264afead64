/**
 * Reads one delimited line the obvious way: split, then look up by name. The twin of the column
 * parser; it knows nothing of spans.
 */
export function readColumnsSlowly(
  fields: readonly string[],
  line: string,
): Readonly<Record<string, string>> | 'too_few_fields' {
  const columns = line.replace(/\r$/, '').split('\t');
  if (columns.length < fields.length) return 'too_few_fields';
  return Object.fromEntries(fields.map((name, n) => [name, columns[n]!]));
}
