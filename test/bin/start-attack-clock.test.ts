import { Feed } from '../../bin/commands/start-feed';
import { mixEvent } from '../../local/attacks/mix-event';

const START = Date.parse('2026-03-03T19:00:00Z');

/**
 * Goal: the edge is asked about a request when it is due, not before: else an answer would be that of an edge
 * which does not know the block yet. Method: the real feed with a clock of its own, and every question timed.
 */
describe('an attack in the feed', () => {
  it.each([1, 4])('is answered by the edge of the moment, at speed %i', async (speed) => {
    const event = mixEvent({
      ...{ seed: 3, viewers: 20, minutes: 1, startAtMs: START, crowd: 'exact' },
      shapes: [{ shape: 'single-source' }],
    });
    let nowMs = 0;
    const leads: number[] = [];
    const attacker = { source: '' };
    let firstAtMs: number | undefined; // when the clock of the feed begins
    const lines = event.lines((source, atMs) => {
      // By how much the request is still to come.
      if (source === attacker.source) leads.push(atMs - (firstAtMs! + nowMs * speed));
      return 'served';
    });
    let taken = 0;
    const feed = new Feed({
      source: {
        endAtMs: event.endAtMs,
        next() {
          const { done, value } = lines.next();
          if (done === true) return undefined;
          firstAtMs ??= value.atMs;
          if (value.isAttack) attacker.source = value.source;
          return { key: String(value.n), atMs: value.atMs, line: value.line };
        },
      },
      speed,
      already: new Set(),
      put: async (batch) => void (taken += batch.length),
      taken: () => taken,
      settle: async () => undefined,
      now: () => nowMs,
      pause: async (ms) => (nowMs += ms),
      stopping: new AbortController().signal,
    });
    await feed.run();
    expect(leads.length).toBeGreaterThan(1_000);
    // One line is looked ahead; of 50 a second it is hardly ever more than this away.
    expect(Math.max(...leads)).toBeLessThan(250);
    expect(Math.min(...leads)).toBeGreaterThan(-250 * speed);
  });
});
