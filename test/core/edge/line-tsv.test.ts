import { EDGE_FIELDS, sortFields } from '../../../lambdas/core/edge/edge-fields';
import { makeColumnParser } from '../../../lambdas/core/edge/line-tsv';
import { SPAN, spanOfField } from '../../../lambdas/core/edge/spans';
import { readColumnsSlowly } from '../../reference/slow-line';
import { makeLineReader } from '../../support/line-reader';
import { Prng, seeds } from '../../support/prng';

function damaged(prng: Prng, columns: number): string {
  const values = Array.from({ length: columns }, () =>
    prng.pick(['', '-', '200', 'GET', '/a?b=c', 'Mozilla/5.0%20(X)', '"', '%', 'é', ' ', '\v']),
  );
  const line = values.join('\t');
  switch (prng.int(6)) {
    case 0:
      return line.slice(0, prng.int(line.length + 1));
    case 1:
      return `${line}\textra\tcolumns`;
    case 2:
      return line.replace('\t', '');
    case 3:
      return `${line}\t`;
    case 4:
      return `${line}\r`;
    default:
      return line;
  }
}

describe('makeColumnParser', () => {
  it.each(seeds(300))(
    'reads damaged lines of any field list as its slow twin does (SEED=%i)',
    (seed) => {
      const prng = new Prng(seed);
      const fields = sortFields(prng.shuffle(EDGE_FIELDS).slice(0, prng.between(1, 71)));
      const reader = makeLineReader();
      const { spans, put } = reader;
      const parse = makeColumnParser(fields, reader);
      for (let n = 0; n < 20; n += 1) {
        const line = damaged(prng, fields.length);
        // Sixteen bytes are read at a time: every alignment must do.
        const start = put(line, prng.int(40));
        const reason = parse(start);
        expect(spans.end).toBe(start + new TextEncoder().encode(line).length);
        const slow = readColumnsSlowly(fields, line);
        if (slow === 'too_few_fields') {
          expect(reason).toBe(slow);
          continue;
        }
        expect(reason).toBeUndefined();
        for (const name of fields) {
          const span = spanOfField(name, true);
          if (span < 0 || (name === 'x-host-header' && fields.includes('cs-host'))) continue;
          const text = new TextDecoder().decode(
            spans.bytes.subarray(spans.at[2 * span]!, spans.at[2 * span + 1]!),
          );
          expect([name, text]).toEqual([name, slow[name]]);
        }
      }
    },
  );

  it('takes the Host header from cs-host in real-time lines and from x-host-header in standard ones', () => {
    const reader = makeLineReader();
    const { spans, put } = reader;
    const start = put('viewer.example\tdistribution.example');
    makeColumnParser(['cs-host', 'x-host-header'], reader)(start);
    expect(spans.at[2 * SPAN.host]).toBe(start);
    makeColumnParser(['cs(Host)', 'x-host-header'], reader)(start);
    expect(spans.at[2 * SPAN.host]).toBe(start + 15);
  });

  it.each([
    [255, undefined],
    [256, undefined],
    [400, undefined],
    [254, 'too_few_fields'],
  ])('reads %i columns of a list of 400, of which it looks at 255', (columns, reason) => {
    const reader = makeLineReader();
    const fields = Array.from({ length: 400 }, (_, n) => `x-${n}`);
    const line = Array.from({ length: columns }, () => 'v').join('\t');
    expect(makeColumnParser(fields, reader)(reader.put(line))).toBe(reason);
  });
});
