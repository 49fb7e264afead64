import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeViewsReader } from '../../lambdas/adapters/views-reader';
import { contentPk } from '../../lambdas/core/road/views-item';
import { type Truth, makeCrowd } from '../../local/crowd/crowd';
import { startDynamo } from '../../local/dynamo-server';
import { NAMES } from '../../local/function-environment';
import { dynamoAt } from '../local/aws-clients';
import { start, summaryOf } from './start-process';

const folder = mkdtempSync(join(tmpdir(), 'turnout-keep-'));
afterAll(() => rmSync(folder, { recursive: true }));

jest.setTimeout(90_000);

const dir = join(folder, 'event');
const EVENT = { viewers: 40, minutes: 1, seed: 11 };
const OPTIONS = ['--viewers', '40', '--minutes', '1', '--seed', '11', '--speed', '12'];

/** What the whole event is, by the generator alone. */
function wholeTruth() {
  const { plan } = JSON.parse(readFileSync(join(dir, 'rig.json'), 'utf8'));
  const crowd = makeCrowd({ ...EVENT, startAtMs: plan.startAtMs });
  const lines = [...crowd.lines()].length;
  return { truth: crowd.truth(), lines };
}

/** Adds one to a counter of the kept Views. */
async function tamper() {
  const server = await startDynamo({ path: join(dir, 'road', 'dynamo') });
  try {
    const dynamo = dynamoAt(server.endpoint);
    const pk = contentPk('s:live', 0);
    const [item] = await makeViewsReader(dynamo, NAMES.viewsTable).query(pk, 'm#', 'm#~');
    const counter = [...item!.values.keys()].find((name) => /^h\d/.test(name))!;
    await dynamo.send(
      new UpdateItemCommand({
        TableName: NAMES.viewsTable,
        Key: { pk: { S: pk }, sk: { S: item!.sk } },
        UpdateExpression: 'ADD #n :one',
        ExpressionAttributeNames: { '#n': counter },
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
    dynamo.destroy();
  } finally {
    await server.close();
  }
}

/** Steps of one story, in order: each needs the state that the one before left. */
describe('npm start --keep', () => {
  it('goes on after kill -9, and ends with the totals of an event that nobody killed', async () => {
    const run = start([...OPTIONS, '--keep', dir, '--json']);
    await run.says('0:00');
    await sleep(3_200); // some of it is counted, some put, some neither
    process.kill(run.pid, 'SIGKILL');
    expect((await run.ended).stdout).toBe('');
    const { status, summary, stderr } = await summaryOf<Truth>(['--keep', dir]);
    const { truth, lines } = wholeTruth();
    const before = Number(/It goes on: (\d+) lines were put before/.exec(stderr)?.[1]);
    expect(before).toBeGreaterThan(lines / 10);
    expect(before).toBeLessThan(lines);
    expect([status, summary.equal]).toEqual([0, true]);
    expect(summary.truth).toEqual(truth);
    expect(summary.counted).toEqual(truth);
    expect(summary.ledger.lines).toBe(lines);
  });

  it.each<[RegExp, string[]]>([
    [/keeps a run with seed 11, got 12: leave --seed out/, ['--seed', '12']],
    [/keeps a run with no outage, got/, ['--outage', '9@9']],
    [/keeps a run with no replay, got/, ['--replay', 'x.log']],
    [/expected a new or empty directory, or one with rig\.json/, ['--keep', folder]],
  ])('refuses what contradicts the directory: %s', async (message, args) => {
    const { status, stderr } = await start(['--keep', dir, ...args], folder).ended;
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('says so, with status 1, when a counter in Views is not what it must be', async () => {
    await tamper();
    const { status, summary, stderr } = await summaryOf<Truth>([...OPTIONS, '--keep', dir]);
    expect([status, summary.equal]).toEqual([1, false]);
    expect(summary.counted.lines).toBe(summary.truth.lines);
    expect(summary.counted.hits).not.toEqual(summary.truth.hits);
    expect(stderr).toMatch(/NOT EQUAL: \d+ figures differ/);
    expect(stderr).toMatch(/ {2}contents\.live\.hits\.\w+: truth \d+, counted \d+/);
  });
});
