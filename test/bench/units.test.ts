import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { renderUnits } from '../../bench/road-results';
import { UNITS_FULL, UNITS_QUICK, type UnitsResult, runUnits } from '../../bench/units.bench';
import { FORMULA_ROWS, costsOf, formulaOf, linesPerSecond } from '../../bench/units-price';
import { KINDS_OF_WRITES, Meter, makeRoundTrips } from '../../bench/units-meter';
import { FakeDynamo } from '../sim/fake-dynamo';

describe('units of a tiny event', () => {
  let results: UnitsResult[];

  beforeAll(() => {
    results = runUnits(UNITS_QUICK);
  }, 60_000);

  // 30 s are 10 versions of 3 s; each of 16 lanes has somebody in each of them, nearly always.
  test('a lane writes one head and its items in each version', () => {
    const [steady] = results;
    const calls = new Map(steady!.played.kinds.map(({ kind, calls: n }) => [kind, n]));
    expect(calls.get('heads')).toBeGreaterThan(100);
    expect(calls.get('heads')).toBeLessThanOrEqual(160);
    expect(calls.get('hours')).toBeLessThanOrEqual(calls.get('heads')!);
    expect(calls.get('viewers: changes')).toBeGreaterThan(0);
    expect(calls.get('viewers: all anew')).toBeGreaterThan(0);
  });

  test('a source shard writes one journal in each second', () => {
    const journals = results[0]!.played.kinds.find(({ kind }) => kind === 'journals')!;
    expect(journals.calls).toBeGreaterThan(100);
    expect(journals.calls).toBeLessThanOrEqual(120);
  });

  test('the lanes that were not played are reckoned in', () => {
    const { plan, played } = results[1]!;
    expect(linesPerSecond(plan, played)).toBeCloseTo(200, 0);
    expect(played.lines / plan.seconds).toBeCloseTo(50, 0);
  });

  test('handlers wait for their calls one after the other', () => {
    const { intake, tally } = results[0]!.played.functions;
    // A journal, then the packets.
    expect(intake.roundTrips).toBe(2 * intake.invocations);
    expect(tally.roundTrips).toBeGreaterThan(tally.invocations);
  });

  test('every cost is a number', () => {
    for (const { plan, played } of results) {
      for (const { usd } of costsOf(plan, played)) expect(usd).toBeGreaterThanOrEqual(0);
    }
    expect(renderUnits(results)).not.toContain('NaN');
  });
});

describe('the formula', () => {
  test('is that of docs/ROAD.md', () => {
    const [small, , large] = UNITS_FULL.map(formulaOf);
    const rounded = (row: Record<string, number>) => Object.values(row).map(Math.round);
    expect(rounded(small!)).toEqual([75, 17, 44, 4]);
    expect(rounded(large!)).toEqual([416, 162, 4_395, 150]);
  });

  test('has a row for each kind of writes', () => {
    expect(Object.values(FORMULA_ROWS).flat().sort()).toEqual([...KINDS_OF_WRITES].sort());
  });
});

describe('Meter', () => {
  const TableName = 'State';
  const item = (pk: string, sk: string) => ({ pk: { S: pk }, sk: { S: sk } });

  test.each([
    ['journals', new PutItemCommand({ TableName, Item: item('journal#3', 'shardId-3') })],
    ['heads', new PutItemCommand({ TableName, Item: item('lane#3', 'head') })],
    ['viewers: changes', new PutItemCommand({ TableName, Item: item('blob#3', '20781-7d-w#0') })],
    ['viewers: all anew', new PutItemCommand({ TableName, Item: item('blob#3', '20781-7b-w#0') })],
    ['viewers: removal', new DeleteItemCommand({ TableName, Key: item('blob#3', '1-7b-w#0') })],
    ['minutes', updateOf('s:a.example/x#0', 'm#2026-11-24T20:15')],
    ['hours', updateOf('p:x#y#0', 'h#2026-11-24T20')],
    ['countries', updateOf('s:x#0', 'c#2026-11-24T20')],
    ['edge locations', updateOf('s:x#0', 'e#2026-11-24T20')],
    ['ledger, freshness, status, contents', updateOf('s:x#0', 'now')],
    ['ledger, freshness, status, contents', updateOf('ledger#0', 'h#2026-11-24T20')],
  ])('knows %s', async (kind, command) => {
    const meter = new Meter();
    const dynamo: FakeDynamo = new FakeDynamo({
      tables: [TableName],
      after: (call) => meter.take(call, dynamo),
    });
    await dynamo.send(command as PutItemCommand);
    expect(meter.kinds().filter(({ calls }) => calls > 0)).toEqual([{ kind, calls: 1, units: 1 }]);
  });

  function updateOf(pk: string, sk: string) {
    return new UpdateItemCommand({
      TableName,
      Key: item(pk, sk),
      UpdateExpression: 'ADD #a :a',
      ExpressionAttributeNames: { '#a': 'n' },
      ExpressionAttributeValues: { ':a': { N: '1' } },
    });
  }
});

describe('makeRoundTrips', () => {
  test('counts what waits at once as one, and what waits in turn as several', async () => {
    const trips = makeRoundTrips();
    await Promise.all([trips.wait(), trips.wait(), trips.wait()]);
    expect(trips.count()).toBe(1);
    await trips.wait();
    await trips.wait();
    expect(trips.count()).toBe(3);
  });
});
