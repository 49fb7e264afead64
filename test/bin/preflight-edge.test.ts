import { type WebAclRule, known } from '../../lambdas/adapters/deployment-facts';
import { DEFAULT_SETTINGS } from '../../lambdas/core/settings';
import {
  EDGE,
  GOOD,
  GOOD_FACTS,
  GROUP,
  LOG,
  OTHER_RULE,
  OWN_RULE,
  PACKETS,
  linesOf,
  resultOf,
  withFacts,
  withGuard,
} from './preflight-scene';

const { realtimeFields } = DEFAULT_SETTINGS;

describe('log_config', () => {
  const config = (more: object) =>
    withFacts({
      logConfig: known({
        ...{ fields: realtimeFields, samplingPercent: 100, streamArns: [EDGE], ...more },
      }),
    });

  // Sampling, fields, stream.
  it.each([
    [{ samplingPercent: 100 }, 'pass pass pass'],
    [{ samplingPercent: 99 }, 'fail pass pass'],
    [{ samplingPercent: 1 }, 'fail pass pass'],
    [{ fields: realtimeFields.slice(1) }, 'pass fail pass'],
    [{ fields: [...realtimeFields, 's-ip'] }, 'pass fail pass'],
    // CloudFront delivers in an order of its own.
    [{ fields: [...realtimeFields].reverse() }, 'pass pass pass'],
    [{ streamArns: [PACKETS] }, 'pass pass fail'],
    [{ streamArns: [] }, 'pass pass fail'],
  ])('%j: %s', (more, results) => {
    expect(resultOf('log_config', config(more))).toBe(results);
  });

  it('names the fields that differ', () => {
    const [, fields] = linesOf(
      'log_config',
      config({ fields: [...realtimeFields.slice(1), 's-ip'] }),
    );
    expect(fields!.got).toBe(`${realtimeFields.length} fields, without timestamp; with s-ip`);
  });
});

const [DISTRIBUTION] = GOOD_FACTS.distributions.isKnown ? GOOD_FACTS.distributions.value : [];

describe('log_behaviours', () => {
  const behaviours = (...arns: string[]) =>
    withFacts({
      distributions: known([
        {
          ...DISTRIBUTION!,
          behaviours: arns.map((logConfigArn, n) => ({ path: `/${n}/*`, logConfigArn })),
        },
      ]),
    });

  it('without a distribution nothing is counted', () => {
    const [line] = linesOf('log_behaviours', withFacts({ distributions: known([]) }));
    expect([line!.result, line!.repair]).toEqual(['fail', expect.stringContaining(LOG)]);
  });

  it('names behaviours that do not log, and those that log elsewhere', () => {
    expect(resultOf('log_behaviours', behaviours(LOG, LOG))).toBe('pass');
    const [line] = linesOf('log_behaviours', behaviours(LOG, '', 'arn:other'));
    expect(line).toMatchObject({
      result: 'warn',
      got: 'EDIST: on 1 of 3 behaviours; not on /1/*; another configuration on /2/*',
    });
  });

  it('of a distribution that is switched off are a warning', () => {
    const off = withFacts({ distributions: known([{ ...DISTRIBUTION!, isEnabled: false }]) });
    expect(resultOf('log_behaviours', off)).toBe('warn');
  });
});

describe('edge_requests', () => {
  // 500,000 viewers ask 250,000 times a second with headroom.
  it.each([
    [499_998, undefined, 'pass'],
    [500_000, undefined, 'pass'],
    [500_002, undefined, 'fail'],
    [500_002, 250_001, 'pass'],
    [2_000, 999, 'fail'],
  ])('%i viewers under a quota of %s: %s', (viewers, quota, result) => {
    const facts = withFacts({ requestsPerSecondMax: known(quota) });
    const expected = { ...GOOD.expected, viewers };
    expect(resultOf('edge_requests', { ...facts, expected })).toBe(result);
  });
});

describe('web_acl', () => {
  const acl = (...rules: WebAclRule[]) =>
    withFacts({
      webAcls: known([{ name: 'site', arn: DISTRIBUTION!.webAclArn, capacity: 160, rules }]),
    });
  const other = (action: string) => ({ ...OTHER_RULE, action });

  it.each([
    ['alone', [OWN_RULE], 'pass'],
    ['first', [OWN_RULE, other('allow')], 'pass'],
    ['behind a rule that blocks', [other('block'), OWN_RULE], 'warn'],
    ['behind a managed group', [other('managed'), OWN_RULE], 'warn'],
    ['behind a rule that allows', [other('count'), other('allow'), OWN_RULE], 'fail'],
    [
      'behind a list of our own systems',
      [{ ...other('allow'), isByAddress: true }, OWN_RULE],
      'warn',
    ],
    ['not there', [other('block')], 'fail'],
    ['of another stack', [{ ...OWN_RULE, groupArn: `${GROUP}2` }], 'fail'],
    ['only counted', [{ ...OWN_RULE, isCounted: true }], 'fail'],
    ['with another action for block', [{ ...OWN_RULE, overridden: ['block'] }], 'fail'],
  ])('our group %s: %s', (_, rules, result) => {
    expect(resultOf('web_acl', acl(...rules))).toBe(result);
  });

  it('a distribution without any is not guarded', () => {
    const bare = known([{ ...DISTRIBUTION!, webAclArn: '' }]);
    const [line] = linesOf('web_acl', withFacts({ distributions: bare, webAcls: known([]) }));
    expect([line!.result, line!.repair]).toEqual(['fail', expect.stringContaining(GROUP)]);
  });

  it('in a region is looked for by the group, not by distributions', () => {
    const { settings } = withGuard({ scope: 'REGIONAL' });
    expect(resultOf('web_acl', { settings: settings! })).toBe('pass');
    const none = { ...withFacts({ webAcls: known([]) }), settings: settings! };
    expect(resultOf('web_acl', none)).toBe('fail');
  });

  it.each([
    [1_499, 'pass'],
    [1_500, 'pass'],
    [1_501, 'warn'],
    [5_000, 'warn'],
  ])('of %i WCU: %s', (capacity, result) => {
    const rules = [OWN_RULE];
    const acls = known([{ name: 'site', arn: 'x', capacity, rules }]);
    expect(resultOf('waf_capacity', withFacts({ webAcls: acls }))).toBe(result);
  });
});

describe('waf_updates', () => {
  it.each([
    [6, 2, 'pass'],
    [8, 2, 'pass'],
    [9, 2, 'warn'],
    [20, 5, 'warn'],
  ])('%i + %i sets of a list: %s', (setsV4, setsV6, result) => {
    expect(resultOf('waf_updates', withGuard({ setsV4, setsV6 }))).toBe(result);
  });
});
