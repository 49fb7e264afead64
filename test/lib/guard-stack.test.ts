import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { parseConfig } from '../../lib/config';
import { Turnout } from '../../lib/turnout';
import {
  deployedContext,
  resourceOf,
  resourcesOf,
  standInBundles,
  synthPlaced,
  synthTemplate,
} from './stack-support';

/**
 * Goal: a web ACL blocks what the sets hold and nothing else, and a deploy leaves the sets alone.
 * Method: the template as it is deployed.
 */
type Statement = Readonly<Record<string, unknown>>;
interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action: unknown;
  readonly Statement: Statement;
  readonly RuleLabels: unknown;
}

const template = synthTemplate();
const IP_SET = 'AWS::WAFv2::IPSet';
const setsOf = (of: Template) => resourcesOf(of).filter(([, { Type }]) => Type === IP_SET);
const namesOf = (of: Template) => setsOf(of).map(([, { Properties: p }]) => p['Name'] as string);
const groupOf = (of: Template) =>
  resourceOf(of, 'AWS::WAFv2::RuleGroup', 'TurnoutBlockListsRuleGroup').Properties;
const rulesOf = (of: Template) => groupOf(of)['Rules'] as readonly Rule[];

/** A statement as text, with the names of its sets. */
function textOf(of: Template, statement: Statement): string {
  const [[kind, body]] = Object.entries(statement) as [[string, Record<string, unknown>]];
  const inner = (it: unknown) => textOf(of, it as Statement);
  if (kind === 'NotStatement') return `not ${inner(body['Statement'])}`;
  if (kind === 'IPSetReferenceStatement') {
    const arn = body['Arn'] as { readonly 'Fn::GetAtt': readonly [string, string] };
    const [id, attribute] = arn['Fn::GetAtt'];
    expect(attribute).toBe('Arn');
    return setsOf(of).find(([it]) => it === id)![1].Properties['Name'] as string;
  }
  const parts = body['Statements'] as readonly unknown[];
  expect(parts.length).toBeGreaterThan(1); // WAF refuses an AND or OR of one
  return `(${parts.map(inner).join(kind === 'AndStatement' ? ' and ' : ' or ')})`;
}

const listed = (list: string, v4: number, v6: number) => [
  ...Array.from({ length: v4 }, (_, n) => `Turnout-${list}-v4-${n + 1}`),
  ...Array.from({ length: v6 }, (_, n) => `Turnout-${list}-v6-${n + 1}`),
];

describe('IP sets', () => {
  it('are six for IPv4 and two for IPv6 of each list when nothing is said', () => {
    expect(namesOf(template)).toEqual([...listed('block', 6, 2), ...listed('count', 6, 2)]);
  });

  it.each([
    [1, 1],
    [15, 2],
  ])('are %i and %i of each list when that is asked for', (setsV4, setsV6) => {
    const names = namesOf(synthTemplate({ guard: { setsV4, setsV6 } }));
    expect(names).toEqual([...listed('block', setsV4, setsV6), ...listed('count', setsV4, setsV6)]);
  });

  it('are for CloudFront, of the family that their name says, and empty', () => {
    for (const [, { Properties: p }] of setsOf(template)) {
      const version = (p['Name'] as string).includes('-v4-') ? 'IPV4' : 'IPV6';
      expect(p).toMatchObject({ Scope: 'CLOUDFRONT', IPAddressVersion: version, Addresses: [] });
    }
  });

  it('go with the stack: nobody would be left to lift what they block', () => {
    for (const [, set] of setsOf(template)) {
      expect([undefined, 'Delete']).toContain(set.DeletionPolicy);
      expect([undefined, 'Delete']).toContain(set.UpdateReplacePolicy);
    }
  });
});

