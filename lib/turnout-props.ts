import { Stack, Stage } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

import type { Bundles } from './bundle';
import { type ConfigSource, prepare, type Prepared } from './bundle-config';
import type { Settings } from './config';
import type { ArchiveOptions } from './constructs/archive';
import type { MonitoringOptions } from './constructs/monitoring';
import type { WebAclOptions } from './constructs/web-acl';

export interface TurnoutProps extends MonitoringOptions {
  /**
   * turnout.json: its path, or what would stand in it. The functions are bundled with it at synth, by
   * esbuild and without Docker.
   *
   * @default {}, which counts under the defaults
   */
  readonly config?: ConfigSource;
  /**
   * In place of `config`, with `bundles`: a configuration that was checked before.
   *
   * @default read from `config`
   */
  readonly settings?: Settings;
  /**
   * In place of `config`, with `settings`: functions that were bundled before, with the same turnout.json.
   *
   * @default bundled at synth
   */
  readonly bundles?: Bundles;
  /**
   * How long the logs of the functions are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
  /**
   * Makes a web ACL with the guard in it, for `webAclId` of a distribution that has none.
   *
   * @default none: put `guardRule` into your own
   */
  readonly webAcl?: boolean | WebAclOptions;
  /**
   * Keeps the lines of attached distributions as standard logs in S3, to compare with.
   *
   * @default no archive
   */
  readonly archive?: boolean | ArchiveOptions;
  /**
   * A key of your own for streams, tables, secret, logs and archive. It must never go while they live,
   * and the stack must name its region, as CDK asks for tables.
   *
   * @default the keys of AWS
   */
  readonly encryptionKey?: IKey;
}

/** Configuration and functions, as given or made now. */
export function preparedOf(scope: Construct, props: TurnoutProps): Prepared {
  const { config, settings, bundles } = props;
  const given = Object.entries({ config, settings, bundles }).filter(([, it]) => it !== undefined);
  const names = given.map(([name]) => name).join(' and ');
  if (settings !== undefined && bundles !== undefined && config === undefined) {
    return { settings, bundles };
  }
  if (settings !== undefined || bundles !== undefined) {
    throw new Error(
      `${scope.node.path} was given ${names}, expected config, or settings and bundles of the same turnout.json`,
    );
  }
  const { outdir } = Stage.of(scope)!;
  return prepare({
    source: config ?? {},
    outdir: `${outdir}/bundles-${scope.node.addr}`,
    isBundling: Stack.of(scope).bundlingRequired,
  });
}
