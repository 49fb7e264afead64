import type { FunctionName } from '../pipeline';

/** Metrics that are never above 0 while all is well; each is an alarm of its name. */
export const ALWAYS_ZERO: readonly {
  readonly metric: string;
  readonly by: FunctionName;
  readonly meaning: string;
  /** What to do first, in one sentence. */
  readonly first: string;
}[] = [
  {
    metric: 'OpenHoles',
    by: 'watch',
    meaning: 'packets are missing in the chain of a lane',
    first: 'look for errors of tally: a lane that fails is folded again until it succeeds',
  },
  {
    metric: 'LinesUnfolded',
    by: 'watch',
    meaning: 'lines were forwarded and not counted within a minute, or counted twice',
    first:
      'look at the iterator age and the errors of tally: late lines are counted when it is mended',
  },
  {
    metric: 'RecordsLost',
    by: 'intake',
    meaning: 'records expired unread: the figures of the event are incomplete',
    first: 'mend intake, so that no more expire, and recount the standard logs of those hours',
  },
  {
    metric: 'PacketsQuarantined',
    by: 'tally',
    meaning: 'records of viewer-packets are no packets: somebody else writes there, or they broke',
    first: 'read the items `quarantine` of the table State: their reason and first bytes',
  },
  {
    metric: 'OverBound',
    by: 'tally',
    meaning: 'an address or a lane has more viewers than are told apart: they count as unresolved',
    first:
      'find the address among the suspects; if it is a building of people, raise viewersPerAddressMax',
  },
  {
    metric: 'SuspectsUntold',
    by: 'tally',
    meaning: 'suspects could not be written: they are not blocked until they are told again',
    first: 'look for throttles of the table Blocks in the log of tally',
  },
  {
    metric: 'BatchesBad',
    by: 'enforce',
    meaning: 'batches of suspects cannot be read',
    first:
      'compare the versions of tally and enforce: a deploy was not finished, or somebody else writes',
  },
  {
    metric: 'FeedsUnread',
    by: 'enforce',
    meaning: 'enforce cannot read what it needs: nothing changes but expiries (F4)',
    first: 'look for the error of the read in the log of enforce',
  },
  {
    metric: 'BlocksOverflow',
    by: 'enforce',
    meaning: 'the sets are full: suspects are not blocked for lack of room (P9)',
    first:
      'run `turnout blocks`: add a rate-based rule to the web ACL, or raise guard.setsV4 or guard.setsV6',
  },
  {
    metric: 'ViewersCut',
    by: 'enforce',
    meaning: 'blocks were given up because too many viewers are behind them (F1)',
    first:
      'run `turnout blocks` to see what is not blocked; block by hand what must be, viewers or not',
  },
  {
    metric: 'ChangesDeferred',
    by: 'enforce',
    meaning: 'a pass wanted to change more of a list than it may, the rest waits (F2)',
    first: 'see whether the next passes take the rest; if it is no attack, set `turnout mode hold`',
  },
  {
    metric: 'RollBacks',
    by: 'enforce',
    meaning: 'a push was taken back because verified viewers were refused after it (F3)',
    first: 'run `turnout explain` for some addresses of it: it may have been right but for one',
  },
  {
    metric: 'ForeignRemovals',
    by: 'enforce',
    meaning: 'somebody else removed entries of ours: they are allowed for an hour',
    first:
      'ask who edits the sets, and have them use `turnout blocks rm` and `turnout blocks allow`',
  },
  {
    metric: 'EntriesRestored',
    by: 'enforce',
    meaning: 'a set was emptied by somebody else, as by a deploy, and was filled again',
    first: 'see whether the stack was deployed then: it must not be while an event runs',
  },
  {
    metric: 'SetErrors',
    by: 'enforce',
    meaning: 'AWS WAF refuses a set for another reason than conflict or quota: the push failed',
    first: 'look for the name of the error in the log of enforce',
  },
];
