import { Recount } from '../../../lambdas/core/recount';
import { BAD_LINES } from '../../../lambdas/core/edge/bad-line';
import { type Format, STANDARD_FIELDS, detectFormat } from '../../../lambdas/core/edge/format';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import {
  REALTIME_FIELDS,
  combinedLine,
  renderJson,
  renderRealtime,
  renderW3c,
} from '../../support/edge-lines';
import { Prng, seeds } from '../../support/prng';
import { randomAudience } from '../../support/random-audience';

const FORMATS: readonly Format[] = [
  { kind: 'columns', fields: REALTIME_FIELDS, delimiter: 9 },
  { kind: 'columns', fields: STANDARD_FIELDS, delimiter: 9 },
  { kind: 'json' },
  { kind: 'combined' },
];

function lineOf(prng: Prng, format: Format): Uint8Array {
  const line = prng.pick(LINES);
  const render = () => {
    if (format.kind === 'json') return renderJson(line, 'id');
    if (format.kind === 'combined') return combinedLine(line);
    return format.fields === STANDARD_FIELDS ? renderW3c(line, 'id') : renderRealtime(line, 'id');
  };
  return new TextEncoder().encode(render());
}
const { lines: LINES } = randomAudience(new Prng(3));

/** Damages a line as disks, networks and attackers do. */
function damage(prng: Prng, line: Uint8Array): Uint8Array {
  const bytes = line.slice();
  for (let n = prng.int(6); n > 0; n -= 1) bytes[prng.int(bytes.length)] = prng.int(256);
  switch (prng.int(6)) {
    case 0:
      return bytes.subarray(0, prng.int(bytes.length + 1));
    case 1:
      return Uint8Array.from({ length: prng.int(400) }, () => prng.int(256));
    case 2:
      return Uint8Array.from({ length: prng.int(400) }, () => 9);
    case 3:
      return Uint8Array.from([...bytes, ...bytes]);
    default:
      return bytes;
  }
}

/** Goal: nothing throws because of a line, and each leaves under exactly one outcome. */
describe('Recount', () => {
  it.each(seeds(200))('accounts for every damaged line of any format (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const format = FORMATS[seed % FORMATS.length]!;
    const recount = new Recount({ settings: DEFAULT_SETTINGS, key: new Uint8Array(16) });
    recount.begin(format);
    let expected = 0;
    for (let n = 0; n < 40; n += 1) {
      const line = damage(prng, lineOf(prng, format));
      const bytes = Uint8Array.from([...line, 10]);
      expected += countLines(bytes);
      recount.feed(bytes);
    }
    recount.end();
    const { ledger } = recount.report();
    const bad = Object.values(ledger.bad).reduce((sum, count) => sum + count, 0);
    expect(ledger.lines).toBe(expected);
    expect(ledger.hits + bad).toBe(ledger.lines);
    expect(BAD_LINES).toEqual(expect.arrayContaining(Object.keys(ledger.bad)));
  });

  it.each(seeds(100))('does not care where chunks are cut (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const format = FORMATS[seed % FORMATS.length]!;
    const lines = Array.from({ length: 30 }, () => [...lineOf(prng, format), 10]);
    const bytes = Uint8Array.from(lines.flat());
    const settings = DEFAULT_SETTINGS;
    const whole = new Recount({ settings, key: new Uint8Array(16) });
    whole.begin(format);
    whole.feed(bytes);
    whole.end();
    const cut = new Recount({ settings, key: new Uint8Array(16) });
    cut.begin(format);
    for (let at = 0; at < bytes.length;) {
      const length = prng.between(1, 300);
      cut.feed(bytes.subarray(at, at + length));
      at += length;
    }
    cut.end();
    expect(cut.report()).toEqual(whole.report());
  });

  it.each([
    [65_535, {}],
    [65_536, {}],
    [65_537, { too_long: 1 }],
    [1_000_000, { too_long: 1 }],
  ])('a line of %i bytes costs at most itself', (length, bad) => {
    for (const chunk of [1 << 20, 1_000]) {
      const recount = new Recount({ settings: DEFAULT_SETTINGS, key: new Uint8Array(16) });
      recount.begin({ kind: 'combined' });
      const good =
        '192.0.2.1 - - [17/May/2026:10:05:03 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 ';
      const text = `${good}"\n${good.padEnd(length - 1, 'x')}"\n${good}"\n`;
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += chunk) recount.feed(bytes.subarray(at, at + chunk));
      recount.end();
      expect(recount.report().ledger).toMatchObject({ lines: 3, bad });
    }
  });

  it.each(seeds(200))('finds a format or none in any bytes (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const head = damage(prng, lineOf(prng, prng.pick(FORMATS)));
    expect(() => detectFormat(head, REALTIME_FIELDS)).not.toThrow();
  });
});

/** Lines that are neither empty nor comments, with CR taken off. */
function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let start = 0; start < bytes.length;) {
    let end = bytes.indexOf(10, start);
    if (end < 0) end = bytes.length;
    const length = end > start && bytes[end - 1] === 13 ? end - 1 - start : end - start;
    if (length > 0 && bytes[start] !== 0x23) count += 1;
    start = end + 1;
  }
  return count;
}
