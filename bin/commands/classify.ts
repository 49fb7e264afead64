import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';

import { judgeAgent, type AgentVerdict } from '../../lambdas/core/edge/agent';
import { CLASSES, PERSON_CLASSES } from '../../lambdas/core/edge/classes';

export interface ClassifyOptions {
  readonly json: boolean;
}

export interface ClassifyIo {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** What is longer is cut, so that input without line ends cannot fill the memory. */
export const LINE_CHARS_MAX = 65_536;
/** Verdicts kept by agent. Real logs repeat few agents very often; a full table starts anew. */
const VERDICTS_MAX = 65_536;

/**
 * `turnout classify`: user agents on standard input, one a line; on standard output, for each line
 * and in the same order, class, group and rule id with tabs between, or a JSON object.
 */
export async function runClassify(options: ClassifyOptions, io: ClassifyIo): Promise<void> {
  const judge = makeCachedJudge();
  const render = options.json ? renderJson : renderTsv;
  const answer = (line: string) => `${render(line, judge(line))}\n`;
  for await (const lines of linesOf(io.input)) {
    // One write for all lines of a chunk: a write for each costs more than the judging.
    let text = '';
    for (const line of lines) text += answer(line);
    if (text !== '' && !io.output.write(text)) await once(io.output, 'drain');
  }
}

function renderTsv(_line: string, verdict: AgentVerdict): string {
  return `${verdict.class}\t${groupOf(verdict)}\t${verdict.rule}`;
}

function renderJson(agent: string, verdict: AgentVerdict): string {
  const { class: hitClass, rule, device } = verdict;
  return JSON.stringify({ agent, class: hitClass, group: groupOf(verdict), rule, device });
}

function groupOf(verdict: AgentVerdict): 'person' | 'invalid' {
  return CLASSES.indexOf(verdict.class) < PERSON_CLASSES ? 'person' : 'invalid';
}

function makeCachedJudge(): (agent: string) => AgentVerdict {
  const verdicts = new Map<string, AgentVerdict>();
  return (agent) => {
    let verdict = verdicts.get(agent);
    if (verdict === undefined) {
      verdict = judgeAgent(agent);
      if (verdicts.size >= VERDICTS_MAX) verdicts.clear();
      verdicts.set(agent, verdict);
    }
    return verdict;
  };
}

/**
 * The lines of each chunk. Split at line feeds alone, as `wc -l` counts them: readline also splits
 * at a lone carriage return, which would shift every answer after it. Bytes that are no UTF-8
 * become U+FFFD.
 */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<readonly string[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of input) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop()!.slice(0, LINE_CHARS_MAX + 1); // one more, in case a '\r' is to go
    yield lines.map(clean);
  }
  rest += decoder.end();
  if (rest !== '') yield [clean(rest)];
}

function clean(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.length > LINE_CHARS_MAX ? text.slice(0, LINE_CHARS_MAX) : text;
}
