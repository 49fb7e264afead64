import { CLASSES, OUTCOMES } from '../edge/classes';
import type { ContentFacts } from '../edge/content-table';
import type { Hit } from '../edge/hit';
import type { PacketCell, PacketContent } from './packet';

const PAIRS = CLASSES.length * OUTCOMES.length;
/** A key is content * MINUTES + minute: with 200,000 contents it fits a double. */
const MINUTES = 2 ** 26;

interface Cell {
  readonly content: number;
  readonly minute: number;
  readonly counts: Uint32Array;
  readonly edges: Map<number, number>;
  hits: number;
}

export interface TakeOptions {
  readonly contents: readonly ContentFacts[];
  readonly edges: readonly string[];
  readonly cellsMax: number;
}

/** Hits of an interval by lane, content and minute. */
export class CellTable {
  private readonly cells: Map<number, Cell>[];
  private last: Cell | undefined;
  private lastLane = -1;

  constructor(lanes: number) {
    this.cells = Array.from({ length: lanes }, () => new Map());
  }

  get lanes(): number[] {
    return this.cells.flatMap(({ size }, lane) => (size > 0 ? [lane] : []));
  }

  add(lane: number, hit: Hit): void {
    const minute = Math.floor(hit.tMs / 60_000);
    let cell = this.last;
    if (
      cell === undefined ||
      lane !== this.lastLane ||
      cell.minute !== minute ||
      cell.content !== hit.content
    ) {
      cell = this.cellOf(lane, hit.content, minute);
      this.last = cell;
      this.lastLane = lane;
    }
    cell.hits += 1;
    cell.counts[hit.class * OUTCOMES.length + hit.outcome]! += 1;
    cell.edges.set(hit.edge, (cell.edges.get(hit.edge) ?? 0) + 1);
  }

  /** What a lane has, with contents and edges by positions of their own, in the order of their names. */
  take(lane: number, { contents, edges, cellsMax }: TakeOptions) {
    const nameOf = (n: number) => `${contents[n]!.id} ${contents[n]!.kind}`;
    const all = [...this.cells[lane]!.values()].sort(
      (a, b) => compareText(nameOf(a.content), nameOf(b.content)) || a.minute - b.minute,
    );
    let kept = all;
    if (all.length > cellsMax) {
      const most = [...all].sort((a, b) => b.hits - a.hits).slice(0, cellsMax);
      const chosen = new Set(most);
      kept = all.filter((cell) => chosen.has(cell));
    }
    const hits = all.reduce((sum, cell) => sum + cell.hits, 0);
    const contentAt = new Map<number, number>();
    const edgeAt = new Map<number, number>();
    for (const cell of kept)
      if (!contentAt.has(cell.content)) contentAt.set(cell.content, contentAt.size);
    const used = new Set(kept.flatMap((cell) => [...cell.edges.keys()]));
    for (const edge of [...used].sort((a, b) => compareText(edges[a]!, edges[b]!)))
      edgeAt.set(edge, edgeAt.size);
    return {
      contents: [...contentAt.keys()].map((n): PacketContent => contents[n]!),
      edges: [...edgeAt.keys()].map((n) => edges[n]!),
      cells: kept.map(({ content, minute, counts, edges: own }): PacketCell => ({
        content: contentAt.get(content)!,
        minute,
        counts: Array.from(counts, (n, pair) => [pair, n] as const).filter(([, n]) => n > 0),
        edges: [...own]
          .map(([edge, n]) => [edgeAt.get(edge)!, n] as const)
          .sort(([a], [b]) => a - b),
      })),
      hits,
      droppedHits: hits - kept.reduce((sum, cell) => sum + cell.hits, 0),
    };
  }

  private cellOf(lane: number, content: number, minute: number): Cell {
    const cells = this.cells[lane]!;
    const key = content * MINUTES + minute;
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = { content, minute, counts: new Uint32Array(PAIRS), edges: new Map(), hits: 0 };
      cells.set(key, cell);
    }
    return cell;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