describe('an update that changes something else', () => {
  const own = (of: Template) => JSON.stringify(setsOf(of).filter(([id]) => !/exempt/.test(id)));

  it.each([
    ['the status of a block', { blockStatus: 429 }],
    ['the mode', { guard: { mode: 'off', outsideEvents: 'hold' } }],
    ['what is never blocked', { guard: { allow: ['192.0.2.0/24'], own: ['2001:db8::/32'] } }],
    ['lanes and contents', { lanes: 64, contents: [{ id: 'a', kind: 'page', paths: ['/a'] }] }],
    ['durations', { guard: { firstMinutes: 5, longestMinutes: 60, keepDays: 30 } }],
  ])('touches no set that the guard fills: %s', (_, json) => {
    expect(own(synthTemplate(json))).toBe(own(template));
  });

  it('touches none that was there when there are to be more', () => {
    const more = setsOf(synthTemplate({ guard: { setsV4: 8, setsV6: 3 } }));
    expect(more).toEqual(expect.arrayContaining(setsOf(template)));
    expect(more).toHaveLength(22);
  });

  it('touches none when tags are put on everything', () => {
    const tagged = stackOf({ prepare: (app) => Tags.of(app).add('team', 'live') });
    expect(own(tagged)).toBe(own(template));
    // The tag is there: it was only kept from the sets.
    expect(JSON.stringify(groupOf(tagged)['Tags'])).toContain('live');
  });
});

describe('rule group', () => {
  it('blocks with the status of our refusals, then counts, and labels both', () => {
    const rules = rulesOf(template).map(({ Name, Priority, Action, RuleLabels }) => ({
      Name,
      Priority,
      Action,
      RuleLabels,
    }));
    expect(rules).toEqual([
      {
        Name: 'block',
        Priority: 0,
        Action: { Block: { CustomResponse: { ResponseCode: 409 } } },
        RuleLabels: [{ Name: 'turnout:block' }],
      },
      {
        Name: 'count',
        Priority: 1,
        Action: { Count: {} },
        RuleLabels: [{ Name: 'turnout:count' }],
      },
    ]);
  });

  it('answers with the status that is asked for', () => {
    const [block] = rulesOf(synthTemplate({ blockStatus: 429 }));
    expect(block!.Action).toEqual({ Block: { CustomResponse: { ResponseCode: 429 } } });
  });

  it('looks into every set of its list, and into no other', () => {
    const texts = rulesOf(template).map(({ Statement }) => textOf(template, Statement));
    expect(texts).toEqual([
      `(${listed('block', 6, 2).join(' or ')})`,
      `(${listed('count', 6, 2).join(' or ')})`,
    ]);
  });

  it.each([
    ['one family', { allow: ['192.0.2.0/24'] }, 'not Turnout-exempt-v4-1'],
    [
      'both families',
      { allow: ['192.0.2.0/24'], own: ['2001:db8::/32'] },
      'not (Turnout-exempt-v4-1 or Turnout-exempt-v6-1)',
    ],
  ])('spares what is exempt, without allowing it: %s', (_, guard, expected) => {
    const exempt = synthTemplate({ guard: { setsV4: 1, setsV6: 1, ...guard } });
    const [block, count] = rulesOf(exempt).map(({ Statement }) => textOf(exempt, Statement));
    expect(block).toBe(`((Turnout-block-v4-1 or Turnout-block-v6-1) and ${expected})`);
    expect(count).toBe('(Turnout-count-v4-1 or Turnout-count-v6-1)');
    // Allow would end the web ACL for them, and skip the customer's own rules.
    expect(JSON.stringify(rulesOf(exempt))).not.toContain('"Allow"');
  });

  it('has the same capacity whatever is configured, and twice what 50 references cost', () => {
    for (const json of [{}, { guard: { setsV4: 1, setsV6: 1 } }, { guard: { setsV4: 15 } }]) {
      expect(groupOf(synthTemplate(json))['Capacity']).toBe(100);
    }
  });

  it('is measured, as a whole and by rule', () => {
    const all = [groupOf(template), ...rulesOf(template)] as {
      readonly VisibilityConfig?: unknown;
    }[];
    expect(all.map((it) => it.VisibilityConfig)).toEqual(
      ['Turnout-guard', 'Turnout-block', 'Turnout-count'].map((MetricName) => ({
        CloudWatchMetricsEnabled: true,
        SampledRequestsEnabled: true,
        MetricName,
      })),
    );
  });
});

