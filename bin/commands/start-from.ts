import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../../lambdas/core/settings';
import { parseConfig } from '../../lib/config';
import { readTemplate, type TemplateRoad } from '../../local/template-plan';
import { UsageError } from './errors';
import { differencesOf } from './start-compare';
import type { StartOptions } from './start-options';
import { cutMiddle } from './text-table';

/** `--from DIR`: what `cdk synth` has written, in place of what the rig would make itself. */
export interface FromPlan {
  /** absolute */
  readonly dir: string;
  readonly stack?: string;
}

export function planFrom({ from, stack }: StartOptions): FromPlan | undefined {
  if (from !== undefined) return { dir: resolve(from), ...(stack !== undefined && { stack }) };
  if (stack !== undefined) throw new UsageError('--stack is of --from: say which folder it is in');
  return undefined;
}

export function loadFrom({ dir, stack }: FromPlan): TemplateRoad {
  return readTemplate(dir, stack);
}

/** A configuration, and the text of it that functions get. */
export interface ConfigOf {
  readonly settings: Settings;
  readonly settingsText: string;
}

/**
 * Of settings that the truth of a made-up event does not depend on: when events are (the clock has gone on since
 * the synthesis; figures of contents do not ask), how the road is sized, and who may ask.
 */
const FREE = ['events', 'lanes', 'expected', 'api'] as const satisfies (keyof Settings)[];
const SHOWN_MAX = 3;
const VALUE_COLUMNS_MAX = 60;

/** The configuration of a made-up event, or that of the template, if the event is one of it. */
export function configFor(config: unknown, template: TemplateRoad | undefined): ConfigOf {
  const own = parseConfig(config);
  if (template === undefined) return { settings: own, settingsText: JSON.stringify(config) };
  const { settings, settingsText } = template;
  const differences = differencesOf(withoutFree(own), withoutFree(settings));
  if (differences.length === 0) return { settings, settingsText };
  const shown = differences
    .slice(0, SHOWN_MAX)
    .map(({ path, truth, counted }) => `${path} is ${tell(counted)}, expected ${tell(truth)}`);
  const more = differences.length > SHOWN_MAX ? `; and ${differences.length - SHOWN_MAX} more` : '';
  throw new UsageError(
    `turnout.json of the stack ${template.stack} is of another event: ${shown.join('; ')}${more}. ` +
      'Write the one of this event with --write-config FILE and the same options, and synthesise it ' +
      'with npx cdk synth -c config=FILE',
  );
}

/** A replay counts by the configuration of the template, also when it goes on. */
export function checkReplayed(config: unknown, { settingsText, stack }: TemplateRoad): void {
  if (JSON.stringify(JSON.parse(settingsText)) === JSON.stringify(config)) return;
  throw new Error(
    `turnout.json of the stack ${stack} has changed since the replay was begun, expected the same`,
  );
}

/** What has no place beside `--write-config`, which plays nothing. */
export function checkWriting(options: StartOptions): void {
  for (const name of ['from', 'replay', 'keep', 'json'] as const) {
    if (options[name] === undefined) continue;
    throw new UsageError(`--write-config plays nothing: expected it without --${name}`);
  }
}

/** Writes turnout.json of a made-up event. Throws where there is a file: it may be somebody's. */
export function writeConfig(file: string, settingsText: string): void {
  const text = `${JSON.stringify(JSON.parse(settingsText), null, 2)}\n`;
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Error(`${file} exists, expected a new file`, { cause: error });
    throw new Error(`${file} cannot be written: ${message}`, { cause: error });
  }
}

function withoutFree(settings: Settings): Partial<Settings> {
  const free: readonly string[] = FREE;
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !free.includes(name)));
}

function tell(value: unknown): string {
  return value === undefined ? 'nothing' : cutMiddle(JSON.stringify(value), VALUE_COLUMNS_MAX);
}
