import { AspectPriority, Aspects, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnDistribution, type IDistribution } from 'aws-cdk-lib/aws-cloudfront';

export interface AttachOptions {
  /**
   * Path patterns of the behaviours that carry what is counted, `*` for the default one.
   *
   * @default all behaviours
   */
  readonly paths?: readonly string[];
  /**
   * Whether another real-time log configuration may be taken off. A behaviour has one, so whoever reads
   * the other would get nothing more.
   *
   * @default false
   */
  readonly isReplacing?: boolean;
}

/** CloudFront calls the default behaviour so. */
const DEFAULT_PATH = '*';

interface Behaviour {
  readonly path: string;
  /** Of the property, in the template. */
  readonly at: string;
  readonly logConfig: unknown;
}

/**
 * Has behaviours of a distribution write their lines by a log configuration. It is done at synth, when
 * all behaviours are known, also those that are added later.
 */
export function attachLog(
  distribution: CfnDistribution,
  logConfigArn: string,
  options: AttachOptions,
): void {
  const visit = (node: unknown) => {
    if (node !== distribution) return;
    for (const { at } of behavioursFor(distribution, options)) {
      distribution.addPropertyOverride(`${at}.RealtimeLogConfigArn`, logConfigArn);
    }
  };
  Aspects.of(distribution).add({ visit }, { priority: AspectPriority.MUTATING });
}

/** The resource behind it. What is made elsewhere cannot be changed from here. */
export function cfnDistributionOf(distribution: IDistribution | CfnDistribution): CfnDistribution {
  const resource: unknown =
    distribution instanceof CfnDistribution ? distribution : distribution.node.defaultChild;
  if (isCfnDistribution(resource)) return resource;
  throw new Error(
    `${distribution.node.path} is made elsewhere, expected a distribution of this app: attach the log configuration by hand (docs/DEPLOY.md)`,
  );
}

function isCfnDistribution(resource: unknown): resource is CfnDistribution {
  const type = CfnDistribution.CFN_RESOURCE_TYPE_NAME;
  return CfnResource.isCfnResource(resource) && resource.cfnResourceType === type;
}

function behavioursFor(
  distribution: CfnDistribution,
  { paths, isReplacing = false }: AttachOptions,
): Behaviour[] {
  const all = behavioursOf(distribution);
  const { path: where } = distribution.node;
  const known = all.map(({ path }) => path);
  const unknown = (paths ?? []).filter((path) => !known.includes(path));
  if (unknown.length > 0 || paths?.length === 0) {
    const got = unknown.join(' ') || 'none';
    throw new Error(`${where} has no behaviour for ${got}, expected some of ${known.join(' ')}`);
  }
  const chosen = all.filter(({ path }) => paths?.includes(path) ?? true);
  const taken = chosen.filter(({ logConfig }) => logConfig !== undefined);
  if (taken.length === 0 || isReplacing) return chosen;
  const names = taken.map(({ path }) => path).join(' ');
  throw new Error(
    `${where} has another real-time log configuration on ${names}, expected none: name the other paths, or let it be replaced with isReplacing`,
  );
}

function behavioursOf(distribution: CfnDistribution): Behaviour[] {
  const config = Stack.of(distribution).resolve(
    distribution.distributionConfig,
  ) as CfnDistribution.DistributionConfigProperty;
  const others = (config.cacheBehaviors ?? []) as CfnDistribution.CacheBehaviorProperty[];
  const { realtimeLogConfigArn } =
    config.defaultCacheBehavior as CfnDistribution.DefaultCacheBehaviorProperty;
  return [
    {
      path: DEFAULT_PATH,
      at: 'DistributionConfig.DefaultCacheBehavior',
      logConfig: realtimeLogConfigArn,
    },
    ...others.map(({ pathPattern, realtimeLogConfigArn: logConfig }, n) => ({
      path: pathPattern,
      at: `DistributionConfig.CacheBehaviors.${n}`,
      logConfig,
    })),
  ];
}
