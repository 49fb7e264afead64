import { formatWhole } from '../../lambdas/core/plain-words';
import type {
  DistributionFacts,
  LogConfigFacts,
  WebAclFacts,
  WebAclRule,
} from '../../lambdas/adapters/deployment-facts';
import { linesPerSecondOf } from '../../lambdas/core/sizing';
import {
  type PreflightInput,
  type PreflightLine,
  type Verdict,
  fail,
  judge,
  judgeBoth,
  pass,
  warn,
} from './preflight-line';

/** Whether the edge logs what is counted, and asks the rule group before anything else. */
export function checkEdge(input: PreflightInput): PreflightLine[] {
  const { distributions, edgeLines, logConfig, requestsPerSecondMax, webAcls } = input.facts;
  const isCloudFront = input.settings.guard.scope === 'CLOUDFRONT';
  return [
    ...judgeBoth('log_config', [logConfig, edgeLines], (config, { arn }) =>
      checkLogConfig(input, config, arn),
    ),
    ...judge('log_behaviours', distributions, (all) => checkBehaviours(input, all)),
    ...judge('edge_requests', requestsPerSecondMax, (most) => checkRequests(input, most)),
    ...(isCloudFront
      ? judgeBoth('web_acl', [distributions, webAcls], (all, acls) =>
          all.map((own) => checkDistribution(input, own, acls)),
        )
      : judge('web_acl', webAcls, (acls) => checkRegional(input, acls))),
    ...judge('waf_capacity', webAcls, (acls) => acls.map(checkCapacity)),
    { check: 'waf_updates', ...checkUpdates(input) },
  ];
}

function checkLogConfig(
  { settings }: PreflightInput,
  { fields, samplingPercent, streamArns }: LogConfigFacts,
  streamArn: string,
): Verdict[] {
  const deploy = 'deploy again: somebody else has changed the configuration';
  const wanted = settings.realtimeFields;
  const missing = wanted.filter((name) => !fields.includes(name));
  const others = fields.filter((name) => !(wanted as readonly string[]).includes(name));
  const named = [
    ...(missing.length > 0 ? [`without ${missing.join(', ')}`] : []),
    ...(others.length > 0 ? [`with ${others.join(', ')}`] : []),
  ].join('; ');
  const sampling = `sampling ${samplingPercent} %`;
  const sent = streamArns.includes(streamArn) ? 'to the stream of lines' : 'to another stream';
  return [
    samplingPercent === 100
      ? pass(sampling, 'sampling 100 %')
      : fail(sampling, 'sampling 100 %: what is not logged is not counted', deploy),
    named === ''
      ? pass(`${fields.length} fields`, 'those of turnout.json')
      : fail(
          `${fields.length} fields, ${named}`,
          'those of turnout.json, by which lines are read',
          deploy,
        ),
    streamArns.includes(streamArn)
      ? pass(sent, 'to the stream of lines')
      : fail(sent, 'to the stream of lines', deploy),
  ];
}

function checkBehaviours(
  { logConfigArn }: PreflightInput,
  distributions: readonly DistributionFacts[],
): Verdict | Verdict[] {
  if (distributions.length === 0) {
    return fail(
      'no distribution logs',
      'the log configuration on the behaviours that carry what is counted',
      `attach ${logConfigArn} to those behaviours of the distribution`,
    );
  }
  return distributions.map(({ id, isEnabled, behaviours }) => {
    const without = behaviours.filter((own) => own.logConfigArn !== logConfigArn);
    const others = without.filter((own) => own.logConfigArn !== '').map(({ path }) => path);
    const silent = without.filter((own) => own.logConfigArn === '').map(({ path }) => path);
    const got = [
      `${id}${isEnabled ? '' : ' (disabled)'}: on ${behaviours.length - without.length} of ${behaviours.length} behaviours`,
      ...(silent.length > 0 ? [`not on ${silent.join(' ')}`] : []),
      ...(others.length > 0 ? [`another configuration on ${others.join(' ')}`] : []),
    ].join('; ');
    const expects = 'on every behaviour that carries what is counted';
    if (!isEnabled) return warn(got, expects, `enable the distribution ${id}`);
    if (without.length === 0) return pass(got, expects);
    return warn(
      got,
      expects,
      `attach ${logConfigArn} to them, if they carry what is counted or attacked`,
    );
  });
}

/** CloudFront, of one distribution, where AWS does not tell the quota. */
const REQUESTS_PER_SECOND_MAX = 250_000;

