/** Lines of a crowd read back the obvious way, for whoever wants to see them as an edge log. */
import datacentres from '../../lambdas/core/edge/data/datacentres.json';
import { TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import {
  DECLARED_BOTS,
  FAKE_CRAWLERS,
  HEADLESS,
  NO_AGENT,
  PEOPLE_AGENTS,
  RESTREAMERS,
  TOOLS,
} from '../../local/crowd/agents';
import type { CrowdAgent } from '../../local/crowd/agents';
import type { Crowd, CrowdLine, CrowdOptions } from '../../local/crowd/crowd';
import type { OracleLine } from '../reference/oracle';
import { readColumnsSlowly } from '../reference/slow-line';

export const AGENTS: readonly CrowdAgent[] = [
  ...PEOPLE_AGENTS,
  ...DECLARED_BOTS,
  ...FAKE_CRAWLERS,
  ...TOOLS,
  ...RESTREAMERS,
  ...HEADLESS,
  ...NO_AGENT,
];

const BY_TEXT = new Map(AGENTS.map((agent) => [agent.text, agent]));
const HOSTERS = new Set(datacentres.asns.map(String));

/** A small crowd of 20:00 with what a test wants otherwise. */
export function crowdOptions(options: Partial<CrowdOptions> & { seed: number }): CrowdOptions {
  return { viewers: 40, minutes: 4, startAtMs: Date.parse('2026-11-24T20:00:00Z'), ...options };
}

/** All lines, or the first so many. */
export function linesOf(crowd: Crowd, count = Infinity): CrowdLine[] {
  const lines: CrowdLine[] = [];
  for (const line of crowd.lines()) {
    lines.push(line);
    if (lines.length >= count) break;
  }
  return lines;
}

export function bytesOf(lines: readonly { line: string }[]): Uint8Array {
  return new TextEncoder().encode(lines.map(({ line }) => line).join(''));
}

/** By field name, or why it cannot be read. */
export function fieldsOf(
  line: string,
): { ok: true; fields: Readonly<Record<string, string>> } | { ok: false; reason: string } {
  const fields = readColumnsSlowly(TURNOUT_FIELDS, line.replace(/\n$/, ''));
  if (fields === 'too_few_fields') return { ok: false, reason: fields };
  const bad = (reason: string) => ({ ok: false, reason }) as const;
  if (!/^1\d{9}\.\d{3}$/.test(fields['timestamp']!)) return bad('bad_timestamp');
  if (
    !/^(\d{1,2}|1\d\d|2[0-5]\d)(\.\d{1,3}){3}$|^2001:db8(:[0-9a-f]{1,4}){2}:/.test(fields['c-ip']!)
  )
    return bad('bad_address');
  if (/:::/.test(fields['c-ip']!)) return bad('bad_address');
  if (!/^[0-5]\d\d$/.test(fields['sc-status']!)) return bad('bad_status');
  return { ok: true, fields };
}

/** As the oracle wants a line; undefined for one that cannot be read. */
export function oracleLineOf({ line }: { line: string }): OracleLine | undefined {
  const read = fieldsOf(line);
  if (!read.ok) return undefined;
  const { fields } = read;
  const field = (name: string) => (fields[name] === '-' ? undefined : fields[name]!);
  const userAgent = decodeURIComponent(field('cs-user-agent') ?? '');
  const agent = BY_TEXT.get(userAgent)!;
  const isPerson = agent.class === 'player' || agent.class === 'browser';
  const isHosted = isPerson && HOSTERS.has(fields['asn']!);
  const number = (name: string) => (field(name) === undefined ? undefined : Number(field(name)));
  return withoutUndefined({
    tMs: Math.round(Number(fields['timestamp']) * 1000),
    ip: fields['c-ip']!,
    status: fields['sc-status']!,
    method: fields['cs-method']!,
    host: fields['cs-host']!,
    path: fields['cs-uri-stem']!.replace(/\?.*/, ''),
    query: field('cs-uri-query'),
    userAgent,
    class: isHosted ? 'datacentre' : agent.class,
    country: field('c-country') ?? '',
    device: agent.device,
    edge: fields['x-edge-location']!,
    sessionId: field('cmcd-session-id'),
    objectDurationMs: number('cmcd-object-duration'),
    objectType: field('cmcd-object-type'),
    detailedResult: field('x-edge-detailed-result-type'),
    rangeStart: number('sc-range-start'),
    rangeEnd: number('sc-range-end'),
    contentType: field('sc-content-type'),
  });
}

function withoutUndefined(line: {
  [Key in keyof OracleLine]: OracleLine[Key] | undefined;
}): OracleLine {
  return Object.fromEntries(
    Object.entries(line).filter(([, value]) => value !== undefined),
  ) as unknown as OracleLine;
}
