import type {
  ContentReport,
  EventReport,
  FigureRecord,
  Report,
} from '../../lambdas/core/audience/report';

/** Reports by hand, as small as the tests of output need them. */
export function figure(
  verified: number,
  unresolved = 0,
  invalid: FigureRecord['invalid'] = {},
  refusedByUs = 0,
): FigureRecord {
  const invalidSum = Object.values(invalid).reduce((sum, count) => sum + count, 0);
  return {
    gross: verified + unresolved + invalidSum + refusedByUs,
    refusedByUs,
    invalid,
    unresolved,
    verified,
    lower: verified,
    upper: verified + unresolved,
  };
}

export function contentReport(parts: Partial<ContentReport> = {}): ContentReport {
  return {
    kind: 'stream',
    hits: {},
    outcomes: {},
    attempts: 0,
    starts: 0,
    turnedAway: {},
    views: {},
    from: '2026-11-24T20:00:00Z',
    to: '2026-11-24T21:00:00Z',
    record: {},
    by: { class: {}, country: {}, device: {}, edge: {} },
    ...parts,
  };
}

export function eventReport(parts: Partial<EventReport> = {}): EventReport {
  return {
    content: 'live',
    start: '2026-11-24T20:00:00Z',
    end: '2026-11-24T22:00:00Z',
    viewers: figure(0),
    attempts: 0,
    starts: 0,
    turnedAway: {},
    views: {},
    firstStartAt: null,
    startDelaySeconds: null,
    interruptions: [],
    record: {},
    ...parts,
  };
}

export function report(parts: Partial<Report> = {}): Report {
  return {
    definition: {
      id: 'turnout',
      version: '1.0.0',
      classifier: '2026-11-24',
      timeZone: 'UTC',
      dayStartHour: 6,
      blockStatus: 409,
      sessionIdsMax: 1_024,
    },
    window: { from: null, to: null },
    ledger: { lines: 0, hits: 0, bad: {}, duplicate: 0, late: 0, lost: 0, overBound: 0 },
    contents: {},
    events: {},
    ...parts,
  };
}
