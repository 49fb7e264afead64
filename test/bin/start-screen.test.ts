import { RoadMeter } from '../../bin/commands/start-meter';
import {
  type Moment,
  clockText,
  drawChart,
  drawScreen,
  makeScreen,
} from '../../bin/commands/start-screen';

const MOMENT: Moment = {
  title: 'Turnout: a live event of 3 min, 500 viewers, seed 1',
  elapsedSeconds: 84.9,
  totalSeconds: 180,
  figures: { concurrency: 312, view60: 118, attempts: 433, turnedAway: 12, bots: 1_204 },
  linesPut: 12_345,
  linesPerSecond: 142.4,
  counted: { lines: 12_201, bad: 1 },
  delay: { p50: 2_140, p99: 3_370 },
  behindSeconds: 0,
  phase: 'playing',
  trouble: undefined,
  chart: { label: 'concurrency of the event', values: [0, 1, 2, 4], valuesMax: 8 },
};

function makeStream(isTTY: boolean, columns = 80, rows = 24) {
  const written: string[] = [];
  return { isTTY, columns, rows, written, write: (text: string) => written.push(text) };
}

describe('drawScreen', () => {
  it('shows all figures, and time on the right', () => {
    const lines = drawScreen(MOMENT, 79, 2);
    expect(lines[0]).toBe(`${MOMENT.title.padEnd(67)}1:24 of 3:00`);
    const text = lines.join('\n').replace(/ +/g, ' ');
    for (const part of [
      'concurrency 312',
      'view60 118',
      'attempts 433',
      'turned away 12',
      'bots 1,204',
      'lines/s 142',
      'put 12,345',
      'counted 12,201',
      'bad 1',
      'line to count p50 2.1 s, p99 3.4 s',
      'Ctrl-C stops',
    ]) {
      expect(text).toContain(part);
    }
  });

  it.each([20, 40, 79, 99])('takes at most %i columns', (columns) => {
    for (const line of drawScreen({ ...MOMENT, trouble: 'x'.repeat(200) }, columns, 6)) {
      expect([...line].length).toBeLessThanOrEqual(columns);
    }
  });

  it('says when it is behind, what went wrong, and that it stops', () => {
    const lines = (changes: Partial<Moment>) => drawScreen({ ...MOMENT, ...changes }, 99, 0);
    expect(lines({ behindSeconds: 0.9 }).join('\n')).not.toContain('behind');
    expect(lines({ behindSeconds: 12.34 }).join('\n')).toContain('12.3 s behind the clock');
    expect(lines({ trouble: 'tally: no' }).at(-1)).toBe('trouble: tally: no');
    expect(lines({ phase: 'stopping' }).at(-1)).toMatch(/Ctrl-C again leaves at once/);
  });

  it('leaves out what nobody knows of a log', () => {
    const text = drawScreen(
      { ...MOMENT, elapsedSeconds: undefined, totalSeconds: undefined, figures: undefined },
      99,
      0,
    ).join('\n');
    expect(text).not.toMatch(/ of 3:00|concurrency|view60/);
    expect(text).toContain('counted');
  });
});

describe('drawChart', () => {
  it('draws what is over from the left, the highest at the top', () => {
    const chart = { label: 'viewers', values: [0, 4, 8, 16], valuesMax: 8 };
    expect(drawChart(chart, 17, 2)).toEqual(['      16    █', '       0  ▄██', '         viewers']);
  });

  it('shows the last of what has no end', () => {
    const values = Array.from({ length: 50 }, (_, n) => n);
    const [row] = drawChart({ label: '', values, valuesMax: undefined }, 13, 1);
    expect(row).toBe(`${'49'.padStart(8)} ████`);
  });

  it.each([
    [8, 2],
    [40, 0],
  ])('is nothing where there is no room: %i columns, %i rows', (columns, rows) => {
    expect(drawChart(MOMENT.chart, columns, rows)).toEqual([]);
  });
});

describe('makeScreen', () => {
  it('draws over itself on a terminal, and not over what was there before', () => {
    const stream = makeStream(true);
    const screen = makeScreen(stream, () => 0);
    screen.show(MOMENT);
    screen.show(MOMENT);
    const [first, second] = stream.written as [string, string];
    const height = first.split('\n').length - 1;
    expect(first.startsWith('\u001b[0J')).toBe(true);
    expect(second.startsWith(`\u001b[${height}A\r\u001b[0J`)).toBe(true);
    expect(height).toBeLessThan(24);
  });

  it('says a line each five seconds elsewhere, without control characters', () => {
    let nowMs = 0;
    const stream = makeStream(false);
    const screen = makeScreen(stream, () => nowMs);
    for (let second = 0; second < 11; second += 1) {
      nowMs = second * 1_000;
      screen.show({ ...MOMENT, elapsedSeconds: second });
    }
    expect(stream.written.map((text) => text.slice(0, 4))).toEqual(['0:00', '0:05', '0:10']);
    expect(stream.written[0]).toBe(
      '0:00  concurrency 312  view60 118  attempts 433  turned away 12  bots 1,204  ' +
        'lines/s 142  counted 12,201  delay p50 2.1 s, p99 3.4 s\n',
    );
  });
});

describe('clockText', () => {
  it.each([
    [0, '0:00'],
    [59.99, '0:59'],
    [60, '1:00'],
    [3_661, '61:01'],
  ])('%f', (seconds, text) => {
    expect(clockText(seconds)).toBe(text);
  });
});

describe('RoadMeter', () => {
  const metrics = (name: string, values: number[]) => ({ values: new Map([[name, values]]) });

  it('adds up lines, and ranks delays', () => {
    const meter = new RoadMeter(() => 0);
    expect(meter.delay()).toEqual({ p50: null, p99: null });
    meter.take(metrics('LinesReceived', [3, 4]));
    meter.take(metrics('LinesReceived', [5]));
    expect(meter.linesReceived).toBe(12);
    meter.take(metrics('LineToCountMs', [7]));
    expect(meter.delay()).toEqual({ p50: 7, p99: 7 });
    // 1 to 100 besides: of 101 the 51st and the 100th
    meter.take(
      metrics(
        'LineToCountMs',
        Array.from({ length: 100 }, (_, n) => n + 1),
      ),
    );
    expect(meter.delay()).toEqual({ p50: 50, p99: 99 });
    meter.take(
      metrics(
        'LineToCountMs',
        Array.from({ length: 1_000 }, () => 9e9),
      ),
    );
    expect(meter.delay()).toEqual({ p50: 600_000, p99: 600_000 });
  });

  it('knows the delay of the last 15 seconds apart', () => {
    let nowMs = 0;
    const meter = new RoadMeter(() => nowMs);
    meter.take(metrics('LineToCountMs', [10, 20]));
    nowMs = 15_000;
    expect(meter.recentDelay()).toEqual({ p50: 10, p99: 20 });
    nowMs = 15_001;
    expect(meter.recentDelay()).toEqual({ p50: null, p99: null });
    expect(meter.delay()).toEqual({ p50: 10, p99: 20 });
  });
});