describe('what cannot be', () => {
  it('is a region that AWS WAF does not guard CloudFront from', () => {
    expect(() => stackOf({ region: 'eu-west-1' })).toThrow(
      'the stack is for eu-west-1, expected us-east-1',
    );
    expect(setsOf(stackOf({ region: 'us-east-1' }))).toHaveLength(16);
    expect(setsOf(stackOf({}))).toHaveLength(16);
  });

  it('are more sets than the environment of enforce can name', () => {
    expect(() => synthTemplate({ guard: { setsV4: 15, setsV6: 2 } })).not.toThrow();
    expect(() => synthTemplate({ guard: { setsV4: 16, setsV6: 2 } })).toThrow('36 IP sets do not');
    expect(() => synthTemplate({ guard: { setsV4: 20, setsV6: 5 } })).toThrow(
      /50 IP sets do not fit into the environment of enforce, expected at most 3\d: lower guard/,
    );
  });
});

describe('the environment of enforce', () => {
  /** What AWS will put in place of each reference, in a region and of a table with long names. */
  const valueOf = (value: unknown, name: string) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text.includes('AWS::StackId')) {
      return `arn:aws:cloudformation:ap-southeast-1:123456789012:stack/${name}/${'x'.repeat(36)}`;
    }
    if (!text.includes('Fn::Join'))
      return text.includes('Ref') ? `${name}-${'x'.repeat(42)}` : text;
    const parts = (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
    return parts.map((part) => (typeof part === 'string' ? part : 'x'.repeat(36))).join('');
  };

  it.each([
    ['Turnout', { setsV4: 15, setsV6: 2 }],
    ['Turnout-of-the-channel-that-has-the-longest-name-of-them-all', { setsV4: 10, setsV6: 1 }],
  ])('of %s has room for as many sets as are allowed, and for no more', (name, guard) => {
    const synth = (setsV4: number) =>
      synthPlaced({ name, region: 'us-east-1', json: { guard: { ...guard, setsV4 } } });
    const { Properties } = resourceOf(
      synth(guard.setsV4),
      'AWS::Lambda::Function',
      'TurnoutEnforceFunction',
    );
    const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
    const all = Object.entries(Variables).map(([key, value]) => key + valueOf(value, name));
    expect(all.join('').length).toBeLessThanOrEqual(4_096);
    expect(() => synth(guard.setsV4 + 1)).toThrow('do not fit into the environment of enforce');
  });
});

describe('names', () => {
  it('are those of the stack, so that two stacks do not meet', () => {
    expect(namesOf(stackOf({ name: 'Rehearsal' }))[0]).toBe('Rehearsal-block-v4-1');
    expect(groupOf(stackOf({ name: 'Rehearsal' }))['Name']).toBe('Rehearsal');
  });
});

interface Placed {
  readonly name?: string;
  readonly region?: string;
  readonly prepare?: (app: App) => void;
}

/** The construct in a stack of somebody else, of any region unless one is given. */
function stackOf({ name = 'Turnout', region, prepare }: Placed): Template {
  process.env['CDK_VALIDATION'] = 'false';
  const dir = mkdtempSync(join(tmpdir(), 'turnout-guard-'));
  try {
    const app = new App({ context: deployedContext(), outdir: join(dir, 'cdk.out') });
    const stack = new Stack(app, name, region === undefined ? {} : { env: { region } });
    new Turnout(stack, 'Turnout', { settings: parseConfig({}), bundles: standInBundles(dir) });
    prepare?.(app);
    return Template.fromStack(stack);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
