import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, Stack, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

import { parseConfig } from '../../lib/config';
import { explain } from '../../lib/constructs/explain';
import { DemoStack } from '../../lib/demo/demo-stack';
import type { TurnoutProps } from '../../lib/turnout';
import { makeTurnoutStack } from '../../lib/turnout-stack';
import { deployedContext, standInBundles } from './stack-support';

/**
 * Goal: the security review of whoever deploys this has nothing to ask. Method: cdk-nag's pack
 * AwsSolutions over the whole stack, with everything that can be switched on; each reason that we give
 * must belong to a finding that there would be without it.
 */
interface Finding {
  readonly rule: string;
  readonly path: string;
}

interface Reason extends Finding {
  readonly text: string;
}

const PACK = 'AwsSolutions-';

function findingsIn(app: App, isExplained: boolean): Finding[] {
  const pack = new AwsSolutionsChecks(app);
  // The pack has no switch for it; without it all findings are there, explained or not.
  if (!isExplained) Object.assign(pack, { isAcknowledged: () => false });
  return pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map((resource) => ({
      rule: ruleName,
      path: (resource as unknown as { readonly constructPath: string }).constructPath,
    })),
  );
}

function reasonsIn(scope: IConstruct): Reason[] {
  return scope.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .map(([id, text]) => ({ rule: id.replace(/^annotation::/i, ''), path: node.path, text }))
      .filter(({ rule }) => rule.startsWith(PACK)),
  );
}

/** Reasons for what nobody asks. */
function staleIn(app: App): Reason[] {
  const all = findingsIn(app, false);
  const covers = (reason: Reason) => (it: Finding) =>
    it.rule === reason.rule && `${it.path}/`.startsWith(`${reason.path}/`);
  return reasonsIn(app).filter((reason) => !all.some(covers(reason)));
}

let dir: string;
beforeAll(() => {
  process.env['CDK_VALIDATION'] = 'false';
  dir = mkdtempSync(join(tmpdir(), 'turnout-nag-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

interface AppParts {
  readonly json?: unknown;
  readonly props?: Partial<TurnoutProps>;
  readonly hasKey?: boolean;
  readonly hasDemo?: boolean;
}

function appOf(name: string, { json = {}, props, hasKey, hasDemo }: AppParts = {}): App {
  const app = new App({ context: deployedContext(), outdir: join(dir, `${name}.out`) });
  const env = { region: 'us-east-1' };
  const keys = hasKey && new Stack(app, 'Keys', { env });
  const { turnout } = makeTurnoutStack(app, {
    settings: parseConfig(json),
    bundles: standInBundles(mkdtempSync(join(dir, name))),
    env,
    ...props,
    ...(keys && { encryptionKey: new Key(keys, 'Key', { enableKeyRotation: true }) }),
  });
  if (hasDemo) new DemoStack(app, 'Demo', { turnout, env });
  return app;
}

const JWT = { issuer: 'https://login.example.org/', audience: ['turnout'] };

describe('cdk-nag', () => {
  it.each([
    ['the stack as it is by default', () => appOf('plain')],
    [
      'the stack with everything switched on',
      () => appOf('all', { props: { webAcl: true, archive: true }, hasKey: true }),
    ],
    ['the stack whose API asks for tokens', () => appOf('jwt', { json: { api: { jwt: JWT } } })],
    ['the demo', () => appOf('demo', { hasDemo: true })],
  ])('finds nothing in %s that is not explained, and no reason for nothing', (_, makeApp) => {
    const app = makeApp();
    expect(findingsIn(app, true)).toEqual([]);
    expect(staleIn(app)).toEqual([]);
    const reasons = reasonsIn(app);
    expect(reasons.length).toBeGreaterThan(0);
    // A sentence, and not "not needed".
    expect(reasons.filter(({ text }) => text.length < 40)).toEqual([]);
  });

  it('would find what is wrong, and what nobody asked (canary)', () => {
    const app = new App({ outdir: join(dir, 'canary.out') });
    const stack = new Stack(app, 'Canary');
    const bucket = new Bucket(stack, 'Bucket');
    const rules = () => findingsIn(app, true).map(({ rule }) => rule);
    expect(rules()).toEqual(['AwsSolutions-S1', 'AwsSolutions-S10']);
    explain(bucket, 'S1', 'as in this test');
    explain(bucket, 'SQS3', 'it is no queue');
    expect(rules()).toEqual(['AwsSolutions-S10']);
    expect(staleIn(app).map(({ rule }) => rule)).toEqual(['AwsSolutions-SQS3']);
  });
});
