/** Text for a terminal of a given width. Names in logs come from strangers, so they are made plain. */

/** Without control characters and invisible ones, which could repaint the terminal of the reader. */
export function plainText(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?');
}

/** Columns of plain text. East Asian letters and emoji take two; in doubt two, so nothing overflows. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += letterWidth(letter);
  return width;
}

function letterWidth(letter: string): number {
  const code = letter.codePointAt(0)!;
  return code < 0x1100 || (code >= 0x2000 && code < 0x2070) ? 1 : 2;
}

/** The text in at most so many columns, cut in the middle: both ends of a path tell most. */
export function cutMiddle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const letters = [...text];
  let room = columns - 1; // for the ellipsis
  let head = 0;
  let tail = letters.length;
  for (let fromHead = true; head < tail; fromHead = !fromHead) {
    const width = letterWidth(fromHead ? letters[head]! : letters[tail - 1]!);
    if (width > room) break;
    room -= width;
    if (fromHead) head += 1;
    else tail -= 1;
  }
  return `${letters.slice(0, head).join('')}…${letters.slice(tail).join('')}`;
}

/** Words in lines of at most so many columns; lines after the first begin with the indent. */
export function wrapText(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)![0];
  let isEmpty = true;
  for (const word of text.trim().split(' ')) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (textWidth(longer) <= columns) {
      line = longer;
    } else {
      if (!isEmpty) lines.push(line);
      const start = isEmpty ? line : indent;
      line = start + cutMiddle(word, columns - textWidth(start));
    }
    isEmpty = false;
  }
  return [...lines, line];
}

export interface TableRow {
  readonly label: string;
  readonly cells: readonly string[];
}

/**
 * A label column and columns of numbers, aligned right. Columns that do not fit follow below in a
 * block of their own, with the labels again, so that no number is ever cut.
 */
export function layTable(heads: readonly string[], rows: readonly TableRow[], columns: number) {
  const widths = heads.map((head, n) =>
    Math.max(textWidth(head), ...rows.map((row) => textWidth(row.cells[n] ?? ''))),
  );
  const room = Math.max(4, columns - Math.max(0, ...widths) - GAP);
  const labels = rows.map((row) => cutMiddle(row.label, room));
  const labelWidth = Math.max(0, ...labels.map(textWidth));
  const lines: string[] = [];
  for (let from = 0; from < heads.length;) {
    let to = from;
    let width = labelWidth;
    while (to < heads.length && (to === from || width + GAP + widths[to]! <= columns)) {
      width += GAP + widths[to]!;
      to += 1;
    }
    const line = (label: string, cells: readonly string[]) =>
      padEnd(label, labelWidth) +
      widths
        .slice(from, to)
        .map((cellWidth, n) => ' '.repeat(GAP) + padStart(cells[from + n] ?? '', cellWidth))
        .join('');
    lines.push(line('', heads), ...rows.map((row, n) => line(labels[n]!, row.cells)));
    from = to;
  }
  return lines;
}

const GAP = 2;
const padEnd = (text: string, width: number) => text + ' '.repeat(width - textWidth(text));
const padStart = (text: string, width: number) => ' '.repeat(width - textWidth(text)) + text;

const TENTHS = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const HUNDREDTHS = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

export const formatTenths = (value: number) => TENTHS.format(value);
export const formatHundredths = (value: number) => HUNDREDTHS.format(value);
