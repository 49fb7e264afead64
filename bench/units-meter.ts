/** Who used how many units: the double of DynamoDB knows them by table, this by what was written. */
import type { FakeCall } from '../test/sim/fake-call';
import type { FakeDynamo } from '../test/sim/fake-dynamo';

export const KINDS_OF_WRITES = [
  'minutes',
  'hours',
  'countries',
  'edge locations',
  'ledger, freshness, status, contents',
  'heads',
  'viewers: changes',
  'viewers: all anew',
  'viewers: removal',
  'journals',
] as const;
export type WriteKind = (typeof KINDS_OF_WRITES)[number];

export interface UnitsOfKind {
  readonly kind: WriteKind;
  readonly calls: number;
  readonly units: number;
}

export class Meter {
  readUnits = 0;
  private readonly writes = new Map<WriteKind, { calls: number; units: number }>();
  private seen = { write: 0, read: 0 };

  /** Called after each call, before another can happen. */
  take(call: FakeCall, { writeUnits, readUnits }: FakeDynamo): void {
    const now = { write: sumOf(writeUnits), read: sumOf(readUnits) };
    this.readUnits += now.read - this.seen.read;
    const units = now.write - this.seen.write;
    this.seen = now;
    if (units === 0) return;
    const kind = kindOf(call);
    const known = this.writes.get(kind) ?? { calls: 0, units: 0 };
    this.writes.set(kind, { calls: known.calls + 1, units: known.units + units });
  }

  reset(): void {
    this.writes.clear();
    this.readUnits = 0;
  }

  kinds(): UnitsOfKind[] {
    return KINDS_OF_WRITES.map((kind) => ({
      kind,
      ...(this.writes.get(kind) ?? { calls: 0, units: 0 }),
    }));
  }
}

function kindOf({ operation, input }: FakeCall): WriteKind {
  const { Item, Key } = input as { Item?: Keys; Key?: Keys };
  const { pk, sk } = (Item ?? Key)!;
  const partition = pk.S.slice(0, pk.S.indexOf('#'));
  if (partition === 'journal') return 'journals';
  if (partition === 'lane') return 'heads';
  if (partition === 'blob') {
    if (operation === 'DeleteItem') return 'viewers: removal';
    // <day>-<version><sort>-<writer>: d is what changed
    return /^\d+-\d+d-/.test(sk.S) ? 'viewers: changes' : 'viewers: all anew';
  }
  if (!/^[sp]:/.test(pk.S) || sk.S === 'now') return 'ledger, freshness, status, contents';
  return SORTS[sk.S[0]!]!;
}

interface Keys {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
}

const SORTS: Readonly<Record<string, WriteKind>> = {
  m: 'minutes',
  h: 'hours',
  c: 'countries',
  e: 'edge locations',
};

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, n) => sum + n, 0);
}

/** Calls that are under way at once come back together: so many times has a handler waited. */
export function makeRoundTrips() {
  let under: Promise<void> | undefined;
  let trips = 0;
  return {
    count: () => trips,
    wait: (): Promise<void> => {
      under ??= new Promise((resolve) => {
        setImmediate(() => {
          under = undefined;
          trips += 1;
          resolve();
        });
      });
      return under;
    },
  };
}
