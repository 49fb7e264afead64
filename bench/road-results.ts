/** The road's part of bench/RESULTS.md as text. */
import type { RoadResults, RoadRow } from './road.bench';
import { SCALES } from '../lib/pipeline';
import type { UnitsResult } from './units.bench';
import { KINDS_OF_WRITES } from './units-meter';
import {
  BUDGET_USD,
  FORMULA_ROWS,
  type FormulaRow,
  ROUND_TRIP_MS,
  costsOf,
  formulaOf,
  linesPerSecond,
  scaleOf,
  versionSeconds,
} from './units-price';

/** Lines that intake takes in a CPU second. */
export const INTAKE_GOAL = 150_000;
export const INTAKE_FLOOR = 100_000;

export function renderRoad({ rounds, inputs, rows, stages }: RoadResults): string {
  return `
## The road: intake and tally

The real handlers on stores in memory that cost nothing; the SDK, metrics and the network are not in
these figures. Each run is a process of its own, they take turns${rounds > 1 ? `, ${rounds} rounds after one that is not timed` : ''}.
The clock runs in the handler alone, and after a third of the batches: an environment lives for
hours. Packets of intake are folded once and give a recount's figures to the last counter, and are the
same bytes in each run; what tally publishes is compared with a recount in each run. Input, by
bench/road-input.ts:

${inputs.map(({ name, lines, batches, sha256 }) => `- ${name}: ${count(lines)} lines, ${count(batches)} batches, SHA-256 of the lines \`${sha256}\``).join('\n')}

| what | lines/s, best | lines/s, median | lines in a CPU second, median | packets in a CPU second |
|---|---:|---:|---:|---:|
${rows.map(renderRow).join('\n')}

${renderGoals(rows)}
Where tally spends its time (CPU profile, clearing of memory aside):

| stage | ${stages.map(({ name }) => name).join(' | ')} |
|---|${stages.map(() => '---:|').join('')}
${(stages[0]?.stages ?? []).map(({ name }, n) => `| ${name} | ${stages.map(({ stages: own }) => percent(own[n]!.share)).join(' | ')} |`).join('\n')}
`;
}

function renderRow({ name, best, median, perCpuSecond, packetsPerLine }: RoadRow): string {
  const cpu = perCpuSecond === undefined ? 'not measured' : count(perCpuSecond);
  const packets = packetsPerLine === 0 ? '' : count((perCpuSecond ?? median) * packetsPerLine);
  return `| ${name} | ${count(best)} | ${count(median)} | ${cpu} | ${packets} |`;
}

function renderGoals(rows: readonly RoadRow[]): string {
  const intakes = rows.filter(({ id }) => /^intake-.*-0$/.test(id));
  const goals = intakes.flatMap(({ name, perCpuSecond, median }) =>
    [['goal', INTAKE_GOAL] as const, ['floor', INTAKE_FLOOR] as const].map(([what, wanted]) => {
      const measured = perCpuSecond ?? median;
      const verdict = measured >= wanted ? 'reached' : 'not reached';
      return `| ${name}: ${what} | ${count(wanted)} | ${count(measured)} | ${verdict} |`;
    }),
  );
  return `| lines in a CPU second | wanted | measured | |
|---|---:|---:|---|
${goals.join('\n')}
`;
}

export function renderUnits(results: readonly UnitsResult[]): string {
  return `
## The road: units and USD for a million lines

Counted from the calls of the real handlers and adapters to the doubles of test/sim, which reckon units
as DynamoDB and Kinesis document them. Batches are those of the windows in lib/pipeline.ts. In the end
Views are compared with a recount of all lines. "Formula" is docs/ROAD.md, "Units".
${results.map(renderEvent).join('')}
Prices are those of us-east-1, November 2026 (lib/prices.ts). Of Lambda the CPU time is that of the
handlers here, doubles included and the SDK not; ${ROUND_TRIP_MS} ms are reckoned for each round trip that
was waited for. Logs, metrics, storage and the functions' start are not in the sum.
`;
}

function renderEvent(result: UnitsResult): string {
  const { plan, played } = result;
  const { lanes, lanesPlayed, seconds, warmSeconds } = plan;
  const costs = costsOf(plan, played);
  const usd = costs.reduce((sum, cost) => sum + cost.usd, 0);
  const isBudgeted = Math.round(linesPerSecond(plan, played) / 1_000) === 1;
  const verdict = usd <= BUDGET_USD ? 'reached' : 'not reached';
  return `
### ${plan.name}

${describe(result)} Counted: ${seconds} s of the event after ${warmSeconds} s, ${count(played.lines)} lines${
    lanesPlayed < lanes
      ? `; the viewers of
${lanesPlayed} of the ${lanes} lanes were played (one lane group, all source shards), the others are reckoned as like them`
      : ''
  }.

| write units | formula, units/s | measured, units/s | calls/s | units a call | measured for a million lines |
|---|---:|---:|---:|---:|---:|
${renderWrites(result)}

| USD for a million lines | |
|---|---:|
${costs.map(({ name, usd: own, isEstimate }) => `| ${name}${isEstimate === true ? ' (estimate)' : ''} | ${own.toFixed(4)} |`).join('\n')}
| **together**${isBudgeted ? `; at most ${BUDGET_USD.toFixed(2)}: ${verdict}` : ''} | **${usd.toFixed(3)}** |
`;
}

function describe({ plan, played }: UnitsResult): string {
  const { lanes, viewers, contents, event } = plan;
  const who =
    event === 'steady'
      ? `${count(viewers)} viewers of ${contents === 1 ? 'one stream' : `${contents} streams`} watch on, each asks for a manifest and a segment each 6 s.`
      : `${count(viewers)} at a time come, watch and go; two streams, pages, bots, errors (bench/edge-log.ts). The formula knows of the streams alone.`;
  const shards = SCALES[lanes].edgeShards;
  return `${who} ${count(linesPerSecond(plan, played))} lines/s, ${lanes} lanes, ${shards} source shards, ${versionSeconds(lanes)} s between two versions of a lane.`;
}

function renderWrites({ plan, played }: UnitsResult): string {
  const formula = formulaOf(plan);
  const million = 1e6 / linesPerSecond(plan, played);
  const row = (name: string, wanted: number | undefined, kinds: readonly string[]) => {
    let [units, calls] = [0, 0];
    for (const own of played.kinds.filter(({ kind }) => kinds.includes(kind))) {
      units += (own.units * scaleOf(plan, own.kind)) / plan.seconds;
      calls += (own.calls * scaleOf(plan, own.kind)) / plan.seconds;
    }
    const each = calls === 0 ? '' : (units / calls).toFixed(2);
    return `| ${name} | ${wanted === undefined ? '' : one(wanted)} | ${one(units)} | ${one(calls)} | ${each} | ${count(units * million)} |`;
  };
  const lines = (Object.keys(FORMULA_ROWS) as FormulaRow[]).flatMap((name) => {
    const kinds = FORMULA_ROWS[name];
    const parts = kinds.length > 1 ? kinds.map((kind) => row(`- ${kind}`, undefined, [kind])) : [];
    return [row(name, formula[name], kinds), ...parts];
  });
  const sum = Object.values(formula).reduce((total, n) => total + n, 0);
  return [...lines, row('**all**', sum, KINDS_OF_WRITES)].join('\n');
}

const count = (n: number) => Math.round(n).toLocaleString('en-US');
const one = (n: number) => (n >= 1_000 ? count(n) : n.toFixed(1));
const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
