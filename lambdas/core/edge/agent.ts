import type { AgentRule, Crawler } from './agent-rule';
import type { Device, HitClass } from './classes';
import { judgeDevice } from './device';
import { BOT_RULES, TOOL_RULES } from './rules-bots';
import { PEOPLE_RULES, PLAYER_RULES, REST_RULES } from './rules-people';
import { CLAIM_RULES, SHAPE_RULES, crawlerNamedIn } from './rules-shape';

export interface AgentVerdict {
  readonly class: HitClass;
  /** Id of the rule that decided. */
  readonly rule: string;
  readonly device: Device;
  /** The crawler that the agent claims to be, when its addresses are published; else null. */
  readonly crawler: Crawler | null;
}

/** In this order; the first whose pattern fits decides. The last one fits everything. */
export const AGENT_RULES: readonly AgentRule[] = [
  ...SHAPE_RULES,
  ...CLAIM_RULES,
  ...PLAYER_RULES,
  ...TOOL_RULES,
  ...BOT_RULES,
  ...PEOPLE_RULES,
  ...REST_RULES,
];

/** What is longer is cut: no rule needs the tail, and its length is the client's to choose. */
export const AGENT_CHARS_MAX = 1_024;

/**
 * Judges a decoded user agent by its text alone ('' and '-' are none). Agents lie: a person class
 * says only that nothing here speaks against it. Costs some dozens of microseconds, so callers on
 * the hot path keep the verdict by agent.
 */
export function judgeAgent(userAgent: string): AgentVerdict {
  const whole =
    userAgent.length > AGENT_CHARS_MAX ? userAgent.slice(0, AGENT_CHARS_MAX) : userAgent;
  const bare = withoutModel(whole);
  const rule = AGENT_RULES.find(({ pattern, reads }) =>
    pattern.test(reads === 'bare' ? bare : whole),
  )!;
  return {
    class: rule.class,
    rule: rule.id,
    device: judgeDevice(whole),
    crawler: CLAIM_RULES.includes(rule) ? crawlerNamedIn(whole) : null,
  };
}

/**
 * The model and build of an Android device: what stands between `Android <version>;`, a language
 * if there is one, and the next `;`, `)` or engine. The rest of the bracket stays, because bots
 * that pose as a phone put their name there.
 */
const MODEL =
  /(\bAndroid [\w.]+; ?(?:[a-z]{2}(?:[-_][a-z]{2})?; ?)?)[^;)]*?(?=[;)]| Build\/| AppleWebKit|$)((?:; ?| )Build\/[^;)]*?(?=[;)]| AppleWebKit|$))?/i;

function withoutModel(agent: string): string {
  return agent.replace(MODEL, '$1');
}
