import type { ContentTable } from '../edge/content-table';
import type { Changes } from './changes';
import type { Packet } from './packet';

/** Adds the hits of a packet, whose contents and edge locations have numbers of their own. */
export function foldHits(packet: Packet, contents: ContentTable, changes: Changes): void {
  const numbers = packet.contents.map(({ id, kind, segmentMs }) =>
    contents.numberOf(id, kind, segmentMs),
  );
  for (const { content, minute, counts, edges } of packet.cells) {
    const n = numbers[content]!;
    for (const [pair, hits] of counts) changes.addHits(n, minute, pair, hits);
    for (const [edge, hits] of edges) changes.addEdgeHits(n, minute, packet.edges[edge]!, hits);
  }
}
