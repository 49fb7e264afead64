import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyMode } from '../../lambdas/core/guard/modes';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import { JANE, NOW_MS, Scene, block, foreign, record } from './blocks-scene';

jest.setTimeout(30_000);
const dir = mkdtempSync(join(tmpdir(), 'turnout-test-mode-'));
const config = join(dir, 'turnout.json');
let scene: Scene;
beforeAll(async () => {
  writeFileSync(
    config,
    JSON.stringify({
      contents: [{ id: 'final', kind: 'stream', paths: ['/final/*'] }],
      events: [
        {
          ...{ id: 'evening', content: 'final' },
          ...{ start: '2026-11-24T20:00:00Z', end: '2026-11-24T22:00:00Z' },
        },
      ],
      guard: { mode: 'block', outsideEvents: 'hold' },
    }),
  );
  scene = await Scene.start();
});
beforeEach(() => scene.clear());
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await scene.close();
});

const WHY = ['--reason', 'a test of the guard'] as const;

describe('turnout mode', () => {
  it('says the mode of the file inside of an event, until the event ends', async () => {
    const { status, out } = await scene.run('mode', '--config', config);
    expect([status, out.split('\n')]).toEqual([
      0,
      [
        'mode: block (suspects are blocked)',
        'why: guard.mode of turnout.json, inside the window of event evening',
        'until: 2026-11-24T22:00:00Z, 1h 44m from now',
        'last pass: none yet',
        '',
      ],
    ]);
  });

  it('says the other mode outside of events, up to the next', async () => {
    scene.nowMs = Date.UTC(2026, 10, 24, 19, 59, 59);
    await scene.putStatus({ atMs: scene.nowMs, mode: 'block' });
    const { out } = await scene.run('mode', '--config', config);
    expect(out).toContain('mode: hold');
    expect(out).toContain('why: guard.outsideEvents of turnout.json, outside of event windows');
    expect(out).toContain('until: 2026-11-24T20:00:00Z, 1s from now');
    expect(out).toContain(
      'the last pass did not know this mode: is turnout.json the deployed one?',
    );
  });

  it('says who set a mode, why, and until when; it ends by itself', async () => {
    const set = await scene.run('mode', 'hold', ...WHY, '--for', '10m', '--config', config);
    expect([set.status, set.out]).toEqual([
      0,
      'mode hold until 2026-11-24T20:25:03Z\nauthor: assumed-role/Operators/jane\nreason: a test of the guard\n',
    ]);
    const json = async () =>
      JSON.parse((await scene.run('mode', '--json', '--config', config)).out) as unknown;
    expect(await json()).toMatchObject({
      ...{ mode: 'hold', because: 'person', author: JANE, reason: 'a test of the guard' },
      until: '2026-11-24T20:25:03.000Z',
    });
    scene.nowMs = NOW_MS + 600_000 - 1;
    expect(await json()).toMatchObject({ mode: 'hold' });
    scene.nowMs += 1;
    expect(await json()).toMatchObject({ mode: 'block', because: 'in_event', event: 'evening' });
  });

  it('off says how many entries leave how many sets, and about how long it takes', async () => {
    await scene.putSet('block-v4-1', [
      record(block('198.51.100.1/32')),
      record(block('198.51.100.2/32'), 'removing'),
      record(block('198.51.100.3/32'), 'adding'),
      foreign('198.51.100.4/32'),
    ]);
    await scene.putSet('block-v4-2', [foreign('198.51.100.5/32')]);
    await scene.putSet('count-v6-1', [record(block('2001:db8::/64'))]);
    const { out } = await scene.run('mode', 'off', ...WHY);
    expect(out).toContain('\n3 entries of ours leave 2 sets, which takes about 4 seconds\n');
    await scene.clear();
    expect((await scene.run('mode', 'off', ...WHY)).out).toContain('nothing is to be removed');
    expect((await scene.manual.load(NOW_MS)).mode).toMatchObject({ mode: 'off', author: JANE });
  });

  it('off is set also if the sets cannot be read', async () => {
    const { status, out } = await scene.run('mode', 'off', ...WHY, '--blocks-table', 'nothing');
    expect([status, out]).toEqual([0, expect.stringContaining('could not be read')]);
  });

  it.each([
    [['off'], 'mode off: expected --reason, got none'],
    [['on', ...WHY], 'expected block, count, hold, off, got on'],
    [['--reason', 'a reason alone'], '--reason and --for belong to a mode'],
    [['--for', '1h'], '--reason and --for belong to a mode'],
  ])('%j is wrong use', async (args, says) => {
    const { status, out, error } = await scene.run('mode', ...args);
    expect([status, out]).toEqual([2, '']);
    expect(error).toContain(says);
  });

  it('a configuration with problems ends with exit status 1', async () => {
    const { status, error } = await scene.run('mode', '--config', '/nowhere.json');
    expect([status, error]).toEqual([1, expect.stringContaining('/nowhere.json cannot be read')]);
  });
});

describe('whyMode', () => {
  const { guard } = DEFAULT_SETTINGS;
  const event = (id: string, startAtMs: number, endAtMs: number) => {
    return { id, content: 'c', startAtMs, endAtMs };
  };

  it.each([
    [99, 'outside_events', 100],
    [100, 'in_event', 300],
    [199, 'in_event', 300],
    [250, 'in_event', 300],
    [300, 'outside_events', 400],
    [500, 'outside_events', undefined],
  ])('at %i it is %s until %s', (nowMs, because, untilMs) => {
    const events = [event('a', 100, 200), event('b', 150, 300), event('c', 400, 500)];
    const why = whyMode({ guard, events }, undefined, nowMs);
    expect([why.because, why.untilMs]).toEqual([because, untilMs]);
  });

  it('without events the mode of the file always holds', () => {
    expect(whyMode({ guard, events: [] }, undefined, 1)).toEqual({
      ...{ mode: 'block', because: 'no_events' },
    });
  });
});
