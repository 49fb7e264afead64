import type { AttackMoment } from '../../bin/commands/start-guard-report';
import { delayText } from '../../bin/commands/start-screen';
import { attackParts, bar, drawAttack, sparkline } from '../../bin/commands/start-screen-attack';

const MOMENT: AttackMoment = {
  shapes: ['botnet: 1,000 of 50,000 addresses, about 3 requests/s each'],
  hasBots: true,
  mode: 'block',
  served: [0, 10, 40, 3],
  refused: [0, 0, 20, 80],
  secondsMax: 8,
  toll: { served: 53, refused: 1_100 },
  suspects: 990,
  sources: 1_000,
  sourcesHeld: 983,
  held: { block: 985, count: 0 },
  updateCalls: 7,
  latency: { p50: 4_100, p99: 9_000, first: 6_000, last: 20_000 },
  viewersRefused: 0,
  overflow: 0,
};

describe('drawAttack', () => {
  it('shows what comes through beside what is refused, on one scale', () => {
    const lines = drawAttack(MOMENT, 79, delayText);
    expect(lines[0]).toContain('1,000 of 50,000 addresses');
    expect(lines[1]).toMatch(/^let by .*▁.*▄.*▁ +3\/s +53$/);
    expect(lines[2]).toMatch(/^refused .*▂.*█ +80\/s +1,100$/);
    expect(lines[3]).toMatch(/^blocked +█+[^█]?·* {2}983 of 1,000 sources$/);
    const text = lines.join('\n');
    for (const part of [
      'mode block',
      'suspects 990',
      '985 to block, 0 to count',
      'updates 7',
      'line to block  p50 4.1 s, p99 9.0 s',
      'viewers refused 0',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('no room');
  });

  it('says what has no room, and that it only counts', () => {
    const text = drawAttack({ ...MOMENT, overflow: 12, mode: 'count' }, 79, delayText).join('\n');
    expect(text).toContain('no room for 12');
    expect(text).toMatch(/^counted /m);
  });

  it('has no bars where nobody attacks', () => {
    const crowd = { ...MOMENT, hasBots: false, shapes: ['flash-crowd: 5,000 people'] };
    const text = drawAttack(crowd, 79, delayText).join('\n');
    expect(text).toMatch(/^crowd +flash-crowd: 5,000 people\n +nobody attacks/);
    expect(text).not.toMatch(/let by|sources|line to block/);
    expect(text).toContain('viewers refused 0');
  });

  it.each([20, 40, 79])('of bars takes at most %i columns', (columns) => {
    for (const line of drawAttack(MOMENT, columns, delayText).slice(1, 4)) {
      expect([...line].length).toBeLessThanOrEqual(Math.max(columns, 33));
    }
  });
});

describe('sparkline', () => {
  it.each([
    [[0, 5, 10], { width: 6, secondsMax: 6, top: 10 }, ' ▄█   '],
    [[0, 0.1], { width: 2, secondsMax: 2, top: 10 }, ' ▁'], // little is not nothing
    [[1, 2, 3, 8], { width: 2, secondsMax: 4, top: 8 }, '▂█'],
    [[8, 8, 8], { width: 2, secondsMax: 2, top: 8 }, '██'], // longer than was thought
    [[1], { width: 0, secondsMax: 1, top: 1 }, ''],
  ])('%j in %j', (values, spark, text) => {
    expect(sparkline(values, spark)).toBe(text);
  });
});

describe('bar', () => {
  it.each([
    [0, '····'],
    [0.5, '██··'],
    [0.54, '██▏·'],
    [0.999, '███▉'],
    [1, '████'],
    [7, '████'],
  ])('of %f', (share, text) => {
    expect(bar(share, 4)).toBe(text);
  });
});

describe('attackParts', () => {
  it('are a few words for a file', () => {
    expect(attackParts(MOMENT).join('  ')).toBe(
      'let by/s 3  refused/s 80  suspects 990  blocks 985  viewers refused 0',
    );
    expect(attackParts({ ...MOMENT, held: { block: 0, count: 9 } })).toContain('counts 9');
  });
});
