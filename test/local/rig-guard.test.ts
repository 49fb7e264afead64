import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { type Rig, type RigOptions, startRig } from '../../local/rig';
import type { WafUpdate } from '../../local/waf-sets';
import { bundleSmallRoad, smallRoad } from './small-road';

const dir = mkdtempSync(join(tmpdir(), 'turnout-test-guard-'));
jest.setTimeout(30_000); // a rig is many processes, and other tests run beside it
let road: RigOptions;
const rigs: Rig[] = [];
beforeAll(async () => {
  road = smallRoad(await bundleSmallRoad(join(dir, 'functions')));
});
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function start(options: Partial<RigOptions> = {}) {
  const woken: string[] = [];
  const errors: string[] = [];
  const rig = await startRig({
    ...road,
    onLog: (name, line) => name === 'enforce' && woken.push(line),
    onError: ({ message }) => errors.push(message),
    ...options,
  });
  rigs.push(rig);
  const [key] = rig.sets.map(({ name, id }) => ({ name, id }));
  return { rig, woken, errors, first: key! };
}

describe('startRig, the guard', () => {
  it('makes the sets of both lists and families before functions start', async () => {
    const guard = { ...DEFAULT_SETTINGS.guard, setsV4: 2, setsV6: 1 };
    const { rig } = await start({ settings: { ...DEFAULT_SETTINGS, guard } });
    const names = [
      'block-v4-1',
      'block-v4-2',
      'block-v6-1',
      'count-v4-1',
      'count-v4-2',
      'count-v6-1',
    ];
    expect(rig.sets.map(({ name }) => name)).toEqual(names);
    expect(rig.waf.sets().map(({ name, family }) => `${name} ${family}`)).toEqual(
      names.map((name) => `${name} IPV${name.includes('v4') ? 4 : 6}`),
    );
    expect(await rig.runEnforce()).toEqual({ source: 'aws.events', sets: names.length });
  });

  it('a person who blocks wakes enforce, WAF hears of it, and the edge refuses', async () => {
    const updates: WafUpdate[] = [];
    const { rig, woken, errors, first } = await start({ onWafUpdate: (it) => updates.push(it) });
    expect(rig.edge.answers('192.0.2.7', Date.now())).toBe('served');
    expect(await rig.invokeControl({ block: '192.0.2.0/24' })).toBe('done');
    await rig.drainGuard();
    expect(woken).toEqual(['INSERT manual block#192.0.2.0/24']);
    expect(updates).toEqual([
      {
        set: 'block-v4-1',
        count: 1,
        addresses: ['192.0.2.0/24'],
        added: ['192.0.2.0/24'],
        removed: [],
        atMs: expect.any(Number),
        visibleAtMs: updates[0]!.atMs,
      },
    ]);
    expect(rig.waf.edgeAddresses(first.id, Date.now())).toEqual(['192.0.2.0/24']);
    expect(rig.edge.answers('192.0.2.7', Date.now() + 1)).toBe('refused');
    expect(rig.edge.answers('192.0.3.7', Date.now() + 1)).toBe('served');
    expect(errors).toEqual([]);
  });

  it('is woken by news of lanes and by people, and by nothing else', async () => {
    const { rig, woken } = await start();
    const { dynamo, names } = rig;
    const put = (pk: string, TableName = names.blocksTable as string) =>
      dynamo.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: 'x' } } }));
    const remove = (pk: string) =>
      dynamo.send(
        new DeleteItemCommand({
          TableName: names.blocksTable,
          Key: { pk: { S: pk }, sk: { S: 'x' } },
        }),
      );
    await put('set');
    await put('audit#2026-11-24');
    await put('manually');
    await put('control', names.stateTable);
    await put('suspects#7');
    await put('suspects#7');
    await remove('suspects#7'); // a batch that expires
    await put('control');
    await remove('control');
    await remove('control'); // nothing is there
    await rig.drainGuard();
    expect(woken).toEqual([
      'INSERT suspects#7 x',
      'MODIFY suspects#7 x',
      'INSERT control x',
      'REMOVE control x',
    ]);
  });

  it('tells an invocation that fails, tries it again, and gives it up as the stack does', async () => {
    const { rig, woken, errors } = await start();
    await rig.invokeControl({ block: '0.0.0.0/0' });
    await rig.drainGuard();
    const attempts = 1 + road.pipeline!.blocksSource.retryAttempts;
    expect(woken).toHaveLength(attempts);
    expect(errors).toEqual([
      ...Array.from({ length: attempts }, () => 'poison'),
      `1 record(s) of turnout-blocks are given up after attempt ${attempts}`,
    ]);
  });

  it('runs enforce by its schedule', async () => {
    const { rig, first } = await start({ enforceMs: 50 });
    rig.waf.edit(first.id, () => ['203.0.113.0/24']);
    for (let n = 0; n < 100 && rig.waf.sets()[0]!.addresses.length > 0; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(rig.waf.sets()[0]!.addresses).toEqual([]);
  });

  it('finds what the sets hold after a restart, and the edges have it', async () => {
    const keepDir = join(dir, 'kept');
    const before = await start({ keepDir });
    await before.rig.invokeControl({ block: '198.51.100.0/24' });
    await before.rig.drainGuard();
    await rigs.pop()!.stop();
    const after = await start({ keepDir });
    expect(after.rig.sets).toEqual(before.rig.sets);
    expect(after.rig.edge.answers('198.51.100.9', Date.now())).toBe('refused');
  });

  it('the edge spares what turnout.json allows, whatever a set holds', async () => {
    const guard = { ...DEFAULT_SETTINGS.guard, allow: ['192.0.2.7/32'] };
    const { rig } = await start({ settings: { ...DEFAULT_SETTINGS, guard } });
    rig.waf.edit(rig.sets[0]!.id, () => ['192.0.2.0/24']);
    const answers = ['192.0.2.7', '192.0.2.8'].map((it) => rig.edge.answers(it, Date.now()));
    expect(answers).toEqual(['served', 'refused']);
  });
});
