import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const CDK = join(ROOT, 'node_modules/.bin/cdk');

export interface CdkRun {
  readonly status: number | null;
  /** Of both streams, in the order in which they came. */
  readonly output: string;
}

export interface CdkPlace {
  /** Where `cdk.json` is looked for. */
  readonly cwd: string;
  /** A folder for what the CLI keeps between runs. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the CDK command line with nothing of this machine: no profile, no proxy, no telemetry. */
export function runCdk(args: readonly string[], { cwd, home, env }: CdkPlace): Promise<CdkRun> {
  return runIn(CDK, args, {
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      CDK_HOME: home,
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
      CI: '1',
      ...env,
    },
  });
}

function runIn(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<CdkRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const parts: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part: Buffer) => parts.push(part.toString()));
    }
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output: parts.join('') }));
  });
}
