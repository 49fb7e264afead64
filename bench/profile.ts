/** Where the time of one core goes: the self time of a CPU profile, by stage of the road of a line. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SCAN_WASM } from '../lambdas/core/edge/scan/scan-wasm';
import { runChild } from './candidates';

export interface Stage {
  readonly name: string;
  /** of all samples, 0 to 1 */
  readonly share: number;
  readonly nanosPerLine: number;
  /** what stands between this stage and the goal */
  readonly between: string;
  /** the functions with the most self time */
  readonly functions: readonly string[];
}

interface StageRule {
  readonly name: string;
  readonly modules: RegExp;
  readonly between: string;
}

/** The first that fits the module (and function) of a sample. */
const RULES: readonly StageRule[] = [
  {
    name: 'newline search, loop over lines',
    modules: /core\/recount\.ts:(feed|take|takeLines|begin|end|settle)$|^node:(last)?IndexOf$/i,
    between: 'The calls for each line, and lines that are cut by the end of a chunk.',
  },
  {
    name: 'columns',
    modules: /^wasm:scanColumns$|edge\/(line-tsv|line-combined|line-json|format|spans)\.ts/,
    between: 'Two comparisons and a mask for each 16 bytes, then a step for each column.',
  },
  {
    name: 'caches of agents, paths, edge locations',
    modules: /^wasm:(intern|helper)$|edge\/scanner\.ts:get$/,
    between:
      'Each key is read twice, to hash it and to compare it in full; an agent has some 100 bytes.',
  },
  {
    name: 'address, time, other values',
    modules: /^wasm:readHead$|edge\/(values|network|network-cache|cidr)\.ts/,
    between:
      'Digits are read one by one, some 30 to 40 bytes of each line; networks of addresses not met lately are searched for.',
  },
  {
    name: 'session ids and CMCD',
    modules: /edge\/cmcd\.ts|edge\/values\.ts:(decodeOnce|decodeEscapes|fnv1a)$/,
    between:
      'Session ids are hashed byte by byte; manifests and init segments have no duration in the ' +
      'columns, so that their query is searched for CMCD and decoded as text.',
  },
  {
    name: 'the hit: class, outcome, object',
    modules: /edge\//,
    between: 'Many small decisions over the spans of the line, with a load for each bound.',
  },
  {
    name: 'viewer key',
    modules: /^wasm:sipWords$|edge\/siphash\.ts/,
    between: 'Ten rounds of SipHash-2-4, and a call.',
  },
  {
    name: 'viewer table',
    modules: /audience\/(audience|viewer-table|interval-pool|address-bounds|day|rules)\.ts/,
    between: 'One place in memory for each viewer, in no order: a cache miss or two for each line.',
  },
  {
    name: 'hit counts',
    modules: /audience\/hit-counts\.ts/,
    between: 'Two additions to arrays.',
  },
  {
    name: 'report',
    modules: /audience\/|core\/recount\.ts:report$/,
    between: 'Once for each viewer and not for each line: it weighs less the longer the log is.',
  },
  {
    name: 'garbage collection',
    modules: /^\(garbage collector\)$/,
    between: 'Little is allocated for each line; the rest is start-up and report.',
  },
  {
    name: 'start and all else',
    modules: /./,
    between: 'Reading the file, and start of the process.',
  },
];

/** Modules and functions that are a stage of their own come before the folders that they are in. */
const NARROW: ReadonlySet<string> = new Set(['viewer key', 'session ids and CMCD']);
const ORDER: readonly StageRule[] = [...RULES].sort(
  (a, b) => Number(NARROW.has(b.name)) - Number(NARROW.has(a.name)),
);

export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
}

export interface ProfileNode {
  readonly id: number;
  readonly children?: readonly number[];
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    /** from 0 */
    readonly lineNumber: number;
  };
  readonly hitCount: number;
  /** samples by line of the source, counted from 1; V8 names the line also of what it has inlined */
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

/** Profiles the counting of a file, in a process of its own. */
export function profileCount(child: string, file: string, lines: number, folder: string): Stage[] {
  const { profile, cpuMs } = profileChild(child, ['turnout', file], folder);
  return stagesOf(profile, placeFinder(readFileSync(child, 'utf8')), { lines, cpuMs });
}

