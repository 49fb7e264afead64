import { BOUND_CASES } from './cases/bounds';
import { EVENT_CASES } from './cases/events';
import { FIGURE_CASES } from './cases/figures';
import { FORMAT_CASES } from './cases/formats';
import { GROUP_CASES } from './cases/groups';
import { HIT_CASES } from './cases/hits';
import { PRESENCE_CASES } from './cases/presence';
import { SESSION_CASES } from './cases/sessions';
import { TIME_CASES } from './cases/time';
import { VIEWER_CASES } from './cases/viewers';

export const GOLDEN_CASES = [
  ...TIME_CASES,
  ...HIT_CASES,
  ...VIEWER_CASES,
  ...PRESENCE_CASES,
  ...SESSION_CASES,
  ...GROUP_CASES,
  ...FIGURE_CASES,
  ...EVENT_CASES,
  ...BOUND_CASES,
  ...FORMAT_CASES,
];
