/**
 * The closed lists of the field: classes, outcomes, objects, devices. The position of a name in its
 * list is the number that state and packets carry, so new names go to the end.
 */

/** What sent a hit. In order of precedence: the class of a viewer is the highest of its hits. */
export const CLASSES = [
  'player',
  'browser',
  'declared_bot',
  'verified_crawler',
  'fake_crawler',
  'tool',
  'datacentre',
  'malformed',
  'suspect',
] as const;
export type HitClass = (typeof CLASSES)[number];

/** Classes below this position are persons (player, browser); the others are invalid. */
export const PERSON_CLASSES = 2;

/** How the edge answered (VIEW_DEFINITION H2_outcome). The first four turn people away, in this order. */
export const OUTCOMES = ['refusedByUs', '4xx', '5xx', 'hungUp', 'served', 'other'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Causes of a session turned away: an outcome, or an entry after which nothing was ever asked. */
export const CAUSES = ['refusedByUs', '4xx', '5xx', 'hungUp', 'neverAsked'] as const;
export type Cause = (typeof CAUSES)[number];

/** What a hit asks for (VIEW_DEFINITION H3_object). */
export const OBJECTS = ['asset', 'manifest', 'media', 'init', 'entry', 'page'] as const;
export type EdgeObject = (typeof OBJECTS)[number];

/** Device families, a function of the user agent. */
export const DEVICES = [
  'other',
  'phone',
  'tablet',
  'desktop',
  'tv',
  'console',
  'speaker',
  'wearable',
  'car',
] as const;
export type Device = (typeof DEVICES)[number];

/** The sorts of content. `download` is reserved: no rule counts it yet. */
export const KINDS = ['stream', 'page', 'download'] as const;
export type Kind = (typeof KINDS)[number];
