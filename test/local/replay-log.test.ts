import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Format } from '../../lambdas/core/edge/format';
import { Recount } from '../../lambdas/core/recount';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { readLogLines } from '../../local/replay-log';
import { Prng, seeds } from '../support/prng';

const folder = mkdtempSync(join(tmpdir(), 'turnout-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

const COMBINED: Format = { kind: 'combined' };
const COLUMNS: Format = { kind: 'columns', fields: ['timestamp', 'c-ip'], delimiter: 9 };

async function read(content: string | Uint8Array, format = COMBINED, isGzip = false) {
  const path = join(folder, 'a.log');
  writeFileSync(path, content);
  const lines: string[] = [];
  let broken: string | undefined;
  for await (const batch of readLogLines({ path, isGzip, format })) {
    lines.push(...batch.lines.map((line) => Buffer.from(line).toString('latin1')));
    broken ??= batch.broken;
  }
  return { lines, broken };
}

describe('readLogLines', () => {
  it('cuts at newlines alone, and leaves out what is no line', async () => {
    const text = '\na\r\n\r\n#Version: 1.0\nb\rc\n\n \n\rd\ne';
    expect((await read(text)).lines).toEqual(['a\r', 'b\rc', ' ', '\rd', 'e']);
    expect((await read('')).lines).toEqual([]);
  });

  it('hands bytes on as they are', async () => {
    const { lines } = await read(Buffer.from('caf\xe9 \x00\xff\n', 'latin1'));
    expect(lines).toEqual(['caf\xe9 \x00\xff']);
  });

  it.each([65_535, 65_536, 65_537])(
    'cuts a line of %i bytes where it is too long',
    async (length) => {
      const { lines } = await read(`${'x'.repeat(length)}\nb\n`);
      expect(lines).toEqual(['x'.repeat(length), 'b']);
    },
  );

  it('keeps as much of a line of megabytes as shows that it is too long', async () => {
    const { lines } = await read(`a\n${'x'.repeat(3_000_000)}\nb\n`);
    expect(lines.map(({ length }) => length)).toEqual([1, 65_537, 1]);
  });

  it('tells of a gzip that breaks off, without the line that it cuts', async () => {
    const rows = Array.from({ length: 5_000 }, (_, n) => `line ${n * 7_919} ${n ** 3}`);
    const packed = gzipSync(rows.map((row) => `${row}\n`).join(''));
    const { lines, broken } = await read(packed.subarray(0, packed.length / 2), COMBINED, true);
    expect(broken).toMatch(/unexpected end of file/);
    expect(lines.length).toBeGreaterThan(1_000);
    expect(lines).toEqual(rows.slice(0, lines.length));
    expect(await read(packed, COMBINED, true)).toEqual({ lines: rows, broken: undefined });
  });

  it('takes the same header again, and refuses another: a stream has one list of fields', async () => {
    const header = '#Fields: timestamp c-ip';
    expect((await read(`${header}\na\n${header}\r\nb\n`, COLUMNS)).lines).toEqual(['a', 'b']);
    await expect(read(`${header}\na\n#Fields: c-ip\nb\n`, COLUMNS)).rejects.toThrow(
      /changes its fields on the way.*got c-ip, expected timestamp c-ip/,
    );
  });

  it('says which file it cannot read', async () => {
    const lines = readLogLines({ path: join(folder, 'no.log'), isGzip: true, format: COMBINED });
    await expect(lines.next()).rejects.toThrow(/ENOENT.*no\.log/);
  });

  it.each(seeds(20))('cuts as a recount does (SEED=%i)', async (seed) => {
    const prng = new Prng(seed);
    const pieces = ['\n', '\r\n', '\n\n', 'x', '#', '# c', 'y'.repeat(66_000), 'z'.repeat(300_000)];
    const text = Array.from({ length: prng.between(0, 30) }, () => prng.pick(pieces)).join('');
    const { lines } = await read(text);
    const recount = new Recount({ settings: DEFAULT_SETTINGS, key: new Uint8Array(16) });
    recount.begin(COMBINED);
    recount.feed(Buffer.from(text));
    recount.end();
    expect(lines.length).toBe(recount.lines);
  });
});