/** Runs a child under Node's profiler. */
export function profileChild(child: string, args: readonly string[], folder: string) {
  const out = mkdtempSync(join(folder, 'profile-'));
  try {
    const { cpuMs } = runChild(child, args, ['--cpu-prof', `--cpu-prof-dir=${out}`]);
    const [name] = readdirSync(out);
    if (name === undefined) throw new Error('node --cpu-prof wrote no profile');
    const profile = JSON.parse(readFileSync(join(out, name), 'utf8')) as CpuProfile;
    return { profile, cpuMs };
  } finally {
    rmSync(out, { recursive: true });
  }
}

/**
 * By line and not by function: nearly all of the hot path is inlined into Recount.feed. Samples become
 * time by the CPU time of the whole count.
 */
function stagesOf(
  { nodes }: CpuProfile,
  placeOf: (line: number) => string,
  { lines, cpuMs }: { lines: number; cpuMs: number },
): Stage[] {
  const stages = new Map<StageRule, Map<string, number>>();
  let total = 0;
  const add = (place: string, ticks: number) => {
    const rule = ORDER.find(({ modules }) => modules.test(place))!;
    const functions = stages.get(rule) ?? new Map<string, number>();
    stages.set(rule, functions);
    functions.set(place, (functions.get(place) ?? 0) + ticks);
    total += ticks;
  };
  for (const { callFrame, hitCount, positionTicks = [] } of nodes) {
    const { functionName, url } = callFrame;
    if (functionName === '(idle)') continue;
    const wasm = /^wasm-function\[(\d+)\]$/.exec(functionName)?.[1];
    if (wasm !== undefined) add(`wasm:${SCAN_NAMES.get(Number(wasm)) ?? 'helper'}`, hitCount);
    else if (url.endsWith('.js') && !url.startsWith('node:')) {
      for (const { line, ticks } of positionTicks) add(placeOf(line), ticks);
    } else add(functionName.startsWith('(') ? functionName : `node:${functionName}`, hitCount);
  }
  return RULES.filter((rule) => stages.has(rule)).map((rule) => {
    const functions = [...stages.get(rule)!].sort(([, a], [, b]) => b - a);
    const share = functions.reduce((sum, [, ticks]) => sum + ticks, 0) / total;
    return {
      name: rule.name,
      share,
      nanosPerLine: (share * cpuMs * 1_000_000) / lines,
      between: rule.between,
      functions: functions
        .filter(([, ticks], n) => n < 3 && ticks / total >= 0.005)
        .map(([place]) => place.slice(place.lastIndexOf('/') + 1)),
    };
  });
}

/** The names of exported functions of the scanner by number: a profile knows the numbers alone. */
const SCAN_NAMES = exportsOf(Buffer.from(SCAN_WASM, 'base64'));

/** Reads section 7 of a WebAssembly module: name, kind and number of each export. */
function exportsOf(bytes: Uint8Array): Map<number, string> {
  const names = new Map<number, string>();
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const section = bytes[at++];
    const end = number() + at;
    for (let count = section === 7 ? number() : 0; count > 0; count -= 1) {
      const length = number();
      const name = Buffer.from(bytes.subarray(at, at + length)).toString();
      at += length;
      const kind = bytes[at++];
      const index = number();
      if (kind === 0) names.set(index, name);
    }
    at = end;
  }
  return names;
}

/**
 * The module and function of a line of the bundle: esbuild puts the path of each module in a comment
 * above it, and sets each function on lines of its own.
 */
export function placeFinder(bundle: string): (line: number) => string {
  let module = '';
  let name = '';
  const places = bundle.split('\n').map((line) => {
    const path = /^\s*\/\/ ((?:\S+\/)*\S+\.(?:ts|js|json|cjs|mjs))$/.exec(line)?.[1];
    if (path !== undefined) {
      module = path;
      name = '';
    } else
      name =
        FUNCTION.exec(line)
          ?.slice(1)
          .find((found) => found !== undefined) ?? name;
    return `${module}:${name}`;
  });
  return (line) => places[line - 1] ?? '';
}

const FUNCTION =
  /^ *(?:async )?function\*? (\w+)|^ +(?!if|for|while|switch|catch|return)(\w+)\([^;]*\) \{$|^ *(?:const|var|let) (\w+) = (?:async )?\([^;]*=> ?[{(\w]/;
