import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ANSWERS } from '../../lambdas/api/answer-schemas';
import { detectFormat } from '../../lambdas/core/edge/format';
import { bundleFunctions } from '../../lib/bundle';
import { type Rig, startRig } from '../../local/rig';
import { start } from '../bin/start-process';
import { countedAudience } from '../support/counted-audience';
import { fileOf } from '../support/settings-file';

/**
 * Goal: the API that is deployed answers what a recount of the same lines says. Method: lines go through the whole road of
 * this machine, and its function api is asked over HTTP, as it is bundled.
 */
jest.setTimeout(120_000);
const dir = mkdtempSync(join(tmpdir(), 'turnout-rig-api-'));
afterAll(() => rmSync(dir, { recursive: true }));

interface Listed {
  readonly contents: readonly { readonly id: string; readonly kind: string; href: string }[];
}

const ask = async <T>(url: string) => {
  const answer = await fetch(url);
  return { status: answer.status, json: (await answer.json()) as T };
};

/** Every content that is listed, by the name that a report gives it. */
async function recordsOf(apiUrl: string): Promise<Record<string, unknown>> {
  const { json } = await ask<Listed>(`${apiUrl}/v1/contents`);
  const streams = json.contents.filter(({ kind }) => kind === 'stream').map(({ id }) => id);
  const records: Record<string, unknown> = {};
  for (const { id, kind, href } of json.contents) {
    const record = await ask<{ readonly content: unknown }>(`${apiUrl}${href}`);
    expect(record.status).toBe(200);
    ANSWERS.content.parse(record.json);
    records[kind === 'page' && streams.includes(id) ? `${id} (page)` : id] = record.json.content;
  }
  return records;
}

describe('the API of the rig', () => {
  it('says of a replayed log what recount says, also when a kept state is started again', async () => {
    const { recount, rows } = countedAudience(2);
    const { settings } = recount;
    const input = new TextEncoder().encode(rows.join('\n'));
    const format = detectFormat(input, settings.realtimeFields);
    // Beside the functions lies what they need of settings: this audience has names and numbers of its own.
    const settingsText = JSON.stringify(fileOf(settings));
    const code = await bundleFunctions({ outdir: join(dir, 'functions'), settingsText });
    const begin = (): Promise<Rig> =>
      startRig({
        ...{ settings, settingsText, keepDir: join(dir, 'kept') },
        bundle: () => Promise.resolve(code),
        environment: { LINE_FORMAT: JSON.stringify(format), GUARD: 'off' },
      });
    const rig = await begin();
    const encoder = new TextEncoder();
    await rig.putLines(rows.map((row, n) => ({ key: String(n), line: encoder.encode(row) })));
    await rig.drain();
    const wanted = JSON.parse(JSON.stringify(recount.report({}).contents)) as object;
    expect(await recordsOf(rig.apiUrl)).toEqual(wanted);
    expect((await ask(`${rig.apiUrl}/v1/blocks`)).status).toBe(200);
    await rig.stop();

    const again = await begin();
    expect(await recordsOf(again.apiUrl)).toEqual(wanted);
    await again.stop();
    await expect(fetch(`${again.apiUrl}/v1/health`)).rejects.toThrow('fetch failed');
  });
});

describe('npm start', () => {
  it('says where queries are answered, to this machine alone, while it runs', async () => {
    const run = start(['--viewers', '20', '--minutes', '2', '--seed', '7', '--json']);
    const [, url] = /Queries while it runs: (http:\S+)\/v1\/contents/.exec(
      await run.says('/v1/contents'),
    )!;
    const health = await ask<{ readonly status: string }>(`${url}/v1/health`);
    expect([health.status, health.json.status]).toEqual([200, 'ok']);
    expect(await statusFor(url!, { host: 'evil.example' })).toBe(403);
    expect(await statusFor(url!, { host: '127.0.0.1' })).toBe(200);
    process.kill(run.pid, 'SIGINT');
    expect((await run.ended).status).toBe(0);
    await expect(fetch(`${url}/v1/health`)).rejects.toThrow('fetch failed');
  });
});

/** fetch does not let the name of the host be chosen. */
function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/v1/health`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
