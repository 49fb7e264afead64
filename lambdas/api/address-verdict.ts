import type { AddressFacts, Covering } from '../adapters/address-facts';
import { isInSet } from '../core/guard/set-truth';
import type { Evidence } from '../core/guard/suspect';
import type { Settings } from '../core/settings';
import { formatWhole, lengthText, timeText } from '../core/plain-words';

/**
 * `blocked`: WAF had it when it was looked at last. `to_be_blocked`: the next call brings it. `counted`: a rule
 * counts its requests, and answers them. `suspect`: it was told and is in no set.
 */
export type Verdict =
  'blocked' | 'to_be_blocked' | 'counted' | 'to_be_counted' | 'suspect' | 'not_blocked';

/** Why a suspect is in no set. */
export interface Sparing {
  readonly why:
    'exempt' | 'held_back' | 'removed' | 'ended' | 'viewers' | 'mode' | 'waiting' | 'cut';
  readonly text: string;
}

/** Enforce looks for news each second while there are any, and each minute by its schedule. */
const WAITING_MS = 60_000;

const isIn = ({ cidr, state, block }: Covering) =>
  isInSet({ cidr, state, block, isTouched: false });

export function verdictOf({ covering, manual, suspect, mode }: AddressFacts): Verdict {
  const inBlock = covering.filter(({ list }) => list === 'block');
  if (inBlock.some(isIn)) return 'blocked';
  const isWanted = manual.length > 0 && mode !== 'off';
  if (isWanted || inBlock.some(({ state }) => state === 'adding')) return 'to_be_blocked';
  const inCount = covering.filter(({ list }) => list === 'count');
  if (inCount.some(isIn)) return 'counted';
  if (inCount.some(({ state }) => state === 'adding')) return 'to_be_counted';
  return suspect === undefined ? 'not_blocked' : 'suspect';
}

/** Of what the block or suspect was seen doing, from the audit; undefined if that is older than was looked. */
export function evidenceOf({ history }: AddressFacts, { block }: Covering): Evidence | undefined {
  const added = history.filter((event) => event.block?.cidr === block?.cidr);
  const own = added.findLast((event) => event.block?.sinceMs === block?.sinceMs);
  return own?.block?.evidence;
}

/**
 * Why a suspect is not blocked, by the rules of the plan and what was written down. The plan itself does not
 * say whom it spared, so what is left at the end is one of several.
 */
export function sparingOf(
  facts: AddressFacts,
  { viewerWeight }: Pick<Settings['guard'], 'viewerWeight'>,
): Sparing | undefined {
  const { suspect: told, allows, exemptBy, heldBackUntilMs, history, nowMs, mode } = facts;
  if (told === undefined) return undefined;
  const say = (why: Sparing['why'], text: string): Sparing => ({ why, text });
  if (allows.length > 0) return say('exempt', `people spare ${allows[0]!.cidr}`);
  if (exemptBy !== undefined) return say('exempt', `the list ${exemptBy} exempts it`);
  if (heldBackUntilMs !== undefined) {
    const until = timeText(heldBackUntilMs);
    return say(
      'held_back',
      `verified viewers were refused after its push: held back until ${until}`,
    );
  }
  const { suspect, atMs } = told;
  const last = history.findLast(({ what, set }) => set !== '' && what === 'removed');
  if (last !== undefined && last.atMs >= atMs && last.why !== 'moved') {
    if (last.why === 'expired') return say('ended', `its block ended at ${timeText(last.atMs)}`);
    return say('removed', `its block was removed at ${timeText(last.atMs)}: ${last.why}`);
  }
  const { attackHits, verifiedViewers } = suspect;
  if (verifiedViewers > 0 && attackHits <= viewerWeight * verifiedViewers) {
    const weight = formatWhole(viewerWeight * verifiedViewers);
    return say(
      'viewers',
      `${formatWhole(verifiedViewers)} verified viewers behind it weigh ${weight}, ` +
        `and its ${formatWhole(attackHits)} attack hits do not weigh more (P4_alone)`,
    );
  }
  if (mode === 'off' || mode === 'hold') return say('mode', `the guard is in mode ${mode}`);
  if (nowMs - atMs < WAITING_MS) {
    return say('waiting', `it was told ${lengthText(nowMs - atMs)} ago: the next pass decides`);
  }
  return say(
    'cut',
    'it found no room (P9_overflow), or a fuse held it back (F1 verified viewers, F2 changes of the list)',
  );
}
