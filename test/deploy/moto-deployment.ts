import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';

import { bundleFunctions } from '../../lib/bundle';
import { parseConfig } from '../../lib/config';
import { makeTurnoutStack, STACK_NAME } from '../../lib/turnout-stack';
import { deployedContext, type Resource } from '../lib/stack-support';
import { type CdkRun, runCdk } from '../support/cdk';
import { type Moto, MOTO_ACCOUNT, MOTO_CREDENTIALS, MOTO_REGION, startMoto } from '../support/moto';

/** An account of moto, bootstrapped, and apps in a folder that the CDK command line deploys to it. */
export class MotoDeployment {
  private constructor(
    readonly moto: Moto,
    readonly dir: string,
  ) {}

  static async start(): Promise<MotoDeployment> {
    const dir = mkdtempSync(join(tmpdir(), 'turnout-deploy-'));
    mkdirSync(join(dir, 'empty'));
    const deployment = new MotoDeployment(await startMoto(), dir);
    // In a folder without cdk.json, or it would make the app first.
    const bootstrap = deployment.cdk('bootstrap', `aws://${MOTO_ACCOUNT}/${MOTO_REGION}`);
    const [run] = await Promise.all([bootstrap, deployment.synth('first')]);
    expectGood(run);
    return deployment;
  }

  async stop(): Promise<void> {
    await this.moto.stop();
    rmSync(this.dir, { recursive: true });
  }

  /** What leads clients to moto. */
  get variables(): Record<string, string> {
    return {
      AWS_ACCESS_KEY_ID: MOTO_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: MOTO_CREDENTIALS.secretAccessKey,
      AWS_REGION: MOTO_REGION,
      AWS_ENDPOINT_URL: this.moto.endpoint,
    };
  }

  cdk(...args: string[]): Promise<CdkRun> {
    const env = {
      ...this.variables,
      // Only parsed, by moto itself: it does not understand its own address in that of a template.
      AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: `https://s3.${MOTO_REGION}.amazonaws.com`,
    };
    const place = { cwd: join(this.dir, 'empty'), home: join(this.dir, 'home'), env };
    return runCdk([...args, '--no-notices'], place);
  }

  deploy(name: string, ...more: string[]): Promise<CdkRun> {
    const app = ['--app', join(this.dir, name), '--method', 'direct'];
    return this.cdk('deploy', STACK_NAME, ...app, '--require-approval', 'never', ...more);
  }

  /** All of it anew, in another folder, as another machine would. */
  async synth(name: string, settingsText = '{}'): Promise<void> {
    process.env['CDK_VALIDATION'] = 'false';
    const app = new App({ context: deployedContext(), outdir: join(this.dir, name) });
    makeTurnoutStack(app, {
      settings: parseConfig(JSON.parse(settingsText)),
      bundles: await bundleFunctions({ outdir: this.bundlesOf(name), settingsText }),
      env: { account: MOTO_ACCOUNT, region: MOTO_REGION },
    });
    app.synth();
  }

  bundlesOf(name: string): string {
    return join(this.dir, `${name}-bundles`);
  }

  resourcesOf(name: string): [id: string, resource: Resource][] {
    const text = readFileSync(join(this.dir, name, `${STACK_NAME}.template.json`), 'utf8');
    const { Resources } = JSON.parse(text) as { readonly Resources: Record<string, Resource> };
    return Object.entries(Resources);
  }
}

export function expectGood({ status, output }: CdkRun): void {
  // The output says why, so it is what a failure shows.
  if (status !== 0) throw new Error(`cdk ended with status ${status}, expected 0\n${output}`);
}
