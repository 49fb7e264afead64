import type { AddressFacts, Covering, HistoryEvent } from '../../lambdas/adapters/address-facts';
import type { NamedAllow } from '../../lambdas/adapters/manual-store';
import {
  type Sparing,
  type Verdict,
  evidenceOf,
  verdictOf,
} from '../../lambdas/api/address-verdict';
import { RULE_MEANINGS, count, evidenceText } from '../../lambdas/core/guard/rule-words';
import { formatWhole, lengthText, timeText } from '../../lambdas/core/plain-words';
import { authorText } from './blocks-status';
import { reasonText } from './blocks-table';
import { plainText, wrapText } from './text-table';

const COLUMNS = 100;
const HISTORY_MAX = 40;

const SAYS: Readonly<Record<Verdict, string>> = {
  blocked: 'is blocked',
  to_be_blocked: 'is not blocked yet: the next call brings it',
  counted: 'is not blocked; it is in the list count, which blocks nobody',
  to_be_counted: 'is not blocked; the next call brings it into the list count, which blocks nobody',
  suspect: 'is not blocked, but was told as a suspect',
  not_blocked: 'is not blocked',
};

/** All that is known of an address, for people. */
export function renderText(facts: AddressFacts, sparing: Sparing | undefined): string {
  const { address, covering, allows, exemptBy } = facts;
  const by = covering.length === 0 ? '' : `, by ${covering.map(({ cidr }) => cidr).join(', ')}`;
  const lines = [
    `${plainText(address)} ${SAYS[verdictOf(facts)]}${by}`,
    ...covering.flatMap((one) => ['', ...coveringLines(facts, one)]),
    ...pendingLines(facts),
    ...suspectLines(facts, sparing),
    '',
    `exempt: ${exemptBy === undefined ? 'no' : `by the list ${exemptBy}`}`,
    ...(allows.length === 0 ? ['spared by people: no'] : allows.map(allowText)),
    '',
    ...historyLines(facts),
  ];
  return `${lines.flatMap((line) => wrapText(line, COLUMNS, '           ')).join('\n')}\n`;
}

function coveringLines(facts: AddressFacts, one: Covering): string[] {
  const { list, set, cidr, state, block } = one;
  const head = `${cidr} in set ${set} (list ${list}, ${state})`;
  if (block === undefined) return [head, '  added by others: Turnout leaves it alone'];
  const { rule, strikes, author, reason, suspects, attackHits, verifiedViewers } = block;
  const evidence = evidenceOf(facts, one);
  const seen =
    evidence === undefined
      ? 'not in the audit of that time: --days looks further back'
      : evidenceText(rule, evidence, verifiedViewers);
  const covers = `${count(suspects, 'suspect')} with ${count(attackHits, 'attack hit')} in 10 seconds, ${count(verifiedViewers, 'verified viewer')}`;
  return [
    head,
    `  rule     ${rule}: ${RULE_MEANINGS[rule]}`,
    ...(rule === 'manual' ? [] : [`  seen     ${seen}`, `  covers   ${covers}`]),
    `  since    ${timeText(block.sinceMs)}, ${lengthText(facts.nowMs - block.sinceMs)} ago`,
    `  until    ${timeText(block.untilMs)}, ${lengthText(block.untilMs - facts.nowMs)} from now`,
    ...(rule === 'manual' ? [] : [`  strikes  ${formatWhole(strikes)} in 24 hours`]),
    `  author   ${authorText(author)}`,
    ...(reason === undefined ? [] : [`  reason   ${reasonText(reason)}`]),
  ];
}

/** What people blocked and no set holds yet. */
function pendingLines({ manual, covering, mode }: AddressFacts): string[] {
  return manual
    .filter(({ cidr }) => !covering.some((one) => one.cidr === cidr && one.list === 'block'))
    .map(
      ({ cidr, author, reason, untilMs }) =>
        `blocked by people, ${mode === 'off' ? 'but the guard is off' : 'and in no set yet'}: ${cidr} by ${authorText(author)} ` +
        `until ${timeText(untilMs)}: ${reasonText(reason)}`,
    );
}

function suspectLines({ suspect: told, nowMs }: AddressFacts, sparing: Sparing | undefined) {
  if (told === undefined) return [];
  const { cidr, rule, evidence, verifiedViewers } = told.suspect;
  const ago = `${timeText(told.atMs)}, ${lengthText(nowMs - told.atMs)} ago`;
  return [
    '',
    `${cidr} was told as a suspect`,
    `  rule     ${rule}: ${RULE_MEANINGS[rule]}`,
    `  seen     ${evidenceText(rule, evidence, verifiedViewers)}`,
    `  told     ${ago}`,
    ...(sparing === undefined ? [] : [`  spared   ${sparing.text}`]),
  ];
}

function allowText({ cidr, author, reason, untilMs }: NamedAllow): string {
  const who = authorText(author);
  return `spared by people: ${cidr} by ${who} until ${timeText(untilMs)}: ${reasonText(reason)}`;
}

function historyLines({ history, fromMs }: AddressFacts): string[] {
  const since = `since ${timeText(fromMs)}`;
  if (history.length === 0) return [`history ${since}: nothing`];
  const shown = history.slice(-HISTORY_MAX);
  const cut = history.length - shown.length;
  return [
    `history ${since}${cut === 0 ? '' : `, the last ${HISTORY_MAX} of ${history.length}`}:`,
    ...shown.map((event) => `  ${timeText(event.atMs)}  ${eventText(event)}`),
  ];
}

function eventText(event: HistoryEvent): string {
  const { what, cidr, set, author, reason, why, untilMs, block } = event;
  const by = `by ${authorText(author)}`;
  const until = untilMs === undefined ? '' : `, until ${timeText(untilMs)}`;
  const said = reason === undefined ? '' : `: ${reasonText(reason)}`;
  switch (what) {
    case 'added':
      return `added ${cidr} to ${set} ${by}: ${block?.rule}${until}`;
    case 'removed':
      return `removed ${cidr}${set === '' ? '' : ` from ${set}`} ${by}: ${plainText(why ?? '')}`;
    case 'added_by_others':
      return `others added ${cidr} to ${set}`;
    case 'removed_by_others':
      return `others removed ${cidr} from ${set}`;
    default:
      return `${what} ${cidr} ${by}${until}${said}`;
  }
}
