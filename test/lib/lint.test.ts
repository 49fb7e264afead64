import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { parseConfig } from '../../lib/config';
import { DemoStack } from '../../lib/demo/demo-stack';
import { makeTurnoutStack } from '../../lib/turnout-stack';
import { deployedContext, standInBundles } from './stack-support';

/** Goal: CloudFormation takes the templates. Method: cfn-lint, where it is installed (Python, 1.51). */
const RUN_MS_MAX = 120_000;
/** W3005: a DependsOn that the CDK writes beside a reference. */
const IGNORED = 'W3005';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'turnout-lint-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function lint(templates: Readonly<Record<string, object>>) {
  const paths = Object.entries(templates).map(([name, template]) => {
    const path = join(dir, `${name}.template.json`);
    writeFileSync(path, JSON.stringify(template));
    return path;
  });
  const args = ['-r', 'us-east-1', '-i', IGNORED, '--', ...paths];
  const { status, stdout, stderr } = spawnSync('cfn-lint', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** With everything that can be switched on, and the demo. */
function fullTemplates(): Record<string, object> {
  // The library's own validator takes seconds; test/lib/synth.test.ts has it.
  process.env['CDK_VALIDATION'] = 'false';
  const app = new App({ context: deployedContext(), outdir: join(dir, 'cdk.out') });
  const env = { region: 'us-east-1' };
  const stack = makeTurnoutStack(app, {
    settings: parseConfig({}),
    bundles: standInBundles(dir),
    ...{ env, webAcl: true, archive: true },
  });
  const demo = new DemoStack(app, 'Demo', { turnout: stack.turnout, env });
  const [full, tried] = [stack, demo].map((it) => Template.fromStack(it).toJSON() as object);
  return { full: full!, demo: tried! };
}

const isInstalled = spawnSync('cfn-lint', ['--version']).status === 0;
if (!isInstalled) {
  // Jest names no test of a file that it skips whole, so the reason is written beside it.
  process.stderr.write('cfn-lint: skipped: cfn-lint absent, pip install cfn-lint\n');
}
const describeWithLint = isInstalled ? describe : describe.skip;

describeWithLint(`cfn-lint${isInstalled ? '' : ' (skipped: cfn-lint absent)'}`, () => {
  it(
    'has nothing against the templates',
    () => {
      expect(lint(fullTemplates())).toEqual({ status: 0, output: '' });
    },
    RUN_MS_MAX,
  );

  it(
    'would have something against a wrong one (canary)',
    () => {
      const Resources = { Topic: { Type: 'AWS::SNS::Topic', Properties: { Name: 'alarms' } } };
      const { status, output } = lint({ wrong: { Resources } });
      expect(status).not.toBe(0);
      expect(output).toContain('E3002');
    },
    RUN_MS_MAX,
  );
});
