/** RFC 9457: what is wrong with a request, in words: what, got, expected. */
export interface Problem {
  /** `from`, `query`, `path` */
  readonly what: string;
  readonly got: string;
  readonly expected: string;
}

const TITLES = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;
export type ProblemStatus = keyof typeof TITLES;

/** Thrown wherever a request cannot be answered. */
export class ProblemError extends Error {
  readonly problems: readonly Problem[];

  constructor(
    readonly status: ProblemStatus,
    ...problems: readonly Problem[]
  ) {
    super(problems.map(sentenceOf).join('; '));
    this.problems = problems;
  }
}

export function problemBody(status: ProblemStatus, problems: readonly Problem[]) {
  return {
    type: 'about:blank',
    title: TITLES[status],
    status,
    detail: problems.map(sentenceOf).join('; ') || TITLES[status],
    problems,
  };
}

function sentenceOf({ what, got, expected }: Problem): string {
  return `${what}: expected ${expected}, got ${got}`;
}

const GOT_CHARS_MAX = 80;

/** What was given, short enough to be said back. */
export function gotText(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > GOT_CHARS_MAX ? `${text.slice(0, GOT_CHARS_MAX - 1)}…` : text;
}
