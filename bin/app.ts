import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';

import { bundleFunctions } from '../lib/bundle';
import { parseConfig } from '../lib/config';
import { makeTurnoutStack } from '../lib/turnout-stack';

/**
 * The CDK app: `npx cdk deploy` in this folder. Reads turnout.json beside cdk.json, or the file that
 * `-c config=PATH` names. Without either it counts under the defaults, as `turnout recount` does.
 */
const CONFIG_FILE = 'turnout.json';

function readSettingsText(given: unknown): { readonly name: string; readonly text: string } {
  if (typeof given === 'string') return { name: given, text: readFileSync(given, 'utf8') };
  if (existsSync(CONFIG_FILE)) {
    return { name: CONFIG_FILE, text: readFileSync(CONFIG_FILE, 'utf8') };
  }
  process.stderr.write(`no ${CONFIG_FILE}: counting under the defaults\n`);
  return { name: CONFIG_FILE, text: '{}' };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

async function makeApp(): Promise<void> {
  const app = new App({ autoSynth: false }); // nothing is made of what is refused
  const { name, text } = readSettingsText(app.node.tryGetContext('config'));
  const settings = parseConfig(parseJson(name, text), name);
  const bundles = await bundleFunctions({
    outdir: join(app.outdir, 'bundles'),
    settingsText: text,
  });
  makeTurnoutStack(app, {
    settings,
    bundles,
    env: {
      // Without an account at hand the template is made for any.
      ...(process.env['CDK_DEFAULT_ACCOUNT'] && { account: process.env['CDK_DEFAULT_ACCOUNT'] }),
      region: process.env['CDK_DEFAULT_REGION'] ?? 'us-east-1',
    },
  });
  app.synth();
}

makeApp().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
