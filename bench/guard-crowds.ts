/** Crowds alone by which the guard is judged: people who pause, and a curve of real counts. */
import { type LeanCrowd, makeLeanCrowd } from '../local/attacks/lean-crowd';
import { mixEvent } from '../local/attacks/mix-event';
import { type Schedule, flashSchedule, worldCupCurve } from '../local/attacks/schedule';
import { Chance } from '../local/crowd/chance';
import type { NightEvent } from './guard-night';

export const START_AT_MS = Date.UTC(2026, 10, 24, 20);

const PART_MS = 500;
const PAUSING = { people: 150, minutes: 8 } as const;

/** Of a stream in parts. */
export function pausingNight(seed: number): NightEvent {
  const endMs = PAUSING.minutes * 60_000;
  const span = { fromMs: 0, rampMs: 60_000, endMs };
  const schedule = flashSchedule(new Chance(seed), PAUSING.people, span);
  const endAtMs = START_AT_MS + endMs;
  const { config, ...night } = nightOf(
    makeLeanCrowd({ seed, startAtMs: START_AT_MS, endAtMs, schedule, partMs: PART_MS }),
    PAUSING.minutes,
  );
  const parts = { paths: ['/**/*_part*.m4s'], seconds: PART_MS / 1_000 };
  const contents = (config['contents'] as readonly { kind: string }[]).map((content) =>
    content.kind === 'stream' ? { ...content, parts } : content,
  );
  return { ...night, config: { ...config, contents } };
}

/** Of the curve, the hours around the busiest minute; a request a minute is no viewer, so it is scaled. */
const CURVE_MINUTES = 120;
const CURVE_VIEWERS = 20_000;

/** `curve` has a row for each minute, its count at the end. */
export function worldCupNight(seed: number, curve: string): NightEvent {
  const counts = curve
    .split('\n')
    .slice(1)
    .map((row) => Number(row.split(',').at(-1)))
    .filter((count) => Number.isFinite(count));
  const busiest = counts.indexOf(Math.max(...counts));
  const hours = counts.slice(Math.max(0, busiest - CURVE_MINUTES / 2), busiest + CURVE_MINUTES / 2);
  const schedule: Schedule = worldCupCurve(hours, {
    chance: new Chance(seed),
    viewersMax: CURVE_VIEWERS,
  });
  const endAtMs = START_AT_MS + hours.length * 60_000;
  const crowd = makeLeanCrowd({ seed, startAtMs: START_AT_MS, endAtMs, schedule });
  return nightOf(crowd, CURVE_MINUTES);
}

function nightOf(crowd: LeanCrowd, minutes: number): NightEvent {
  const { config } = mixEvent({
    seed: 0,
    viewers: 1,
    minutes,
    startAtMs: START_AT_MS,
    shapes: [],
  });
  return {
    config,
    *lines(answer) {
      for (const line of crowd.lines(answer)) yield { ...line, isViewer: true };
    },
    viewerSources: () => crowd.people(),
  };
}
