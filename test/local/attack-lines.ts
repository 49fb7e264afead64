/** Attacks made small, and their lines read back the obvious way. */
import { type AttackLine, type AttackOptions, makeAttack } from '../../local/attacks/attack';
import type { MixOptions } from '../../local/attacks/mix-event';
import { fieldsOf } from './crowd-lines';

export const START_AT_MS = Date.parse('2026-11-24T20:00:00Z');
export const CGNAT_SOURCE = '100.64.9.9';

/** Viewers in 60 homes of a few /20s, as rotating-agents and home-devices want them. */
export const HOMES: ReadonlyMap<string, number> = new Map(
  Array.from({ length: 60 }, (_, n) => [`198.18.${(n % 12) * 16}.${10 + n}`, 1 + (n % 3)]),
);

/** Of the shapes that are large; of the others a hundredth. */
const SCALES: Partial<Record<AttackOptions['shape'], number>> = {
  'flash-crowd': 0.0002,
  'origin-failure': 0.002,
  'late-start': 0.002,
  stall: 0.002,
  'origin-failure-with-botnet': 0.001,
  botnet: 0.001,
  'one-slash-64': 0.002,
};

/** A small one of each shape. */
export function attackOptions(
  options: Partial<AttackOptions> & Pick<AttackOptions, 'shape'>,
): AttackOptions {
  const scale = SCALES[options.shape] ?? 0.02;
  const usual = { seed: 1, startAtMs: START_AT_MS, seconds: 60, scale, homes: HOMES };
  return { ...usual, cgnatSource: CGNAT_SOURCE, ...options };
}

export function mixOptions(options: Partial<MixOptions>): MixOptions {
  return { seed: 1, viewers: 100, minutes: 3, startAtMs: START_AT_MS, shapes: [], ...options };
}

export function attackLines(
  options: Partial<AttackOptions> & Pick<AttackOptions, 'shape'>,
): AttackLine[] {
  return [...makeAttack(attackOptions(options)).lines()];
}

/** One text that says all, quicker to compare than thousands of objects. */
export function textOf(lines: readonly AttackLine[]): string {
  return lines
    .map((one) => `${one.n} ${one.atMs} ${one.source} ${one.isAttack} ${one.line}`)
    .join('');
}

/** Numbered from 0, and no line is before the one that it follows. */
export function isInOrder(
  lines: readonly { readonly n: number; readonly atMs: number }[],
): boolean {
  return lines.every(({ n, atMs }, at) => n === at && (at === 0 || atMs >= lines[at - 1]!.atMs));
}

export type Fields = Readonly<Record<string, string>>;

export function readFields(line: string): Fields {
  const read = fieldsOf(line);
  if (!read.ok) throw new Error(`line of an attack: got ${read.reason}, expected a good one`);
  return read.fields;
}

/** The address, or the /64 of one whose groups are all written out: as a standard library has it. */
export function sourceOfIp(ip: string): string {
  if (!ip.includes(':')) return ip;
  const { hostname } = new URL(`http://[${ip}]`);
  const [head = '', tail = ''] = hostname.slice(1, -1).split('::');
  const [left, right] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = hostname.includes('::') ? 8 - left!.length - right!.length : 0;
  const groups = [...left!, ...Array.from({ length: zeros }, () => '0'), ...right!].slice(0, 4);
  return `${new URL(`http://[${groups.join(':')}::]`).hostname.slice(1, -1)}/64`;
}

export function countBy<Item>(items: Iterable<Item>, keyOf: (item: Item) => string) {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

export const isManifest = ({ 'cs-uri-stem': stem }: Fields) => /\.m3u8(\?|$)/.test(stem!);
export const isMedia = ({ 'cs-uri-stem': stem }: Fields) => /\.(ts|m4s)(\?|$)/.test(stem!);
export const isPage = ({ 'cs-host': host, 'sc-content-type': type }: Fields) =>
  host === 'www.example.com' && type!.startsWith('text/html');
