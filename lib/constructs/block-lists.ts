import { Stack, Token } from 'aws-cdk-lib';
import { CfnIPSet, CfnRuleGroup } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';

import type { GuardScope, GuardSettings } from '../../lambdas/core/settings';
import { exemptRangesOf } from '../exempt-ranges';
import { type GuardSet, setKeyOf } from '../../lambdas/core/guard/guard-set';
import { guardSetsOf, SET_CIDRS_MAX } from '../guard-sets';
import { blockRule, CAPACITY, countRule, REFERENCES_MAX, visibilityOf } from './guard-rules';

/** WAF keeps what guards CloudFront here and nowhere else. */
const CLOUDFRONT_REGION = 'us-east-1';
const VERSIONS: Readonly<Record<GuardSet['family'], string>> = { v4: 'IPV4', v6: 'IPV6' };

export interface BlockListsProps {
  readonly guard: GuardSettings;
  readonly blockStatus: number;
}

export interface BlockSet extends GuardSet {
  readonly name: string;
  /** Tokens, known when it is deployed. */
  readonly id: string;
  readonly arn: string;
}

/**
 * The sets that enforce fills, and the rule group by which a web ACL uses them. The template says the
 * sets are empty, and an update that touches one writes that back: so nothing of a set follows from
 * settings or from tags. They go with the stack: kept ones would block without end, as nobody would
 * be left to lift the blocks, and their names would be in the way of the next deploy.
 */
export class BlockLists extends Construct {
  readonly sets: readonly BlockSet[];
  readonly ruleGroupArn: string;
  private readonly scope: GuardScope;

  constructor(scope: Construct, id: string, { guard, blockStatus }: BlockListsProps) {
    super(scope, id);
    const { region, stackName } = Stack.of(this);
    const isElsewhere = !Token.isUnresolved(region) && region !== CLOUDFRONT_REGION;
    if (guard.scope === 'CLOUDFRONT' && isElsewhere) {
      throw new Error(
        `the stack is for ${region}, expected ${CLOUDFRONT_REGION}: AWS WAF guards CloudFront from there only; what viewers reach without CloudFront is "guard": {"scope": "REGIONAL"}`,
      );
    }
    this.scope = guard.scope;
    this.sets = guardSetsOf(guard).map((set) => this.makeSet(set));
    const exempt = this.makeExemptSets(guard);
    const arns = ({ list }: Pick<GuardSet, 'list'>) =>
      this.sets.filter((set) => set.list === list).map(({ arn }) => arn);
    const references = this.sets.length + exempt.length;
    if (references > REFERENCES_MAX) {
      throw new Error(
        `a rule group would refer to ${references} IP sets, expected at most ${REFERENCES_MAX}: lower guard.setsV4 or guard.setsV6, or shorten guard.allow and guard.own`,
      );
    }
    this.ruleGroupArn = new CfnRuleGroup(this, 'RuleGroup', {
      name: stackName,
      description: 'Turnout: block or count what the guard lists',
      scope: this.scope,
      capacity: CAPACITY,
      visibilityConfig: visibilityOf(`${stackName}-guard`),
      rules: [
        blockRule({ stackName, sets: arns({ list: 'block' }), exempt, status: blockStatus }),
        countRule({ stackName, sets: arns({ list: 'count' }) }),
      ],
    }).attrArn;
  }

  private makeSet(set: GuardSet): BlockSet {
    const { list, family, n } = set;
    const name = `${Stack.of(this).stackName}-${setKeyOf(set)}`;
    const resource = new CfnIPSet(this, `${list}-${family}-${n}`, {
      name,
      description: 'Turnout writes this set: what others add is left alone',
      scope: this.scope,
      ipAddressVersion: VERSIONS[family],
      addresses: [],
    });
    resource.addPropertyDeletionOverride('Tags'); // another tag would empty the set
    return { ...set, name, id: resource.attrId, arn: resource.attrArn };
  }

  /** These do follow the settings: nobody but the template writes them. */
  private makeExemptSets(guard: GuardSettings): string[] {
    const ranges = exemptRangesOf(guard);
    return (['v4', 'v6'] as const).flatMap((family) =>
      chunksOf(ranges[family], SET_CIDRS_MAX).map((addresses, at) => {
        const key = `exempt-${family}-${at + 1}`;
        return new CfnIPSet(this, key, {
          name: `${Stack.of(this).stackName}-${key}`,
          description: 'Turnout: guard.allow and guard.own of turnout.json',
          scope: this.scope,
          ipAddressVersion: VERSIONS[family],
          addresses,
        }).attrArn;
      }),
    );
  }
}

function chunksOf<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, n) => items.slice(n * size, (n + 1) * size));
}
