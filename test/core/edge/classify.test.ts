import { Readable, Writable } from 'node:stream';

import { LINE_CHARS_MAX, runClassify } from '../../../bin/commands/classify';

/** Runs the command over chunks as they might come from a pipe. */
async function classify(chunks: readonly (string | Buffer)[], json = false): Promise<string> {
  const written: string[] = [];
  const output = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      written.push(chunk);
      done();
    },
  });
  await runClassify({ json }, { input: Readable.from(chunks, { objectMode: true }), output });
  return written.join('');
}

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Mobile/15E148 Safari/604.1';
const PERSON = 'browser\tperson\tA602_mobile_platform\n';
const CURL = 'tool\tinvalid\tA302_command_line\n';
const EMPTY = 'malformed\tinvalid\tA001_no_agent\n';

describe('turnout classify', () => {
  it('answers one line with class, group and rule for each line, in order', async () => {
    expect(await classify([`curl/8.4.0\n${IPHONE}\ncurl/8.4.0\n`])).toBe(CURL + PERSON + CURL);
  });

  it.each([
    ['nothing', '', ''],
    ['one empty line', '\n', EMPTY],
    ['two empty lines', '\n\n', EMPTY + EMPTY],
    ['no final newline', 'curl/8.4.0', CURL],
    ['an empty line between', 'curl/8.4.0\n\ncurl/8.4.0', CURL + EMPTY + CURL],
    ['lines of Windows', 'curl/8.4.0\r\n\r\ncurl/8.4.0\r\n', CURL + EMPTY + CURL],
    ['a separator that is no line feed', 'curl/8.4.0\u2028x\n', CURL],
    ['a dash', '-\n', EMPTY],
  ])('counts lines as wc does: %s', async (_what, input, expected) => {
    expect(await classify([input])).toBe(expected);
  });

  it('does not split at a lone carriage return: all answers after it would be shifted', async () => {
    expect((await classify(['a\rb\ncurl/8.4.0\n'])).split('\n')).toHaveLength(3);
  });

  it('does not mind where the chunks end, even inside a character', async () => {
    const bytes = Buffer.from(`Radio Zürich/1.0 é\r\n${IPHONE}\n\ncurl/8.4.0`);
    const whole = await classify([bytes], true);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(await classify([bytes.subarray(0, at), bytes.subarray(at)], true)).toBe(whole);
    }
  });

  it('answers bytes that are no UTF-8', async () => {
    expect((await classify([Buffer.from([0xff, 0xfe, 0x0a, 0xc3])])).split('\n')).toHaveLength(3);
  });

  it('cuts a line without end, so that it cannot fill the memory', async () => {
    const long = 'x'.repeat(LINE_CHARS_MAX + 10);
    const answers = (await classify([long, long, '\ncurl/8.4.0\n'], true)).trimEnd().split('\n');
    const [first, second] = answers.map((answer) => JSON.parse(answer) as { agent: string });
    expect(first!.agent).toHaveLength(LINE_CHARS_MAX);
    expect(second!.agent).toBe('curl/8.4.0');
  });

  it('gives JSON with the agent as it was read', async () => {
    const answer = await classify(['say "curl"\t\\\n'], true);
    expect(JSON.parse(answer)).toMatchObject({ agent: 'say "curl"\t\\', group: 'invalid' });
    expect(await classify(['curl/8.4.0\r\n'], true)).toBe(
      '{"agent":"curl/8.4.0","class":"tool","group":"invalid","rule":"A302_command_line","device":"other"}\n',
    );
  });

  it('waits for a slow reader instead of keeping everything', async () => {
    let waiting = 0;
    let waitingMax = 0;
    const output = new Writable({
      decodeStrings: false,
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => setImmediate(() => ((waiting -= 1), done())),
    });
    const input = Readable.from(
      (function* () {
        for (let n = 0; n < 200; n += 1) {
          waitingMax = Math.max(waitingMax, (waiting += 1));
          yield 'curl/8.4.0\n';
        }
      })(),
      { highWaterMark: 1 },
    );
    await runClassify({ json: false }, { input, output });
    expect(waitingMax).toBeLessThan(10);
  });

  it('fails when the reader has gone, instead of waiting for ever', async () => {
    const output = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(new Error('EPIPE')),
    });
    const input = Readable.from(['curl/8.4.0\n', 'curl/8.4.0\n']);
    await expect(runClassify({ json: false }, { input, output })).rejects.toThrow('EPIPE');
  });

  it('judges the same agent anew after its table was full', async () => {
    const many = Array.from({ length: 70_000 }, (_, n) => `curl/8.4.${n}\n`).join('');
    expect(await classify([`${many}${IPHONE}\n`])).toBe(CURL.repeat(70_000) + PERSON);
  });
});
