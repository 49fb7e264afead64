import { renderCsv } from '../../bin/commands/recount-csv';
import { recordCsv, seriesCsv } from '../../lambdas/api/answer-csv';
import { findContent } from '../../lambdas/api/content-name';
import { answerSeries } from '../../lambdas/api/series-answer';
import { answerRecord } from '../../lambdas/api/views-answers';
import { csvLine } from '../../lambdas/core/csv';
import { countedAudience } from '../support/counted-audience';
import { seeds } from '../support/prng';
import { sourceOf } from '../support/views-memory';

describe('csvLine', () => {
  it.each([
    ['a', 'a'],
    ['', ''],
    ['a b;c', 'a b;c'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\r\nb', '"a\r\nb"'],
  ])('quotes %j as %j', (cell, text) => {
    expect(csvLine([cell, 'x'])).toBe(`${text},x\r\n`);
  });

  it.each(['=', '+', '-', '@', '\t'])(
    'keeps a spreadsheet from taking %j for a formula',
    (sign) => {
      expect(csvLine([`${sign}1`])).toBe(`'${sign}1\r\n`);
      expect(csvLine([`a${sign}1`])).toBe(`a${sign}1\r\n`);
      expect(csvLine([`${sign}HYPERLINK("x","y")`])).toBe(`"'${sign}HYPERLINK(""x"",""y"")"\r\n`);
    },
  );

  it('leaves numbers alone, also those below zero', () => {
    expect(csvLine([-1, 0.5, 12_345])).toBe('-1,0.5,12345\r\n');
  });
});

describe('CSV of minutes', () => {
  it.each(seeds(6))(
    'begins as recount --csv, and says what the numbers are (SEED=%i)',
    async (seed) => {
      const { recount, items } = countedAudience(seed);
      const source = sourceOf(items, recount.settings);
      const report = recount.report({ minutes: true });
      for (const name of Object.keys(report.contents)) {
        const content = await findContent(name, undefined, source.findKey);
        const answer = await answerSeries(source, content, {
          ...{ step: 'minute', limit: 1_440, after: '' },
        });
        const { [name]: own } = report.contents;
        const wanted = renderCsv({ ...report, contents: { [content.id]: own! } }).trimEnd();
        const about = (n: number) =>
          n === 0 ? ',definition,version,state' : ',turnout,1.0.0,provisional';
        const lines = wanted.split('\r\n').map((line, n) => `${line}${about(n)}\r\n`);
        expect(seriesCsv(answer)).toBe(lines.join(''));
        expect(lines.length).toBe(1 + own!.minutes!.length);
      }
    },
  );
});

describe('CSV of a record', () => {
  it('has a row for each figure, with its window', async () => {
    const { recount, items } = countedAudience(2);
    const source = sourceOf(items, recount.settings);
    const [name, report] = Object.entries(recount.report({}).contents)[0]!;
    const content = await findContent(name, undefined, source.findKey);
    const [head, ...rows] = recordCsv(await answerRecord(source, content, {}))
      .trimEnd()
      .split('\r\n');
    expect(head).toBe(
      'content,kind,from,to,figure,gross,refusedByUs,invalid,unresolved,verified,lower,upper,definition,version,state',
    );
    const figures = rows.map((row) => row.split(',')[4]);
    expect(figures).toEqual(Object.keys(report.record));
    const { gross, refusedByUs } = report.record['attempts']!;
    const start = [
      content.id,
      content.kind,
      report.from,
      report.to,
      'attempts',
      gross,
      refusedByUs,
    ];
    expect(rows[0]).toContain(`${start.join(',')},`);
  });
});
