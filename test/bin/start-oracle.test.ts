import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../lambdas/core/audience/report';
import { recountText } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import { countSlowly } from '../reference/oracle';
import { renderRealtime } from '../support/edge-lines';
import { Prng } from '../support/prng';
import { randomAudience } from '../support/random-audience';
import { stripZeros } from '../support/strip-zeros';
import { oracleSettings } from '../support/twin-config';
import { summaryOf } from './start-process';

const folder = mkdtempSync(join(tmpdir(), 'turnout-oracle-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A line of tomorrow is none of the road, which knows the time. */
const LATEST_MS = Date.parse('2026-11-20T00:00:00Z');

/** The oracle writes minutes too, which the summary leaves out. */
function withoutMinutes(contents: Readonly<Record<string, object>>) {
  return Object.fromEntries(
    Object.entries(contents).map(([id, content]) => [id, { ...content, minutes: undefined }]),
  );
}

/**
 * Goal: three roads from a log to figures give the same: the rig, `turnout recount`, and the oracle, which
 * shares no code with either. Method: one random audience in which everything happens, doubled and
 * shuffled.
 */
describe('one log', () => {
  it('counts alike in the rig, in recount and in the oracle', async () => {
    let seed = 1;
    let audience = randomAudience(new Prng(seed));
    while (audience.lines.length < 300 || audience.lines.some(({ tMs }) => tMs > LATEST_MS)) {
      seed += 1;
      audience = randomAudience(new Prng(seed));
    }
    const { lines } = audience;
    const config = { ...audience.config, events: [] };
    const logged = new Prng(seed).shuffle([...lines, ...lines.filter((_, n) => n % 10 === 3)]);
    const rows = logged.map((line) => `${renderRealtime(line, 'id', config.realtimeFields)}\n`);
    const log = `${rows.join('')}damaged\n`;
    const [file, configFile] = [join(folder, 'lines.tsv'), join(folder, 'turnout.json')];
    writeFileSync(file, log);
    writeFileSync(configFile, JSON.stringify(config));
    const args = ['--replay', file, '--config', configFile];
    const { status, summary } = await summaryOf<Report>(args);
    expect([status, summary.equal]).toEqual([0, true]);

    const recount = recountText(Buffer.from(log), parseConfig(config));
    const oracle = countSlowly(logged, oracleSettings(config));
    const ids = Object.keys(oracle.contents);
    for (const { definition, contents, ledger } of [summary.counted, recount]) {
      const own = Object.fromEntries(ids.map((id) => [id, contents[id]!]));
      expect(stripZeros(own)).toEqual(stripZeros(withoutMinutes(oracle.contents)));
      expect(definition).toEqual(recount.definition);
      expect(contents).toEqual(recount.contents);
      const counted = { lines: rows.length + 1, hits: rows.length, bad: { too_few_fields: 1 } };
      expect(ledger).toMatchObject({ ...counted, late: 0 });
    }
  }, 90_000);
});
