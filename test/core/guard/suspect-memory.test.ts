import { SuspectMemory } from '../../../lambdas/core/guard/suspect-memory';
import { suspect } from '../../support/guard-plans';

/** Goal: what F1 measures against is who watches now. Method: lanes that spoke some time ago. */

const NOW_MS = Date.UTC(2026, 10, 24, 20);
const MINUTE_MS = 60_000;

const part = (lane: number, laneViewers: number, agoMs: number, version = 1) => ({
  ...{ lane, version, atMs: NOW_MS - agoMs, suspects: [], neighbours: undefined },
  ...{ isSettled: true, laneViewers, laneRefused: 3, continues: false },
});

describe('SuspectMemory', () => {
  it.each([
    [5 * MINUTE_MS, 1_100],
    [5 * MINUTE_MS + 1, 1_000],
  ])('knows the viewers of a lane that spoke %i ms ago: %i of all', (agoMs, total) => {
    const memory = new SuspectMemory();
    memory.take(part(0, 1_000, 1_000), 0);
    memory.take(part(1, 100, agoMs), 0);
    expect(memory.totalViewers(NOW_MS)).toBe(total);
  });

  it('hands over what it knows with its age', () => {
    const memory = new SuspectMemory();
    memory.take(part(0, 1_000, MINUTE_MS), 0);
    memory.take(part(1, 100, 6 * MINUTE_MS), 0);
    const next = new SuspectMemory(memory.viewersByLane(NOW_MS));
    expect(next.presence(NOW_MS)).toEqual(
      new Map([[0, { viewers: 1_000, refused: 3, atMs: NOW_MS - MINUTE_MS }]]),
    );
    expect(next.totalViewers(NOW_MS + 4 * MINUTE_MS)).toBe(1_000);
    expect(next.totalViewers(NOW_MS + 4 * MINUTE_MS + 1)).toBe(0);
    next.take(part(0, 7, 0), 0);
    expect(next.totalViewers(NOW_MS)).toBe(7);
  });

  it.each([
    [29_999, 1],
    [30_000, 0],
  ])('lets who waits for room wait %i ms without being told again: %i', (ms, left) => {
    const memory = new SuspectMemory();
    const one = suspect('198.51.100.7/32', 50);
    memory.take({ ...part(0, 1_000, 0), suspects: [one] }, 0);
    memory.settle([one], new Set([one.cidr]), ms);
    expect(memory.size).toBe(left);
  });
});
