import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { recountText } from '../../lambdas/core/recount';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { dataPath, describeWithData } from '../support/data';

const read = (...parts: string[]) => {
  const bytes = readFileSync(dataPath('cloudfront-fixtures', ...parts)!);
  return parts[1]!.endsWith('.gz') ? gunzipSync(bytes) : bytes;
};
/** Records of a log: neither header lines nor empty ones. */
const records = (log: Uint8Array) =>
  new TextDecoder()
    .decode(log)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

/** Every record of real CloudFront files is a hit or counted under a reason. */
describeWithData('cloudfront-fixtures', () => {
  it('reads 28,949 standard lines without header lines, out of order', () => {
    const log = read('aws-waf-automations', 'cf-access-log-sample.gz');
    const { ledger } = recountText(log, DEFAULT_SETTINGS);
    expect(records(log).length).toBe(28_949);
    expect(ledger).toMatchObject({ lines: 28_949, hits: 28_949, bad: {} });
  });

  it('counts masked addresses as bad_address, line by line', () => {
    const log = read('aws-waf-automations', 'E3HXCM7PFRG6HT.2023-04-24-21.d740d76bCloudFront.gz');
    const { ledger } = recountText(log, DEFAULT_SETTINGS);
    const masked = records(log).filter((line) => line.split('\t')[4] === 'x.x.x.x').length;
    expect(masked).toBeGreaterThan(0);
    expect(ledger.lines).toBe(records(log).length);
    expect(ledger.bad).toEqual({ bad_address: masked });
  });

  it('reads the real-time record by the names in its header', () => {
    const log = read('claygregory-realtime', 'kinesis-1-0.txt');
    const { ledger, contents } = recountText(log, DEFAULT_SETTINGS);
    expect(ledger).toMatchObject({ lines: 1, hits: 1, bad: {} });
    expect(Object.values(contents)[0]!.by.edge).toEqual({ 'EWR52-C4': { hits: 1 } });
    // The same record without its header lines, as Kinesis delivers it.
    const bare = new TextEncoder().encode(records(log).join('\n'));
    expect(recountText(bare, DEFAULT_SETTINGS)).toEqual(recountText(log, DEFAULT_SETTINGS));
  });

  it('reads standard lines of 33 columns, and counts the one that lacks two', () => {
    const log = read('elastic-integrations', 'test-cloudfront.log');
    const { ledger } = recountText(log, DEFAULT_SETTINGS);
    const lines = records(log);
    const short = lines.filter((line) => line.split('\t').length < 33).length;
    expect(short).toBe(1);
    expect(ledger.lines).toBe(lines.length);
    expect(ledger.hits + short).toBe(lines.length);
    expect(ledger.bad).toEqual({ too_few_fields: short });
  });

  it.each(['alb.log.gz', 'test_waf_log.gz'])('refuses %s and says what was looked for', (file) => {
    const log = read('aws-waf-automations', file);
    expect(() => recountText(log, DEFAULT_SETTINGS)).toThrow(
      /no log of a known format; looked for CloudFront real-time/,
    );
  });
});
