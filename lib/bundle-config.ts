import { readFileSync } from 'node:fs';

import { type Bundles, bundleFunctionsSync, skipBundling } from './bundle';
import { type ConfigInput, parseConfig, type Settings } from './config';

/** turnout.json: its path, or what would stand in it. */
export type ConfigSource = string | ConfigInput;

/** A configuration that was checked, and the functions that were bundled with the same. */
export interface Prepared {
  readonly settings: Settings;
  readonly bundles: Bundles;
}

export interface ConfigText {
  /** For errors. */
  readonly name: string;
  readonly text: string;
}

/** Names the file in each error. */
export function readConfig(source: ConfigSource): ConfigText & { readonly settings: Settings } {
  const { name, text } = textOf(source);
  return { name, text, settings: parseConfig(parseJson(name, text), name) };
}

/** Reads and checks a configuration, and bundles the functions with it. */
export function prepare(given: {
  readonly source: ConfigSource;
  readonly outdir: string;
  /** @default true */
  readonly isBundling?: boolean;
}): Prepared {
  const { text: settingsText, settings } = readConfig(given.source);
  const bundle = given.isBundling === false ? skipBundling : bundleFunctionsSync;
  return { settings, bundles: bundle({ outdir: given.outdir, settingsText }) };
}

function textOf(source: ConfigSource): ConfigText {
  if (typeof source === 'string') return { name: source, text: readFileSync(source, 'utf8') };
  return { name: 'config', text: `${JSON.stringify(source, undefined, 2)}\n` };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}
