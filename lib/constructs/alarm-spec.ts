import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

export interface AlarmSpec {
  /** Also the anchor in docs/OPERATIONS.md. */
  readonly id: string;
  /** What is so while the alarm is raised. */
  readonly meaning: string;
  /** What to do first, in one sentence. */
  readonly first: string;
  readonly metric: IMetric;
  /** Raised above it. @default 0 */
  readonly above?: number;
  /** Raised below it instead, and where nothing is measured. */
  readonly below?: number;
  /** @default AT_ONCE */
  readonly minutes?: Minutes;
}

/** How many minutes of how many raise an alarm. */
export type Minutes = readonly [bad: number, of: number];
export const AT_ONCE: Minutes = [1, 1];
/** What is tried again is no harm once, and is if it stays. */
export const LASTING: Minutes = [3, 5];
export const IN_A_ROW: Minutes = [3, 3];

export interface AlarmThresholds {
  /**
   * Age of the newest line counted while lines come, and of the oldest that waits in a stream.
   *
   * @default 60
   */
  readonly freshnessSeconds: number;
  /**
   * From the lines that asked for a block to the block.
   *
   * @default 60
   */
  readonly lineToBlockSeconds: number;
  /**
   * Of the persons who want to watch, those turned away by something else than our blocks.
   *
   * @default 5
   */
  readonly turnedAwayPercent: number;
  /**
   * Fewer who want to watch in a minute say nothing about the share.
   *
   * @default 50
   */
  readonly turnedAwayPersonsMin: number;
  /**
   * Of the excess of all suspects, that of one network (ASN), or for one content.
   *
   * @default 50
   */
  readonly excessPercent: number;
  /**
   * Less excess, in hits in 10 seconds, is no attack that wants people.
   *
   * @default 1,000
   */
  readonly excessHitsMin: number;
}

export const ALARM_THRESHOLDS: AlarmThresholds = {
  freshnessSeconds: 60,
  lineToBlockSeconds: 60,
  turnedAwayPercent: 5,
  turnedAwayPersonsMin: 50,
  excessPercent: 50,
  excessHitsMin: 1_000,
};

/** Who is woken reads this and nothing else: what is wrong, what to do first, where the rest stands. */
export function describeAlarm({ id, meaning, first }: AlarmSpec): string {
  return `${meaning}. First: ${first}. docs/OPERATIONS.md#${anchorOf(id)}`;
}

/** `alarm-intake-iterator-age` of `IntakeIteratorAge`. */
function anchorOf(id: string): string {
  return `alarm${id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