function checkRequests({ expected }: PreflightInput, told: number | undefined): Verdict {
  const most = told ?? REQUESTS_PER_SECOND_MAX;
  const wanted = linesPerSecondOf(expected);
  const got = `${formatWhole(most)} requests/s for a distribution${told === undefined ? ', as documented' : ''}`;
  const expects = `${formatWhole(wanted)}, with headroom`;
  if (wanted <= most) return pass(got, expects);
  const repair = `a higher quota "requests per second per distribution" of CloudFront: ${formatWhole(wanted)}`;
  return fail(got, expects, repair);
}

const IN_FRONT = 'our rule group in front of all others, with its own actions';

function checkDistribution(
  input: PreflightInput,
  { id, webAclArn }: DistributionFacts,
  acls: readonly WebAclFacts[],
): Verdict {
  const acl = acls.find(({ arn }) => arn === webAclArn);
  if (acl !== undefined) return checkAcl(input, `${id}, ${acl.name}`, acl);
  return fail(
    `${id}: no web ACL of AWS WAF`,
    IN_FRONT,
    `make a web ACL with a rule that refers to ${input.ruleGroupArn}, and give it to the distribution`,
  );
}

function checkRegional(input: PreflightInput, acls: readonly WebAclFacts[]): Verdict | Verdict[] {
  if (acls.length > 0) return acls.map((acl) => checkAcl(input, acl.name, acl));
  const repair = `a rule that refers to ${input.ruleGroupArn}, in the web ACL of what is guarded`;
  return fail('no web ACL refers to the rule group', IN_FRONT, repair);
}

function checkAcl({ ruleGroupArn }: PreflightInput, name: string, { rules }: WebAclFacts): Verdict {
  const at = rules.findIndex(({ groupArn }) => groupArn === ruleGroupArn);
  const own = rules[at];
  if (own === undefined) {
    const repair = `a rule with the lowest priority number that refers to ${ruleGroupArn}`;
    return fail(`${name}: without the rule group`, IN_FRONT, repair);
  }
  if (own.isCounted || own.overridden.length > 0) {
    const how = own.isCounted
      ? 'only counts'
      : `has other actions for ${own.overridden.join(', ')}`;
    const repair = `take the overrides off rule ${own.name}: "count" is a mode of the guard (turnout mode)`;
    return fail(`${name}: rule ${own.name} ${how}`, IN_FRONT, repair);
  }
  const before = rules.slice(0, at);
  if (before.length === 0) return pass(`${name}: rule ${own.name} comes first`, IN_FRONT);
  const list = before.map(({ name: rule, action }) => `${rule} (${action})`).join(', ');
  const got = `${name}: behind ${list}`;
  const repair = `give rule ${own.name} a lower priority number than these`;
  return before.some(isAllowing) ? fail(got, IN_FRONT, repair) : warn(got, IN_FRONT, repair);
}

/**
 * Allow ends the evaluation: who is allowed before is never asked of. That is right for a list of one's own systems,
 * and for countries or paths it is a guard that guards nothing.
 */
function isAllowing({ action, isByAddress }: WebAclRule): boolean {
  return action === 'allow' && !isByAddress;
}

/** Above it AWS WAF asks more for a request. */
const CAPACITY_PLAIN = 1_500;

function checkCapacity({ name, capacity }: WebAclFacts): Verdict {
  const got = `${name}: ${formatWhole(capacity)} WCU`;
  const expects = `at most ${formatWhole(CAPACITY_PLAIN)}; AWS WAF refuses more than 5,000`;
  if (capacity <= CAPACITY_PLAIN) return pass(got, expects);
  return warn(got, expects, 'fewer rules: above this AWS WAF asks more for each request');
}

/** lambdas/enforce/pace.ts: one update in two seconds, of the one a second that an account has. */
const SECONDS_PER_SET = 2;
/** From the first line of an attack to the last block, as it is wanted of 50,000 offenders. */
const LIST_SECONDS_MAX = 20;

function checkUpdates({ settings: { guard } }: PreflightInput): Verdict {
  const sets = guard.setsV4 + guard.setsV6;
  const seconds = sets * SECONDS_PER_SET;
  const got = `${sets} sets of a list, written anew in ${seconds} s`;
  const expects = `at most ${LIST_SECONDS_MAX} s; nobody else who updates IP sets of the account meanwhile`;
  if (seconds <= LIST_SECONDS_MAX) return pass(got, expects);
  return warn(got, expects, 'fewer guard.setsV4 or guard.setsV6, if so much room is not needed');
}
