import type { FunctionName } from '../pipeline';

/** Metrics that are never above 0 while all is well; each is an alarm of its name. */
export const ALWAYS_ZERO: readonly {
  readonly metric: string;
  readonly by: FunctionName;
  readonly meaning: string;
}[] = [
  { metric: 'OpenHoles', by: 'watch', meaning: 'packets are missing in the chain of a lane' },
  {
    metric: 'LinesUnfolded',
    by: 'watch',
    meaning: 'lines were forwarded and not counted within a minute, or counted twice',
  },
  {
    metric: 'RecordsLost',
    by: 'intake',
    meaning: 'records expired unread: the figures of the event are incomplete',
  },
  {
    metric: 'PacketsQuarantined',
    by: 'tally',
    meaning: 'records of viewer-packets are no packets: somebody else writes there, or they broke',
  },
  {
    metric: 'OverBound',
    by: 'tally',
    meaning: 'an address or a lane has more viewers than are told apart: they count as unresolved',
  },
  {
    metric: 'SuspectsUntold',
    by: 'tally',
    meaning: 'suspects could not be written: they are not blocked until they are told again',
  },
  { metric: 'BatchesBad', by: 'enforce', meaning: 'batches of suspects cannot be read' },
  {
    metric: 'FeedsUnread',
    by: 'enforce',
    meaning: 'enforce cannot read what it needs: nothing changes but expiries (F4)',
  },
  {
    metric: 'BlocksOverflow',
    by: 'enforce',
    meaning: 'the sets are full: suspects are not blocked for lack of room (P9)',
  },
  {
    metric: 'ViewersCut',
    by: 'enforce',
    meaning: 'blocks were given up because too many viewers are behind them (F1)',
  },
  {
    metric: 'ChangesDeferred',
    by: 'enforce',
    meaning: 'a pass wanted to change more of a list than it may, the rest waits (F2)',
  },
  {
    metric: 'RollBacks',
    by: 'enforce',
    meaning: 'a push was taken back because verified presence fell after it (F3)',
  },
  {
    metric: 'ForeignRemovals',
    by: 'enforce',
    meaning: 'somebody else removed entries of ours: they are allowed for an hour',
  },
  {
    metric: 'EntriesRestored',
    by: 'enforce',
    meaning: 'a set was emptied by somebody else, as by a deploy, and was filled again',
  },
  {
    metric: 'SetErrors',
    by: 'enforce',
    meaning: 'AWS WAF refuses a set for another reason than conflict or quota',
  },
];
