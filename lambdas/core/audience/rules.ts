/** Numbers of docs/VIEW_DEFINITION.md. A test keeps page and code equal. */

export const DEFINITION = { id: 'turnout', version: '1.0.0' } as const;

/** T2_slot */
export const SLOT_MS = 2_000;
export const SLOT_SECONDS = 2;

/** S1_silence */
export const SILENCE_MS_MAX = 30 * 60_000;

/** S4_turned_away: who starts this soon after an error was not turned away. */
export const START_WITHIN_MS = 60_000;

/** V2_page_view, the COUNTER double-click */
export const DOUBLE_CLICK_MS = 30_000;

/** V1_view, in seconds */
export const VIEW_SECONDS = [2, 30, 60, 120] as const;

/** T2_slot: round(x) = floor(x + 0.5), for times in milliseconds. */
export function slotOf(ms: number): number {
  return Math.floor((ms + SLOT_MS / 2) / SLOT_MS);
}

/** P3_hole: how far the first slot of a run may be from the last of the one before, to be joined. */
export function runGapOf(segmentMs: number): number {
  return Math.max(1, slotOf(segmentMs)) + 1;
}

/** G3_player: the slots that show more than one segment. */
export function playerSlotsMin(segmentMs: number): number {
  const segment = Math.ceil(segmentMs / SLOT_MS);
  return segment + Math.ceil(segment / 2);
}
