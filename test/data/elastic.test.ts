import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { makeCombinedParser } from '../../lambdas/core/edge/line-combined';
import { SPAN, spanText } from '../../lambdas/core/edge/spans';
import { Recount, recountText } from '../../lambdas/core/recount';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { dataPath, describeWithData } from '../support/data';
import { makeLineReader } from '../support/line-reader';

/**
 * Goal: the reader loses nothing of a real Apache log. Method: totals that others have published of
 * the same file, reproduced from the fields as read; the fake Googlebots in it are found by address.
 */
describeWithData('elastic-apache_logs', () => {
  const log = () => gunzipSync(readFileSync(dataPath('elastic-apache_logs', 'apache_logs.gz')!));
  const expected = () =>
    readFileSync(dataPath('elastic-apache_logs', 'expected_counts.tsv')!, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split('\t') as [string, string, string]);

  it('equals expected_counts.tsv in every row', () => {
    const counts = tally(log());
    expect(expected().length).toBeGreaterThan(20);
    for (const [what, key, count] of expected()) {
      expect([what, key, counts(what, key)]).toEqual([what, key, Number(count)]);
    }
  });

  it('takes every line as a hit', () => {
    const { ledger } = recountText(log(), DEFAULT_SETTINGS);
    expect(ledger).toMatchObject({ lines: 10_000, hits: 10_000, bad: {} });
  });

  it('finds Googlebots that come from elsewhere, and only those', () => {
    const claims = logLines(log()).filter((line) => /"[^"]*Googlebot[^"]*"?$/.test(line));
    // Google's published range of crawlers; the oracle is a look at the address as text.
    const isGoogles = (line: string) => /^66\.249\.(6[4-9]|[78]\d|9[0-5])\./.test(line);
    const fakes = claims.filter((line) => !isGoogles(line));
    expect(fakes.length).toBeGreaterThan(0);
    const classes = hitsByClass(claims);
    expect(classes['fake_crawler']).toBe(fakes.length);
    expect(classes['verified_crawler']).toBe(claims.length - fakes.length);
  });
});

function logLines(log: Uint8Array): string[] {
  return new TextDecoder().decode(log).trim().split('\n');
}

function hitsByClass(lines: readonly string[]): Record<string, number> {
  const recount = new Recount({ settings: DEFAULT_SETTINGS, key: new Uint8Array(16) });
  recount.begin({ kind: 'combined' });
  recount.feed(new TextEncoder().encode(lines.join('\n')));
  recount.end();
  const sum: Record<string, number> = {};
  for (const { hits } of Object.values(recount.report().contents)) {
    for (const [name, count] of Object.entries(hits)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** Counts as expected_counts.tsv names them, from the spans of each line. */
function tally(log: Uint8Array): (what: string, key: string) => number {
  const { spans, put } = makeLineReader();
  const parse = makeCombinedParser(spans);
  const counts = new Map<string, number>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const addresses = new Set<string>();
  const agents = new Set<string>();
  for (let start = 0; start < log.length;) {
    const newline = log.indexOf(0x0a, start);
    const end = newline < 0 ? log.length : newline;
    expect(parse(put(log.subarray(start, end)))).toBeUndefined();
    const agent = spanText(spans, SPAN.agent);
    const isTerminated = log[end - 1] === 0x22;
    add('lines all');
    add(`status ${spanText(spans, SPAN.status)}`);
    add(`method ${spanText(spans, SPAN.method)}`);
    add(`client_ip ${spanText(spans, SPAN.ip)}`);
    if (spanText(spans, SPAN.path) === '/robots.txt') add('lines path_robots.txt');
    if (!isTerminated) add('lines unterminated_last_field');
    else if (agent === '') add('lines no_user_agent');
    // The published figure counts the missing agent as one more.
    if (isTerminated) agents.add(agent || '-');
    addresses.add(spanText(spans, SPAN.ip));
    start = end + 1;
  }
  return (what, key) => {
    if (what === 'distinct') return key === 'client_ip' ? addresses.size : agents.size;
    return counts.get(`${what} ${key}`) ?? 0;
  };
}
