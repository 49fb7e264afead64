/** A crowd as its lines show it, viewer by viewer, for tests of what happens in it. */
import { makeCrowd } from '../../local/crowd/crowd';
import type { Crowd, CrowdLine, CrowdOptions, Truth } from '../../local/crowd/crowd';
import type { OracleLine } from '../reference/oracle';
import { networkOf } from '../reference/oracle-line';
import { crowdOptions, linesOf, oracleLineOf } from './crowd-lines';

export interface Watched {
  readonly crowd: Crowd;
  readonly lines: readonly CrowdLine[];
  readonly known: readonly OracleLine[];
  /** By network, agent and session id, each in order of time. */
  readonly viewers: readonly (readonly OracleLine[])[];
  readonly truth: Truth;
}

export function watch(options: Partial<CrowdOptions> & { seed: number }): Watched {
  const crowd = makeCrowd(crowdOptions(options));
  const lines = linesOf(crowd);
  const known = lines.map(oracleLineOf).filter((line) => line !== undefined);
  const ordered = [...known].sort((a, b) => a.tMs - b.tMs);
  const groups = groupBy(
    ordered,
    ({ ip, userAgent, sessionId }) => `${networkOf(ip)} ${userAgent} ${sessionId}`,
  );
  return { crowd, lines, known, viewers: [...groups.values()], truth: crowd.truth() };
}

export const isPerson = ({ class: name }: OracleLine) => name === 'player' || name === 'browser';
export const isMedia = ({ path }: OracleLine) => /\.(ts|m4s)$/.test(path);
export const isManifest = ({ path }: OracleLine) => path.endsWith('.m3u8');
export const isDelivered = (line: OracleLine) =>
  isMedia(line) && /^20[06]$/.test(line.status) && line.detailedResult !== 'ClientCommError';
export const segmentOf = ({ path }: OracleLine) => /seg_(\d+)/.exec(path)?.[1];
export const renditionOf = ({ path }: OracleLine) => /\/(\d+p)\//.exec(path)?.[1];

export function gapsOf(lines: readonly OracleLine[]): number[] {
  return lines.slice(1).map(({ tMs }, n) => tMs - lines[n]!.tMs);
}

export function groupBy<Item, Key>(
  items: readonly Item[],
  keyOf: (item: Item) => Key,
): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
