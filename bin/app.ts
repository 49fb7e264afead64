import { existsSync } from 'node:fs';

import { App } from 'aws-cdk-lib';

import { type ConfigSource, prepare } from '../lib/bundle-config';
import { DemoStack } from '../lib/demo/demo-stack';
import { makeTurnoutStack, stackNameOf } from '../lib/turnout-stack';
import { contextOf } from './app-context';

/**
 * The CDK app: `npx cdk deploy` in this folder. Reads turnout.json beside cdk.json, or the file that
 * `-c config=PATH` names. Without either it counts under the defaults, as `turnout recount` does.
 */
const CONFIG_FILE = 'turnout.json';

function sourceOf(given: string | undefined): ConfigSource {
  if (given !== undefined) return given;
  if (existsSync(CONFIG_FILE)) return CONFIG_FILE;
  process.stderr.write(`no ${CONFIG_FILE}: counting under the defaults\n`);
  return {};
}

function makeApp(): void {
  const app = new App({ autoSynth: false }); // nothing is made of what is refused
  const { config, stage, isDemo, ...options } = contextOf((key) => app.node.tryGetContext(key));
  const stackName = stackNameOf(stage);
  const env = {
    // Without an account at hand the template is made for any.
    ...(process.env['CDK_DEFAULT_ACCOUNT'] && { account: process.env['CDK_DEFAULT_ACCOUNT'] }),
    region: process.env['CDK_DEFAULT_REGION'] ?? 'us-east-1',
  };
  const { turnout } = makeTurnoutStack(app, {
    ...prepare({ source: sourceOf(config), outdir: `${app.outdir}/bundles` }),
    ...options,
    ...(stage !== undefined && { stage }),
    env,
  });
  if (isDemo) new DemoStack(app, `${stackName}-demo`, { turnout, env });
  app.synth();
}

try {
  makeApp();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
