import { EDGE_FIELDS, sortFields } from '../../../lambdas/core/edge/edge-fields';
import { makeColumnParser } from '../../../lambdas/core/edge/line-tsv';
import { SPAN, makeSpans, spanOfField } from '../../../lambdas/core/edge/spans';
import { readColumnsSlowly } from '../../reference/slow-line';
import { Prng, seeds } from '../../support/prng';

const encode = (text: string) => new TextEncoder().encode(text);

function damaged(prng: Prng, columns: number): string {
  const values = Array.from({ length: columns }, () =>
    prng.pick(['', '-', '200', 'GET', '/a?b=c', 'Mozilla/5.0%20(X)', '"', '%', 'é', ' ']),
  );
  const line = values.join('\t');
  switch (prng.int(5)) {
    case 0:
      return line.slice(0, prng.int(line.length + 1));
    case 1:
      return `${line}\textra\tcolumns`;
    case 2:
      return line.replace('\t', '');
    case 3:
      return `${line}\t`;
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
      const spans = makeSpans();
      const parse = makeColumnParser(fields, spans);
      for (let n = 0; n < 20; n += 1) {
        const line = damaged(prng, fields.length);
        // The line stands inside a larger chunk, as in a file.
        const before = encode('before\tme\n');
        const bytes = encode(`before\tme\n${line}\nafter\tme`);
        const reason = parse(bytes, before.length, before.length + encode(line).length);
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
            bytes.subarray(spans.at[2 * span]!, spans.at[2 * span + 1]!),
          );
          expect([name, text]).toEqual([name, slow[name]]);
        }
      }
    },
  );

  it('takes the Host header from cs-host in real-time lines and from x-host-header in standard ones', () => {
    const spans = makeSpans();
    const line = encode('viewer.example\tdistribution.example');
    makeColumnParser(['cs-host', 'x-host-header'], spans)(line, 0, line.length);
    expect(spans.at[2 * SPAN.host]).toBe(0);
    makeColumnParser(['cs(Host)', 'x-host-header'], spans)(line, 0, line.length);
    expect(spans.at[2 * SPAN.host]).toBe(15);
  });
});
