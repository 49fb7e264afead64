/**
 * Items of Views from the state of a recount, written from docs/ROAD.md alone: names of keys and
 * attributes are made here once more. What a real table holds besides is there too: fences, times of
 * expiry, counters that came back to zero, and counters that only the sum of the groups makes whole.
 */
import { W } from '../../lambdas/core/audience/viewer-table';
import { tellFigures } from '../../lambdas/core/audience/viewer-figures';
import type { Recount } from '../../lambdas/core/recount';
import type { ViewsItem } from '../../lambdas/core/road/ports';
import type { Prng } from './prng';

/** Groups of 16 lanes. */
export const LANES = 64;
const GROUPS = 4;
const MINUTE_MS = 60_000;
const VERIFIED = 2;
const OUTCOMES = 6;

export interface WrittenViews {
  readonly items: readonly ViewsItem[];
  readonly contents: readonly ViewsItem[];
  readonly ledger: readonly ViewsItem[];
}

type Values = Map<string, number | string>;

class Table {
  readonly items = new Map<string, { pk: string; sk: string; values: Values }>();

  add(pk: string, sk: string, name: string, n: number): void {
    const values = this.valuesOf(pk, sk);
    values.set(name, Number(values.get(name) ?? 0) + n);
  }

  valuesOf(pk: string, sk: string): Values {
    const item = this.items.get(`${pk} ${sk}`) ?? { pk, sk, values: new Map() };
    this.items.set(`${pk} ${sk}`, item);
    return item.values;
  }
}

export function viewsOf(recount: Recount, prng: Prng): WrittenViews {
  recount.audience.settleBounds();
  const table = new Table();
  writeViewers(recount, table);
  writeHits(recount, table, prng);
  for (const [content, { hits, slots }] of recount.audience.over) {
    spread(hits, prng, (group, n) => table.add(pkOf(recount, content, group), 'now', 'oh', n));
    spread(slots, prng, (group, n) => table.add(pkOf(recount, content, group), 'now', 'os', n));
  }
  addRemains(table, prng);
  return {
    items: prng.shuffle([...table.items.values()]),
    contents: recount.contents.list.map(({ id, kind, segmentMs }) => ({
      pk: 'contents',
      sk: `${kind === 'page' ? 'p' : 's'}:${id}`,
      values: new Map<string, number | string>([
        ['id', id],
        ['kind', kind],
        ['segmentMs', segmentMs],
      ]),
    })),
    ledger: ledgerOf(recount, prng),
  };
}

/** What all viewers of an audience contribute, told at once. */
export function viewersOf(told: Pick<Recount, 'audience' | 'settings'>): ViewsItem[] {
  const table = new Table();
  writeViewers(told, table);
  return [...table.items.values()];
}

function writeViewers(
  { audience, settings }: Pick<Recount, 'audience' | 'settings'>,
  table: Table,
): void {
  const { table: viewers, contents, days } = audience;
  viewers.each((entry) => {
    const { words } = viewers;
    const content = viewers.contentOf(entry);
    const lane = (words[entry + W.address]! >>> 16) % LANES;
    const pk = pkOf({ contents }, content, Math.floor(lane / 16));
    const viewerClass = words[entry + W.counts]! >>> 24;
    const device = words[entry + W.content]! >>> 24;
    const letters = words[entry + W.day]! & 0xffff;
    const country = letters === 0 ? 'ZZ' : String.fromCharCode(letters >> 8, letters & 255);
    const facts = contents.list[content]!;
    const startMs = days.startOf(viewers.dayOf(entry));
    const told = { content: facts, startMs, rules: settings.thresholds };
    tellFigures(viewers, entry, told, {
      credit(minute, figure, bucket, n) {
        const hour = hourOf(minute);
        table.add(pk, minuteSk(minute), `f${figure}_${bucket}`, n);
        table.add(pk, `h#${hour}`, `f${figure}_${bucket}`, n);
        table.add(pk, `h#${hour}`, `k${viewerClass}_${figure}`, n);
        if (bucket !== VERIFIED) return;
        table.add(pk, `h#${hour}`, `d${device}_${figure}`, n);
        table.add(pk, `c#${hour}`, `c${country}_${figure}`, n);
      },
      turnAway(minute, cause) {
        table.add(pk, minuteSk(minute), `t${cause}`, 1);
        table.add(pk, `h#${hourOf(minute)}`, `t${cause}`, 1);
      },
      presence(first, last, bucket) {
        for (let slot = first; slot <= last; slot += 1) {
          table.add(pk, minuteSk(Math.floor(slot / 30)), `s${slot % 30}_${bucket}`, 1);
        }
      },
      start() {},
    });
  });
}

