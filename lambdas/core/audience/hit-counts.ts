import { CLASSES, OUTCOMES } from '../edge/classes';
import type { Hit } from '../edge/hit';
import type { Names } from '../edge/names';
import type { MinuteWindow } from './content-tally';

/** Hits of one content in one minute: by class and outcome, and by edge location. */
export interface HitCell {
  /** class * OUTCOMES.length + outcome */
  readonly counts: Float64Array;
  edges: Float64Array;
}

const CELL = CLASSES.length * OUTCOMES.length;

/**
 * Counts hits as logged, by content, minute, class, outcome and edge location. Lines of one minute
 * come together, so the cell of the last hit of each content is kept at hand.
 */
export class HitCounts {
  /** by content number, then by minute */
  readonly cells: Map<number, HitCell>[] = [];
  /** time of the last hit by content number, ms since the epoch: where its data end (E2) */
  readonly lastAtMs: number[] = [];
  private readonly lastMinute: number[] = [];
  private readonly lastCell: HitCell[] = [];

  add(hit: Hit): void {
    const minute = Math.floor(hit.tMs / 60_000);
    const { content } = hit;
    const cell =
      this.lastMinute[content] === minute ? this.lastCell[content]! : this.cellOf(content, minute);
    cell.counts[hit.class * OUTCOMES.length + hit.outcome]! += 1;
    if (hit.tMs > this.lastAtMs[content]!) this.lastAtMs[content] = hit.tMs;
    addEdge(cell, hit.edge, 1);
  }

  cellOf(content: number, minute: number): HitCell {
    while (this.cells.length <= content) {
      this.cells.push(new Map());
      this.lastAtMs.push(0);
    }
    const minutes = this.cells[content]!;
    let cell = minutes.get(minute);
    if (cell === undefined) {
      cell = { counts: new Float64Array(CELL), edges: new Float64Array(8) };
      minutes.set(minute, cell);
    }
    while (this.lastMinute.length <= content) {
      this.lastMinute.push(-1);
      this.lastCell.push(cell);
    }
    this.lastMinute[content] = minute;
    this.lastCell[content] = cell;
    return cell;
  }
}

export function addEdge(cell: HitCell, edge: number, count: number): void {
  if (edge >= cell.edges.length) cell.edges = growTo(cell.edges, edge);
  cell.edges[edge]! += count;
}

/** Hits by edge location inside a window. Names come from the log, so a Map: none is a property of all. */
export function sumEdges(
  cells: ReadonlyMap<number, HitCell>,
  edges: Names,
  { from, to }: MinuteWindow,
): Map<string, number> {
  const byEdge = new Map<string, number>();
  for (const [minute, cell] of cells) {
    if (minute < from || minute >= to) continue;
    cell.edges.forEach((count, n) => {
      if (count === 0) return;
      byEdge.set(edges.list[n]!, (byEdge.get(edges.list[n]!) ?? 0) + count);
    });
  }
  return byEdge;
}

function growTo(array: Float64Array, position: number): Float64Array {
  const larger = new Float64Array(2 ** Math.ceil(Math.log2(position + 1)));
  larger.set(array);
  return larger;
}
