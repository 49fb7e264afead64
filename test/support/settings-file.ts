import type { Settings } from '../../lambdas/core/settings';

/** What of settings makes a report another, as turnout.json has it. */
export function fileOf({ contents, events, ...rest }: Settings) {
  const { timeZone, dayStartHour, blockStatus, sessionIdsMax, lanes, realtimeFields } = rest;
  return {
    ...{ timeZone, dayStartHour, blockStatus, sessionIdsMax, lanes, realtimeFields },
    thresholds: rest.thresholds,
    contents: contents.map(({ segmentMs, parts, hosts, entry, ...content }) => ({
      ...content,
      segmentSeconds: segmentMs / 1_000,
      ...(hosts.length > 0 && { hosts }),
      ...(entry.length > 0 && { entry }),
      ...(parts && { parts: { paths: parts.paths, seconds: parts.partMs / 1_000 } }),
    })),
    events: events.map(({ startAtMs, endAtMs, ...event }) => ({
      ...event,
      ...{ start: new Date(startAtMs).toISOString(), end: new Date(endAtMs).toISOString() },
    })),
  };
}