function writeHits(recount: Recount, table: Table, prng: Prng): void {
  for (const [content, cells] of recount.hits.cells.entries()) {
    for (const [minute, { counts, edges }] of cells) {
      counts.forEach((count, pair) => {
        const name = `h${Math.floor(pair / OUTCOMES)}_${pair % OUTCOMES}`;
        spread(count, prng, (group, n) => {
          table.add(pkOf(recount, content, group), minuteSk(minute), name, n);
          table.add(pkOf(recount, content, group), `h#${hourOf(minute)}`, name, n);
        });
      });
      edges.forEach((count, edge) =>
        spread(count, prng, (group, n) => {
          const name = `e${recount.edges.list[edge]}`;
          table.add(pkOf(recount, content, group), `e#${hourOf(minute)}`, name, n);
        }),
      );
    }
  }
}

function ledgerOf(recount: Recount, prng: Prng): ViewsItem[] {
  const table = new Table();
  const add = (name: string, count: number) =>
    spread(count, prng, (group, n) =>
      table.add(`ledger#${group}`, `h#2026-11-24T0${prng.int(3)}`, name, n),
    );
  const bad = [...recount.bad];
  add('lines', recount.lines);
  add('hits', recount.lines - bad.reduce((sum, [, lines]) => sum + lines, 0));
  for (const [reason, lines] of prng.shuffle(bad)) add(`bad_${reason}`, lines);
  return [...table.items.values()];
}

/** In some groups too many, in another too few. */
function spread(count: number, prng: Prng, add: (group: number, n: number) => void): void {
  if (count === 0) return;
  const [one, other] = [prng.int(GROUPS), prng.int(GROUPS)];
  const moved = prng.int(count + 2);
  add(one, count - moved);
  add(other, moved);
  if (prng.bool(0.1)) {
    add(0, 3);
    add(GROUPS - 1, -3);
  }
}

/** Fences and times of expiry, and minutes whose every counter came back to zero. */
function addRemains(table: Table, prng: Prng): void {
  const contents = [...table.items.values()].filter(({ sk }) => sk.startsWith('m#'));
  for (const { values } of table.items.values()) values.set(`L${prng.int(LANES)}`, 64_001);
  for (const { pk, sk, values } of contents) {
    values.set('expiresAt', 1_900_000_000);
    if (!prng.bool(0.2)) continue;
    const beside = minuteOf(sk) + prng.pick([-300, -1, 1, 300]);
    const other = `${pk.slice(0, pk.lastIndexOf('#'))}#${prng.int(GROUPS)}`;
    table.add(pk, minuteSk(beside), 'f0_2', 2);
    table.add(other, minuteSk(beside), 'f0_2', -2);
    table.add(pk, minuteSk(beside), 'h0_4', 0);
    table.add(pk, `h#${hourOf(beside)}`, 'k0_0', 0);
    table.add(pk, `c#${hourOf(beside)}`, 'cXA_0', 0);
    table.add(pk, `e#${hourOf(beside)}`, 'eXXX1', 0);
  }
}

function pkOf({ contents }: Pick<Recount, 'contents'>, content: number, group: number): string {
  const { id, kind } = contents.list[content]!;
  return `${kind === 'page' ? 'p' : 's'}:${id}#${group}`;
}

function minuteSk(minute: number): string {
  return `m#${new Date(minute * MINUTE_MS).toISOString().slice(0, 16)}`;
}

function minuteOf(sk: string): number {
  return Date.parse(`${sk.slice(2)}Z`) / MINUTE_MS;
}

function hourOf(minute: number): string {
  return new Date(minute * MINUTE_MS).toISOString().slice(0, 13);
}
