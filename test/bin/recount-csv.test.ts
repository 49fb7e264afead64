import { CSV_COLUMNS, renderCsv } from '../../bin/commands/recount-csv';
import { contentReport, figure, report } from './recount-report';

const TEN_CLOCK = '2026-11-24T20:10:00Z';

describe('renderCsv', () => {
  const minute = { minute: TEN_CLOCK, hits: 3, turnedAway: {}, record: {} };
  const cellsOf = (line: string) =>
    Object.fromEntries(line.split(',').map((cell, n) => [CSV_COLUMNS[n]!, cell]));

  it('has one row per content and minute, and only a header without minutes', () => {
    expect(renderCsv(report({ contents: { a: contentReport() } }))).toBe(
      `${CSV_COLUMNS.join(',')}\r\n`,
    );
    const contents = {
      a: contentReport({ minutes: [minute, { ...minute, minute: '2026-11-24T20:11:00Z' }] }),
      b: contentReport({ kind: 'page', minutes: [minute] }),
    };
    const lines = renderCsv(report({ contents })).split('\r\n');
    expect(lines.slice(1).map((line) => line.split(',', 4).join())).toEqual([
      'a,stream,2026-11-24T20:10:00Z,3',
      'a,stream,2026-11-24T20:11:00Z,3',
      'b,page,2026-11-24T20:10:00Z,3',
      '',
    ]);
    expect(lines.every((line) => line === '' || line.split(',').length === 55)).toBe(true);
  });

  it('has its columns in one order for good', () => {
    const figures = CSV_COLUMNS.slice(4, 49);
    expect(CSV_COLUMNS.slice(0, 4)).toEqual(['content', 'kind', 'minute', 'hits']);
    expect(figures.slice(0, 5)).toEqual([
      'attempts_gross',
      'attempts_refusedByUs',
      'attempts_invalid',
      'attempts_unresolved',
      'attempts_verified',
    ]);
    const names = figures.filter((_, n) => n % 5 === 0).map((name) => name.replace('_gross', ''));
    expect(names.join(' ')).toBe(
      'attempts starts view2 view30 view60 view120 pageView30 newViewers watchSeconds',
    );
    expect(CSV_COLUMNS.slice(49).join(' ')).toBe(
      'turnedAway_refusedByUs turnedAway_4xx turnedAway_5xx turnedAway_hungUp turnedAway_neverAsked concurrencyMax',
    );
  });

  it('writes the split, 0 where nothing was counted, nothing where nothing can be', () => {
    const full = {
      ...minute,
      turnedAway: { '4xx': 2 },
      record: { attempts: figure(1, 2, { tool: 3, suspect: 4 }, 5) },
      concurrencyMax: 7,
    };
    const stream = report({ contents: { a: contentReport({ minutes: [full] }) } });
    expect(cellsOf(renderCsv(stream).split('\r\n')[1]!)).toMatchObject({
      attempts_gross: '15',
      attempts_refusedByUs: '5',
      attempts_invalid: '7',
      attempts_unresolved: '2',
      attempts_verified: '1',
      starts_gross: '0',
      view2_verified: '0',
      pageView30_verified: '',
      turnedAway_4xx: '2',
      turnedAway_5xx: '0',
      concurrencyMax: '7',
    });
    const page = report({ contents: { a: contentReport({ kind: 'page', minutes: [minute] }) } });
    expect(cellsOf(renderCsv(page).split('\r\n')[1]!)).toMatchObject({
      view2_gross: '',
      watchSeconds_verified: '',
      pageView30_verified: '0',
      concurrencyMax: '',
    });
  });

  it.each([
    ['a', 'a'],
    ['a b;c', 'a b;c'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['"', '""""'],
    ['a\nb', '"a\nb"'],
    ['a\rb', '"a\rb"'],
  ])('quotes %p as %p', (id, cell) => {
    const text = renderCsv(report({ contents: { [id]: contentReport({ minutes: [minute] }) } }));
    expect(text.split('\r\n')[1]!.startsWith(`${cell},stream,`)).toBe(true);
  });
});
