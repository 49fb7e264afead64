import {
  CloudFrontClient,
  GetDistributionConfigCommand,
  GetRealtimeLogConfigCommand,
  ListDistributionsByRealtimeLogConfigCommand,
} from '@aws-sdk/client-cloudfront';
import {
  type FirewallManagerRuleGroup,
  GetWebACLCommand,
  ListWebACLsCommand,
  type Rule,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import {
  type DeploymentFacts,
  type DistributionFacts,
  type Fact,
  type WebAclFacts,
  type WebAclRule,
  readFact,
  readNext,
} from './deployment-facts';
import { type PreflightPlaces, preflightOptions } from './preflight-places';

type EdgeFacts = Pick<DeploymentFacts, 'logConfig' | 'distributions' | 'webAcls'>;

/** CloudFront, and what guards it, answer in this region alone. */
const CLOUDFRONT_REGION = 'us-east-1';
const WEB_ACLS_MAX = 100;

/** What stands before the road: who logs into it, and by which rules requests are looked at. */
export async function readEdgeFacts(places: PreflightPlaces): Promise<EdgeFacts> {
  const client = new CloudFrontClient({ ...preflightOptions(), region: CLOUDFRONT_REGION });
  const ARN = places.logConfigArn;
  const [logConfig, distributions] = await Promise.all([
    readFact('cloudfront:GetRealtimeLogConfig', async () => {
      const { RealtimeLogConfig: own } = await client.send(
        new GetRealtimeLogConfigCommand({ ARN }),
      );
      return {
        fields: own!.Fields!,
        samplingPercent: own!.SamplingRate!,
        streamArns: own!.EndPoints!.map((point) => point.KinesisStreamConfig?.StreamARN ?? ''),
      };
    }),
    readDistributions(client, ARN),
  ]);
  return { logConfig, distributions, webAcls: await readWebAcls(places, distributions) };
}

async function readDistributions(
  client: CloudFrontClient,
  arn: string,
): Promise<Fact<DistributionFacts[]>> {
  const ids = await readFact('cloudfront:ListDistributionsByRealtimeLogConfig', async () => {
    const input = { RealtimeLogConfigArn: arn };
    const { DistributionList } = await client.send(
      new ListDistributionsByRealtimeLogConfigCommand(input),
    );
    return (DistributionList?.Items ?? []).map(({ Id }) => Id!);
  });
  return readNext(ids, 'cloudfront:GetDistributionConfig', (all) =>
    Promise.all(all.map((id) => readDistribution(client, id))),
  );
}

async function readDistribution(client: CloudFrontClient, id: string): Promise<DistributionFacts> {
  const { DistributionConfig: own } = await client.send(
    new GetDistributionConfigCommand({ Id: id }),
  );
  const { DefaultCacheBehavior, CacheBehaviors, WebACLId, Enabled } = own!;
  const behaviours = [
    ...(CacheBehaviors?.Items ?? []),
    { ...DefaultCacheBehavior!, PathPattern: '*' },
  ].map(({ PathPattern, RealtimeLogConfigArn }) => ({
    path: PathPattern!,
    logConfigArn: RealtimeLogConfigArn ?? '',
  }));
  return { id, isEnabled: Enabled === true, webAclArn: WebACLId ?? '', behaviours };
}

/** Those of the distributions; in a region, where what they guard is many things, those with our rule group. */
async function readWebAcls(
  { scope, ruleGroupArn }: PreflightPlaces,
  distributions: Fact<readonly DistributionFacts[]>,
): Promise<Fact<WebAclFacts[]>> {
  if (scope === 'CLOUDFRONT') {
    const client = new WAFV2Client({ ...preflightOptions(), region: CLOUDFRONT_REGION });
    return readNext(distributions, 'wafv2:GetWebACL', (all) => {
      const arns = new Set(all.map(({ webAclArn }) => webAclArn).filter((arn) => arn !== ''));
      return readEach(client, [...arns]);
    });
  }
  const client = new WAFV2Client(preflightOptions());
  const arns = await readFact('wafv2:ListWebACLs', async () => {
    const { WebACLs = [] } = await client.send(
      new ListWebACLsCommand({ Scope: scope, Limit: WEB_ACLS_MAX }),
    );
    return WebACLs.map(({ ARN }) => ARN!);
  });
  return readNext(arns, 'wafv2:GetWebACL', async (all) => {
    const found = await readEach(client, all);
    return found.filter(({ rules }) => rules.some((rule) => rule.groupArn === ruleGroupArn));
  });
}

/** One by one: AWS WAF answers five reads in a second. */
async function readEach(client: WAFV2Client, arns: readonly string[]): Promise<WebAclFacts[]> {
  const found: WebAclFacts[] = [];
  for (const arn of arns) found.push(await readWebAcl(client, arn));
  return found;
}

async function readWebAcl(client: WAFV2Client, arn: string): Promise<WebAclFacts> {
  const [, place, Name, Id] =
    /^arn:[^:]+:wafv2:.*:(global|regional)\/webacl\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  if (place === undefined) throw new Error(`web ACL is ${arn}, expected the ARN of one of WAFv2`);
  const Scope = place === 'global' ? 'CLOUDFRONT' : 'REGIONAL';
  const { WebACL } = await client.send(new GetWebACLCommand({ Name, Id, Scope }));
  return {
    ...{ name: WebACL!.Name!, arn, capacity: Number(WebACL!.Capacity ?? 0) },
    rules: [
      ...(WebACL!.PreProcessFirewallManagerRuleGroups ?? []).map(managedRule),
      ...(WebACL!.Rules ?? []).map(ruleOf).sort((a, b) => a.priority - b.priority),
    ],
  };
}

/** What Firewall Manager puts in front of all rules of a web ACL. */
function managedRule({ Name, Priority }: FirewallManagerRuleGroup): WebAclRule {
  const group = { isByAddress: false, groupArn: '', isCounted: false, overridden: [] };
  return { name: Name!, priority: Priority!, action: 'firewall manager', ...group };
}

function ruleOf({ Name, Priority, Action, OverrideAction, Statement }: Rule): WebAclRule {
  const group = Statement?.RuleGroupReferenceStatement;
  const [action = group === undefined ? 'managed' : 'group'] = Object.keys(Action ?? {});
  return {
    ...{ name: Name!, priority: Priority!, action: action.toLowerCase() },
    isByAddress: Statement?.IPSetReferenceStatement !== undefined,
    groupArn: group?.ARN ?? '',
    isCounted: OverrideAction?.Count !== undefined,
    overridden: [
      ...(group?.RuleActionOverrides ?? []).map((own) => own.Name!),
      ...(group?.ExcludedRules ?? []).map((own) => own.Name!),
    ],
  };
}
