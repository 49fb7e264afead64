// As a whole: `{ z }` would carry zod's sentences in 50 languages into each function, 360 KB.
import * as z from 'zod';

import { EDGE_FIELDS, TURNOUT_FIELDS } from '../lambdas/core/edge/edge-fields';
import {
  BLOCK_STATUSES,
  COUNTS,
  DEFAULT_SETTINGS,
  EDGE_STREAMS,
  GUARD_MODES,
  GUARD_SCOPES,
  LANE_COUNTS,
  LIMITS,
} from '../lambdas/core/settings';
import { hint, INSTANT, isInstant } from './config-problems';
import { exact, fail, list, numberIn, text, whole, wholeIn } from './config-values';

// Ids are printed in tables and are keys of documents. "(" is kept for contents that Turnout names
// itself, and "/" begins the ids that are made from paths.
const id = text(
  /^(?!__proto__$)[^\s(/\p{Cc}](?:[^\p{Cc}]*[^\s\p{Cc}])?$/u,
  COUNTS.idCharsMax,
  `1 to ${COUNTS.idCharsMax} printable characters that do not begin with "/", "(" or a space`,
);

const host = text(
  /^(?:(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])$/,
  253,
  'a host name without port, "*." in front for all below it',
);

const globs = (of: string) =>
  list(
    text(
      /^[/*][^\s?#\\{}[\]]*$/,
      COUNTS.globCharsMax,
      'a glob that begins with "/" or "*", knows "*" (within a directory) and "**" (across), and holds no space, query, "\\", braces or brackets',
    ),
    { min: 1, max: COUNTS.globsMax, of },
  );

const instantError = fail(
  'an ISO 8601 time with its zone, such as 2026-11-24T20:00:00Z or 2026-11-24T21:00+01:00',
);
const instant = z.string(instantError).regex(INSTANT, instantError).refine(isInstant, instantError);

const cidrError = fail('a CIDR such as 192.0.2.0/24 or 2001:db8::/32');
const cidrs = list(
  z
    .string(cidrError)
    .regex(/^[0-9A-Fa-f.:]{2,45}\/\d{1,3}$/, cidrError)
    .refine((value) => z.union([z.cidrv4(), z.cidrv6()]).safeParse(value).success, cidrError),
  { min: 0, max: COUNTS.networksMax, of: 'CIDRs' },
);

const zoneError = fail('an IANA time zone such as UTC or Europe/Berlin');
const statusError = fail(`one of ${BLOCK_STATUSES.join(', ')}`);
const modeError = fail(`one of ${GUARD_MODES.join(', ')}`);
const scopeError = fail(`one of ${GUARD_SCOPES.join(', ')}`);
const edgeStreamError = fail(`one of ${EDGE_STREAMS.join(', ')}`);

const ContentSchema = exact({
  id: id.describe(
    'Name of the content in every report. One content may have several hosts and paths.',
  ),
  kind: z
    .enum(['stream', 'page'], fail('"stream" or "page"'))
    .describe('stream: HLS or DASH. page: HTML pages.'),
  hosts: list(host, { min: 1, max: COUNTS.hostsMax, of: 'host names' })
    .optional()
    .describe(
      'Hosts that carry it, exact or "*.example.com". Left out: any host, also lines without one.',
    ),
  paths: globs('globs').describe(
    'Its paths, without query: "*" within a directory, "**" across. The first content that matches wins.',
  ),
  segmentSeconds: numberIn(LIMITS.segmentSeconds, 'seconds')
    .default(LIMITS.segmentSeconds.fallback)
    .describe(
      'Length of a media segment: what one segment proves when the player sends no CMCD duration.',
    ),
  parts: exact({
    paths: globs('globs').describe('Paths of parts.'),
    seconds: numberIn(LIMITS.partSeconds, 'seconds').describe(
      'Length of a part, at most segmentSeconds.',
    ),
  })
    .optional()
    .describe('Low-latency HLS: media that is shorter than a segment.'),
  entry: globs('globs')
    .optional()
    .describe(
      'Paths that people call before they watch (event page, join call). Who calls one and gets no media was turned away.',
    ),
});

const GuardSchema = exact({
  mode: z
    .enum(GUARD_MODES, modeError)
    .default(DEFAULT_SETTINGS.guard.mode)
    .describe('Inside event windows, and always if there are none.'),
  outsideEvents: z
    .enum(GUARD_MODES, modeError)
    .default(DEFAULT_SETTINGS.guard.outsideEvents)
    .describe('Outside event windows.'),
  scope: z
    .enum(GUARD_SCOPES, scopeError)
    .default(DEFAULT_SETTINGS.guard.scope)
    .describe(
      'CLOUDFRONT: web ACLs of distributions, in us-east-1. REGIONAL: those of load balancers and APIs that viewers reach directly, in any region. Fixed per deployment.',
    ),
  setsV4: whole(LIMITS.setsV4, 'IP sets for IPv4, 10,000 CIDRs each, of each of the two lists.'),
  setsV6: whole(LIMITS.setsV6, 'The same for IPv6.'),
  viewerWeight: whole(
    LIMITS.viewerWeight,
    'Attack requests in 10 seconds that one verified viewer weighs up.',
  ),
  collateralPercentMax: numberIn(LIMITS.collateralPercentMax, 'percent')
    .default(LIMITS.collateralPercentMax.fallback)
    .describe('Share of all verified viewers that blocks may cover.'),
  listChangePercentMax: whole(
    LIMITS.listChangePercentMax,
    'Share of the capacity of a list that one pass may change, beyond expiries.',
  ),
  rollbackFallPercent: whole(
    LIMITS.rollbackFallPercent,
    'Fall of verified presence after a push that takes the push back.',
  ),
  firstMinutes: whole(LIMITS.firstMinutes, 'Length of a first block; each further one doubles it.'),
  longestMinutes: whole(LIMITS.longestMinutes, 'Longest block.'),
  keepDays: whole(LIMITS.keepDays, 'Days after which addresses in Blocks and audit expire.'),
  allow: cidrs.default([]).describe('CIDRs that are never blocked.'),
  own: cidrs
    .default([])
    .describe('Our own delivery, monitoring and offices: never blocked either.'),
  blockPrivate: z
    .boolean(fail('true or false'))
    .default(false)
    .describe('Whether private, shared and reserved ranges may be blocked, as a rehearsal needs.'),
});

const EventSchema = exact({
  id: id.describe('Name of the event in every report.'),
  content: id.describe('Id of the content that it shows.'),
  start: instant.describe('Announced start, ISO 8601 with zone.'),
  end: instant.describe(`End, after the start, at most ${COUNTS.eventHoursMax} hours later.`),
});

const ExpectedSchema = exact({
  viewers: wholeIn(LIMITS.viewers).describe('Viewers at once, at the highest.'),
  segmentSeconds: numberIn(LIMITS.segmentSeconds, 'seconds')
    .default(LIMITS.segmentSeconds.fallback)
    .describe('How often a player asks: the length of a segment, or of a part.'),
  requestsPerSegment: whole(
    LIMITS.requestsPerSegment,
    'Requests of a player in that time: a playlist and a segment; four with audio apart.',
  ),
  edgeStream: z
    .enum(EDGE_STREAMS, edgeStreamError)
    .default('on_demand')
    .describe(
      'on_demand: grows by itself. warm: on demand, ready for all of it at once; needs On-demand Advantage. provisioned: shards for it, paid by the hour.',
    ),
});

const ApiSchema = exact({
  jwt: exact({
    issuer: text(
      /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~/-]*)?$/,
      COUNTS.tokenCharsMax,
      `an https URL of up to ${COUNTS.tokenCharsMax} characters, without query`,
    ).describe('Claim iss of the tokens; their keys are found from there (OpenID Connect).'),
    audience: list(
      text(
        /^[!-~]+$/,
        COUNTS.tokenCharsMax,
        `1 to ${COUNTS.tokenCharsMax} printable characters without a space`,
      ),
      { min: 1, max: COUNTS.audiencesMax, of: 'audiences' },
    ).describe('Claim aud or client_id: one of these.'),
  })
    .optional()
    .describe('Tokens instead of IAM: scope turnout/views for figures, turnout/guard for blocks.'),
});

export const ConfigSchema = exact({
  $schema: z
    .string(fail('a text'))
    .optional()
    .describe('Path of turnout.schema.json, for editors.'),
  contents: list(ContentSchema, { min: 0, max: COUNTS.contentsMax, of: 'contents' })
    .default([])
    .describe(
      'What is watched or read. Hits that no content claims are grouped by host and directory (streams) or path (pages).',
    ),
  events: list(EventSchema, { min: 0, max: COUNTS.eventsMax, of: 'events' })
    .default([])
    .describe('Named windows of contents.'),
  timeZone: z
    .string(zoneError)
    .refine(isTimeZone, zoneError)
    .default('UTC')
    .describe('IANA time zone of the broadcast day.'),
  dayStartHour: whole(LIMITS.dayStartHour, 'Hour at which a broadcast day begins.'),
  blockStatus: z
    .literal(BLOCK_STATUSES, statusError)
    .default(LIMITS.blockStatus.fallback)
    .describe(
      'HTTP status with which the block rule answers, so that logs tell our refusals from the origin’s. Not 403; what AWS WAF takes.',
    ),
  sessionIdsMax: whole(
    LIMITS.sessionIdsMax,
    'How many CMCD session ids one address and user agent can be told apart by.',
  ),
  lanes: z
    .literal(LANE_COUNTS, fail(`one of ${LANE_COUNTS.join(', ')}`))
    .default(DEFAULT_SETTINGS.lanes)
    .describe(
      'Equal shares of all viewers that are counted apart. Fixed per deployment: cannot be changed after the first deploy.',
    ),
  expected: ExpectedSchema.optional().describe(
    'The largest audience. Checked against lanes, and what streams and tables are sized by.',
  ),
  realtimeFields: list(
    z.enum(EDGE_FIELDS, {
      error: ({ input }) => `the name of a CloudFront real-time field${hint(input, EDGE_FIELDS)}`,
    }),
    { min: 1, max: EDGE_FIELDS.length, of: 'names of CloudFront real-time fields' },
  )
    .default([...TURNOUT_FIELDS])
    .describe('Fields of the real-time log configuration, in any order. A field may stand once.'),
  thresholds: exact({
    viewersPerAddressMax: whole(
      LIMITS.viewersPerAddressMax,
      'Viewers with a start held per address (IPv4, IPv6 /64), content and day.',
    ),
    waitingPerAddressMax: whole(
      LIMITS.waitingPerAddressMax,
      'Viewers without a start held per address, content and day.',
    ),
    pagesPerDayMax: whole(
      LIMITS.pagesPerDayMax,
      'Page requests of one viewer and day; who asks for more is no reader.',
    ),
    interruptionViewersMin: whole(
      LIMITS.interruptionViewersMin,
      'Verified concurrent viewers from which on a fall can be an interruption.',
    ),
    interruptionFallPercent: whole(
      LIMITS.interruptionFallPercent,
      'Fall of verified concurrency within 30 s that is an interruption.',
    ),
  })
    .prefault({})
    .describe('Thresholds of the view definition.'),
  networks: exact({
    datacentre: cidrs
      .default([])
      .describe('CIDRs that are data centres, beside the built-in list.'),
    people: cidrs.default([]).describe('CIDRs that are people, whatever the built-in list says.'),
  })
    .prefault({})
    .describe('Corrections to the built-in network lists.'),
  guard: GuardSchema.prefault({}).describe('What is blocked in AWS WAF, and what never is.'),
  api: ApiSchema.prefault({}).describe(
    'Who may ask the HTTP API: callers by IAM, if nothing is said.',
  ),
}).describe('Configuration of Turnout. Every key may be left out.');
export type ConfigFile = z.infer<typeof ConfigSchema>;
/** What may stand in turnout.json. */
export type ConfigInput = z.input<typeof ConfigSchema>;

function isTimeZone(name: string): boolean {
  // Newer engines also take "+01:00", which knows no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // a RangeError is how Intl says no
  }
}
