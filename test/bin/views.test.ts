import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderCsv } from '../../bin/commands/recount-csv';
import { type CountedAudience, countedAudience } from '../support/counted-audience';
import { fileOf } from '../support/settings-file';
import { putViews } from '../support/put-views';
import { playRoad } from '../support/road-in-memory';
import { recordsOf } from '../support/road-rows';
import { NOW_MS, Scene } from './blocks-scene';

/**
 * Goal: what an analyst asks for is what `turnout recount` says of the same lines. Method: lines go through intake and
 * tally in memory, what they write into an emulated table, and the command line asks that.
 */
jest.setTimeout(60_000);
const SEED = 4;
let scene: Scene;
let audience: CountedAudience;
let config: readonly [string, string];
let dir: string;

beforeAll(async () => {
  audience = countedAudience(SEED);
  const { settings } = audience.recount;
  dir = mkdtempSync(join(tmpdir(), 'turnout-views-'));
  const file = join(dir, 'turnout.json');
  writeFileSync(file, JSON.stringify(fileOf(settings)));
  config = ['--config', file];
  scene = await Scene.start();
  const { prng, rows } = audience;
  const options = { settings, prng, recordsMax: 400, restartPercent: 10 };
  const records = recordsOf(rows, { arrivalMs: NOW_MS });
  await putViews(
    scene.dynamo,
    'views',
    playRoad(records, options).of(() => true),
  );
});
afterAll(async () => {
  await scene.close();
  rmSync(dir, { recursive: true });
});

const run = (...args: string[]) => scene.run(...args, ...config);
const jsonOf = (out: string) => JSON.parse(out) as Record<string, never>;
const namesOf = () => Object.keys(audience.recount.report({}).contents);

describe('turnout contents', () => {
  it('lists what was counted', async () => {
    const { status, out } = await run('contents', '--json');
    expect(status).toBe(0);
    const { contents } = jsonOf(out) as unknown as { contents: { id: string; kind: string }[] };
    const names = namesOf().map((name) => name.replace(/ \(page\)$/, ''));
    expect(contents.map(({ id }) => id).sort()).toEqual(names.sort());
    const csv = await run('contents', '--csv');
    expect(csv.out.split('\r\n')).toHaveLength(contents.length + 2);
    const table = await run('contents');
    for (const { id, kind } of contents) expect(table.out).toMatch(new RegExp(`${id}\\b.*${kind}`));
  });
});

describe('turnout views of a log that went down the road', () => {
  it('is turnout recount of it', async () => {
    const { contents, definition } = audience.recount.report({});
    expect(namesOf().length).toBeGreaterThan(0);
    for (const name of namesOf()) {
      const { status, out } = await run('views', name, '--json');
      expect(status).toBe(0);
      expect(JSON.stringify(jsonOf(out)['content'])).toBe(JSON.stringify(contents[name]));
      expect(jsonOf(out)['definition']).toEqual(definition);
    }
  });

  it('is turnout recount of a window of whole hours', async () => {
    const fromMs = Math.floor(audience.firstMs / 3_600_000) * 3_600_000;
    const window = { fromMs, toMs: fromMs + 3_600_000 };
    const { contents } = audience.recount.report(window);
    const [from, to] = [window.fromMs, window.toMs].map((ms) => new Date(ms).toISOString());
    for (const name of namesOf()) {
      const { out } = await run('views', name, '--from', from!, '--to', to!, '--json');
      expect(jsonOf(out)['content']).toEqual(JSON.parse(JSON.stringify(contents[name] ?? null)));
    }
  });

  it('is by minute, as CSV, what recount --csv says', async () => {
    const report = audience.recount.report({ minutes: true });
    for (const [name, content] of Object.entries(report.contents)) {
      const id = name.replace(/ \(page\)$/, '');
      const { out } = await run('views', name, '--by', 'minute', '--csv');
      const lines = out.trimEnd().split('\r\n');
      const wanted = renderCsv({ ...report, contents: { [id]: content } })
        .trimEnd()
        .split('\r\n');
      expect(lines.map((line) => line.split(',').slice(0, -3).join())).toEqual(wanted);
    }
  });

  it('has tables for people, which say what the numbers are', async () => {
    const name = namesOf().find(
      (one) => audience.recount.report({}).contents[one]!.kind === 'stream',
    )!;
    const whole = await run('views', name);
    expect(whole.out).toContain('Definition turnout 1.0.0');
    expect(whole.out).toMatch(/attempts +[\d,]+/);
    expect(whole.out).toMatch(/\nprovisional: all lanes have counted to 2026-11-24T20:15:03Z\n$/);
    const days = await run('views', name, '--by', 'day');
    expect(days.out).toMatch(/by day, definition turnout 1\.0\.0; verified figures\n/);
    expect(days.out).not.toContain('concurrent');
    const minutes = await run('views', name, '--by', 'minute');
    expect(minutes.out).toContain('concurrent');
    for (const dimension of ['country', 'device', 'edge']) {
      const { status, out } = await run('views', name, '--dimension', dimension);
      expect(status).toBe(0);
      expect(out).toContain(`by hour and ${dimension}`);
    }
  });
});

describe('turnout views', () => {
  it.each([
    [['nobody'], 1, 'content: expected the id of a content that has been counted, got "nobody"'],
    [['NAME', '--json', '--csv'], 2, '--json and --csv exclude each other'],
    [['NAME', '--by', 'week'], 2, 'expected one of minute, hour, day, got week'],
    [['NAME', '--from', '20:00'], 2, 'expected a time with zone'],
    [['NAME', '--event', 'none'], 2, 'event: expected an event of this content'],
    [['NAME', '--by', 'minute', '--dimension', 'edge'], 2, 'step: expected hour or day'],
    [
      ['NAME', '--from', '2026-11-24T20:00Z', '--to', '2026-11-24T20:00Z'],
      ...([2, 'to: expected a time after from'] as const),
    ],
  ])('%j ends with %i and says why', async (args, status, error) => {
    const name = namesOf()[0]!;
    const ran = await run('views', ...args.map((arg) => (arg === 'NAME' ? name : arg)));
    expect([ran.status, ran.out]).toEqual([status, '']);
    expect(ran.error).toContain(error);
  });
});
