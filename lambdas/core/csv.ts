/** RFC 4180: cells with commas between, a line feed with a carriage return at the end. */
export function csvLine(cells: readonly (string | number)[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

/** What a spreadsheet takes for the beginning of a formula. Names in logs come from strangers. */
const FORMULA = /^[=+\-@\t\r]/;

/** Only what needs quotes gets them; a quote inside is doubled. */
function cellText(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
