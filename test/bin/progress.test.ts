import { makeProgress } from '../../bin/commands/progress';

const ERASE = '\r\u001b[2K';

function makeScene(
  totalBytes: number | undefined,
  terminal: { isTTY?: boolean; columns?: number },
) {
  const written: string[] = [];
  const clock = { nowMs: 1_000 };
  const stream = { ...terminal, write: (text: string) => written.push(text) };
  const progress = makeProgress({ totalBytes, stream, now: () => clock.nowMs });
  const updateAt = (elapsedMs: number, bytes: number, lines: number) => {
    clock.nowMs = 1_000 + elapsedMs;
    progress.update({ bytes, lines });
  };
  return { written, progress, updateAt };
}
const TERMINAL = { isTTY: true, columns: 100 };

describe('makeProgress', () => {
  it('says share, lines, speed and time left', () => {
    const { written, updateAt } = makeScene(4_000_000, TERMINAL);
    updateAt(2_000, 1_000_000, 2_500_000);
    expect(written).toEqual([`${ERASE}25 %  2,500,000 lines  1,250,000 lines/s  0:06 left`]);
  });

  it('says megabytes when the total is unknown', () => {
    for (const total of [undefined, 0]) {
      const { written, updateAt } = makeScene(total, TERMINAL);
      updateAt(2_000, 1_500_000, 10);
      expect(written).toEqual([`${ERASE}1.5 MB  10 lines  5 lines/s`]);
    }
  });

  it.each([
    [499, '50 %  1 lines'],
    [500, '50 %  1 lines  2 lines/s  0:01 left'],
    [60_000, '50 %  1 lines  0 lines/s  1:00 left'],
    [3_600_000, '50 %  1 lines  0 lines/s  1:00:00 left'],
  ])('after %i ms says %s', (elapsedMs, text) => {
    const { written, updateAt } = makeScene(100, TERMINAL);
    updateAt(elapsedMs, 50, 1);
    expect(written).toEqual([ERASE + text]);
  });

  it.each([
    [0, '0 %'],
    [1, '0 %'],
    [199, '99 %'],
    [200, '100 %'],
    [500, '100 %'], // a file that grew
  ])('of 200 bytes %i are %s', (bytes, share) => {
    const { written, updateAt } = makeScene(200, TERMINAL);
    updateAt(1_000, bytes, 1);
    expect(written[0]!.startsWith(`${ERASE}${share}  1 lines`)).toBe(true);
    expect(written[0]).not.toMatch(/NaN|Infinity|-/);
  });

  it.each([
    [199, 0],
    [200, 1],
    [201, 1],
  ])('draws nothing for work that ends within 200 ms (%i ms: %i)', (elapsedMs, count) => {
    const { written, progress, updateAt } = makeScene(100, TERMINAL);
    updateAt(elapsedMs, 50, 1);
    expect(written).toHaveLength(count);
    progress.done();
    expect(written).toHaveLength(2 * count);
  });

  it('redraws at most five times a second', () => {
    const { written, updateAt } = makeScene(100, TERMINAL);
    for (let ms = 1; ms <= 1_000; ms += 1) updateAt(ms, 1, 1);
    expect(written).toHaveLength(5);
  });

  it('erases the line at the end, once', () => {
    const { written, progress, updateAt } = makeScene(100, TERMINAL);
    updateAt(200, 50, 1);
    progress.done();
    progress.done();
    expect(written.slice(1)).toEqual([ERASE]);
  });

  it.each([
    [12, '50 %  1 lin'],
    [14, '50 %  1 lines'],
    [15, '50 %  1 lines'],
    [1, ''],
    [0, '50 %  1 lines'], // some terminals do not know their width
  ])('keeps the last of %i columns free', (columns, text) => {
    const { written, updateAt } = makeScene(100, { isTTY: true, columns });
    updateAt(300, 50, 1);
    expect(written).toEqual([ERASE + text]);
  });

  it.each([{}, { isTTY: false, columns: 80 }])('is silent without a terminal (%p)', (terminal) => {
    const { written, progress, updateAt } = makeScene(100, terminal);
    updateAt(5_000, 50, 1);
    progress.done();
    expect(written).toEqual([]);
  });
});
