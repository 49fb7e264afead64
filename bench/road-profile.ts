/** Where tally spends its time: samples of a CPU profile, by the stage that called. */
import { readFileSync } from 'node:fs';
import { type CpuProfile, type ProfileNode, placeFinder, profileChild } from './profile';
import type { RoadRun } from './road-child';

export interface TallyStage {
  readonly name: string;
  /** of all samples in tally, 0 to 1 */
  readonly share: number;
}

/** By module and function; the nearest above a sample counts. */
const STAGES: readonly (readonly [name: string, places: RegExp])[] = [
  ['event and packets read', /kinesis-event\.ts:|road\/packet\.ts:|tally\.ts:packetsByLane$/],
  ['outbox', /road\/outbox\.ts:/],
  ['blobs', /road\/lane-blob\.ts:|lane-day\.ts:(save|write|mark)$/],
  ['fold: items of Views', /road\/(changes|ledger-changes)\.ts:(updates|integrate|slotsByMinute)$/],
  ['head', /road\/lane-head\.ts:|lane\.ts:constructor$/],
  ['fold: viewers', /road\/(lane|lane-day|chain)\.ts:(place\w*|fold|tell\w*|changing|made|gone)$/],
  ['all else of tally', /tally\/tally\.ts:|road\/lane\.ts:|adapters\/parallel\.ts:/],
];

/** Memory that is cleared at the same time is not among the samples. */
export function profileTally(child: string, run: RoadRun, folder: string): TallyStage[] {
  const { profile } = profileChild(child, ['tally', JSON.stringify(run)], folder);
  return tallyStages(profile, placeFinder(readFileSync(child, 'utf8')));
}

function tallyStages({ nodes }: CpuProfile, placeOf: (line: number) => string): TallyStage[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ticks = new Map<string, number>();
  const visit = (node: ProfileNode, above: string | undefined) => {
    const place = placeOf(node.callFrame.lineNumber + 1);
    const [stage = above] = STAGES.find(([, places]) => places.test(place)) ?? [];
    if (stage !== undefined) ticks.set(stage, (ticks.get(stage) ?? 0) + node.hitCount);
    for (const id of node.children ?? []) visit(byId.get(id)!, stage);
  };
  visit(nodes[0]!, undefined);
  const total = [...ticks.values()].reduce((sum, n) => sum + n, 0);
  return STAGES.map(([name]) => ({ name, share: (ticks.get(name) ?? 0) / Math.max(1, total) }));
}
