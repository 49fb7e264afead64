import type { AlarmFacts, TopicFacts } from '../../lambdas/adapters/deployment-facts';
import {
  type PreflightInput,
  type PreflightLine,
  type Verdict,
  fail,
  judge,
  pass,
  warn,
} from './preflight-line';

/** Whether somebody is woken, and lines can be read at all. */
export function checkAlarms({ facts }: PreflightInput): PreflightLine[] {
  return [
    ...judge('alarms', facts.alarms, checkActions),
    ...judge('alarm_states', facts.alarms, checkStates),
    ...judge('alarm_topics', facts.topics, checkTopics),
    ...judge('viewer_secret', facts.secret, ({ name, isBeingDeleted }) => {
      const expected = 'there, and not being deleted';
      if (!isBeingDeleted) return pass(`${name} is there`, expected);
      const repair = `aws secretsmanager restore-secret --secret-id ${name}`;
      return fail(`${name} is being deleted`, expected, repair);
    }),
  ];
}

function checkActions(alarms: readonly AlarmFacts[]): Verdict {
  const expected = 'every alarm with an action, switched on';
  if (alarms.length === 0) return fail('no alarms', expected, 'deploy the stack again');
  const mute = alarms.filter(({ isEnabled, actions }) => !isEnabled || actions.length === 0);
  if (mute.length === 0) return pass(`${alarms.length} alarms`, expected);
  const got = `${mute.length} of ${alarms.length} tell nobody: ${namesOf(mute)}`;
  const repair =
    'aws cloudwatch enable-alarm-actions --alarm-names NAME..., or deploy with an alarm topic';
  return fail(got, expected, repair);
}

function checkStates(alarms: readonly AlarmFacts[]): Verdict {
  const expected = 'none in state ALARM';
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  if (ringing.length === 0) return pass(`none of ${alarms.length}`, expected);
  const repair = 'docs/OPERATIONS.md has the first three steps of each';
  return fail(`in state ALARM: ${namesOf(ringing)}`, expected, repair);
}

function checkTopics(topics: readonly TopicFacts[]): Verdict | Verdict[] {
  const expected = 'a confirmed subscription';
  if (topics.length === 0) {
    return fail('no topic', expected, 'deploy with an alarm topic, and subscribe to it');
  }
  return topics.map(({ arn, confirmed, pending }) => {
    const got = `${arn}: ${confirmed} confirmed, ${pending} pending`;
    const subscribe = `aws sns subscribe --topic-arn ${arn} --protocol email --notification-endpoint ADDRESS, and confirm it`;
    if (confirmed === 0) return fail(got, expected, subscribe);
    return pending > 0 ? warn(got, expected, 'confirm it, or take it away') : pass(got, expected);
  });
}

const NAMES_MAX = 5;

function namesOf(alarms: readonly AlarmFacts[]): string {
  const names = alarms.slice(0, NAMES_MAX).map(({ name }) => name);
  const more = alarms.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}
