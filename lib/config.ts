import * as z from 'zod';

import { sortFields } from '../lambdas/core/edge/edge-fields';
import type { Settings } from '../lambdas/core/settings';
import { gotText, hint, type Problem, relationProblems } from './config-problems';
import { type ConfigFile, type ConfigInput, ConfigSchema } from './config-schema';

export type { ConfigInput, Settings };
export { DEFAULT_SETTINGS } from '../lambdas/core/settings';

/**
 * turnout.json (or what the file is called), checked. Throws one error that names every problem, so that nobody repairs a file
 * one deploy at a time.
 */
export function parseConfig(json: unknown, name = 'turnout.json'): Settings {
  const result = ConfigSchema.safeParse(json, { reportInput: true });
  const problems = [
    ...(result.success ? [] : result.error.issues.flatMap(problemsOf)),
    ...relationProblems(json),
  ];
  if (result.success && problems.length === 0) return settingsOf(result.data);
  const sentences = problems.map((it) => `  ${it.where}: expected ${it.expected}, got ${it.got}`);
  // A value can fail two checks of one schema; both then say the same sentence.
  const lines = [...new Set(sentences)];
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  throw new Error(`${name} has ${count}\n${lines.join('\n')}`);
}

/** The JSON Schema by which editors complete and check turnout.json. */
export function makeJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(ConfigSchema, { io: 'input', target: 'draft-7' }),
    title: 'turnout.json',
  };
}

function settingsOf(file: ConfigFile): Settings {
  return {
    contents: file.contents.map(
      ({ id, kind, hosts = [], paths, segmentSeconds, parts, entry = [] }) => ({
        id,
        kind,
        hosts: hosts.map((name) => name.toLowerCase()),
        paths,
        segmentMs: Math.round(segmentSeconds * 1_000),
        parts: parts && { paths: parts.paths, partMs: Math.round(parts.seconds * 1_000) },
        entry,
      }),
    ),
    events: file.events.map(({ id, content, start, end }) => ({
      id,
      content,
      startAtMs: Date.parse(start),
      endAtMs: Date.parse(end),
    })),
    timeZone: file.timeZone,
    dayStartHour: file.dayStartHour,
    blockStatus: file.blockStatus,
    sessionIdsMax: file.sessionIdsMax,
    lanes: file.lanes,
    expected: file.expected,
    realtimeFields: sortFields(file.realtimeFields),
    thresholds: file.thresholds,
    networks: file.networks,
    guard: file.guard,
    api: { jwt: file.api.jwt },
  };
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const where = pathText(issue.path);
  if (issue.code !== 'unrecognized_keys') {
    return [{ where, expected: issue.message, got: gotText(issue.input) }];
  }
  const known = issue.message.replace(/^only the keys /, '').split(', ');
  return issue.keys.map((key) => ({
    where,
    expected: issue.message,
    got: gotText(key) + hint(key, known),
  }));
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('');
  return text.replace(/^\./, '') || 'the file';
}
