import { type ExpectedSettings, LANE_COUNTS, type LaneCount } from './settings';

/** What a deployment of so many lanes is made for: the scales of lib/pipeline.ts. */
export const LINES_PER_SECOND_MAX: Readonly<Record<LaneCount, number>> = {
  16: 4_000,
  64: 100_000,
  256: 500_000,
  512: 2_000_000,
};

/**
 * Half as much again as players ask for while they play: for who joins, seeks and reads pages, for
 * lines that are not spread evenly, and for attackers, whose refused requests are lines too.
 */
export const HEADROOM = 1.5;

export type Audience = Omit<ExpectedSettings, 'edgeStream'>;

/** Lines a second that an audience makes at its highest. */
export function linesPerSecondOf({
  viewers,
  segmentSeconds,
  requestsPerSegment,
}: Audience): number {
  return Math.ceil((HEADROOM * viewers * requestsPerSegment) / segmentSeconds);
}

/** The smallest number of lanes that carries so many lines; undefined if none does. */
export function lanesFor(linesPerSecond: number): LaneCount | undefined {
  return LANE_COUNTS.find((lanes) => LINES_PER_SECOND_MAX[lanes] >= linesPerSecond);
}
