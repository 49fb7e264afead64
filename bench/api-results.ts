import { API_P99_MS_MAX, type ApiResult, type ApiRow } from './api.bench';

/** One process that ran before, and little else: then the clock says what a caller waits for. */
export const IDLE_LOAD_MAX = 1.2;

export function renderApi({ rows, load }: ApiResult): string {
  const count = (n: number) => n.toLocaleString('en-US');
  const ms = (n: number) => n.toFixed(1);
  const lines = rows.map(
    ({ name, items, bytes, cpu, wall }) =>
      `| ${name} | ${count(items)} | ${count(Math.round(bytes / 1_024))} | ${ms(cpu.p50Ms)} | ${ms(cpu.p99Ms)} | ${ms(wall.p50Ms)} | ${ms(wall.p99Ms)} |`,
  );
  const isIdle = load <= IDLE_LOAD_MAX;
  const line = (what: string, p99Ms: number) => {
    const verdict = p99Ms <= API_P99_MS_MAX ? 'reached' : 'not reached';
    return `| ${what}, p99 | ${API_P99_MS_MAX} | ${ms(p99Ms)} | ${verdict} |`;
  };
  const byClock = ({ wall }: ApiRow, what: string) => line(`${what}, ms`, wall.p99Ms);
  const goal = (row: ApiRow, what: string) =>
    isIdle ? byClock(row, what) : line(`${what}, CPU ms`, row.cpu.p99Ms);
  const [minutes, withSdk, overHttp] = rows as [ApiRow, ApiRow, ApiRow];
  const judged = isIdle
    ? 'The machine was idle, so the clock is judged.'
    : 'Other things ran on the machine, so CPU time is judged.';
  return `
## Queries

A day of one content in one lane group, asked of the handler in process, warm, with the heap that Lambda sets for the function's
memory (bench/api.bench.ts): an event of API Gateway in, its response out. Validation, the adapters, adding up and writing the answer are in it. DynamoDB's own time, its network
and the cold start of Lambda are not; the table is in memory, in pages of 1 MB. Typed values are at hand but in the row
"and the SDK": there the SDK also signs each query, and decodes the JSON that DynamoDB would send. "Over HTTP" is the same on
loopback behind the front of the rig, by the clock of a client in another process; its CPU time has the way of the answer to the benchmark in it. From one question to the
next the newest minute changes; the others are remembered, and only their revisions are read ("items read" counts both), but in the row "for
the first time". The first answers are checked, and both states of the table are among them. Load before: ${load.toFixed(1)}. ${judged}

| answer | items read | KB | CPU ms, median | CPU ms, p99 | ms, median | ms, p99 |
|---|---:|---:|---:|---:|---:|---:|
${lines.join('\n')}

| goal | wanted | measured | |
|---|---:|---:|---|
${goal(minutes, 'a day of minutes')}
${goal(withSdk, 'a day of minutes and the SDK')}
${byClock(overHttp, 'the same over HTTP')}
`;
}
