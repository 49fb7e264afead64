import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { failureOf, someBytes } from '../contract/world';
import { FakeDynamo, type FakeDynamoProps } from './fake-dynamo';

/** Goal: the double refuses what it does not know, and counts units as DynamoDB does. */

const TableName = 't';
const Key = { pk: { S: 'p' }, sk: { S: 's' } };
const makeDynamo = (props: Partial<FakeDynamoProps> = {}) =>
  new FakeDynamo({ tables: [TableName], ...props });

const update = (input: Partial<UpdateItemCommandInput>) =>
  new UpdateItemCommand({ TableName, Key, ...input });
const put = (bytes: number) =>
  new PutItemCommand({ TableName, Item: { ...Key, data: { B: someBytes(bytes) } } });
/** pk, p, sk, s, and the name of data. */
const KEY_AND_NAME_BYTES = 10;

describe('FakeDynamo', () => {
  it.each([
    ['a value that is not given', { UpdateExpression: 'ADD #a :b' }],
    ['a name that is not given', { UpdateExpression: 'ADD #x :a' }],
    ['an action that it does not know', { UpdateExpression: 'REMOVE #a' }],
    ['an expression it does not know', { UpdateExpression: 'SET #a = #a + :a' }],
    ['a part of the key', { ExpressionAttributeNames: { '#a': 'pk' } }],
    ['one attribute twice', { UpdateExpression: 'SET #a=:a ADD #a :a' }],
    ['a condition it does not know', { ConditionExpression: 'size(#a) < :a' }],
    ['a fraction', { ExpressionAttributeValues: { ':a': { N: '0.5' } } }],
    ['a text to add', { ExpressionAttributeValues: { ':a': { S: '1' } } }],
  ])('throws at %s, and changes nothing', async (_, changes) => {
    const dynamo = makeDynamo();
    const good = {
      UpdateExpression: 'ADD #a :a',
      ExpressionAttributeNames: { '#a': 'a' },
      ExpressionAttributeValues: { ':a': { N: '1' } },
    };
    await dynamo.send(update(good));
    await failureOf(dynamo.send(update({ ...good, ...changes })));
    expect(dynamo.items(TableName)).toEqual([{ ...Key, a: { N: '1' } }]);
  });

  it.each([
    ['names', { ExpressionAttributeNames: { '#a': 'a', '#b': 'b' } }],
    ['values', { ExpressionAttributeValues: { ':a': { N: '1' }, ':b': { N: '1' } } }],
  ])('throws at %s that are not used', async (kind, changes) => {
    const good = {
      UpdateExpression: 'ADD #a :a',
      ExpressionAttributeNames: { '#a': 'a' },
      ExpressionAttributeValues: { ':a': { N: '1' } },
    };
    const error = await failureOf(makeDynamo().send(update({ ...good, ...changes })));
    expect([error.name, error.message]).toEqual([
      'ValidationException',
      expect.stringContaining(kind),
    ]);
  });

  it('knows no other command and no other table', async () => {
    const scan = makeDynamo().send(new ScanCommand({ TableName }));
    expect((await failureOf(scan)).message).toBe('the double knows no Scan');
    const other = makeDynamo().send(new GetItemCommand({ TableName: 'other', Key }));
    expect((await failureOf(other)).name).toBe('ResourceNotFoundException');
  });

  it.each([
    [409_600, true],
    [409_601, false],
  ])('takes an item of %i bytes: %s', async (bytes, isTaken) => {
    const sent = makeDynamo().send(put(bytes - KEY_AND_NAME_BYTES));
    if (isTaken) await sent;
    else expect((await failureOf(sent)).message).toContain('maximum allowed size');
  });

  it.each([
    [1_024, 1],
    [1_025, 2],
    [10_240, 10],
  ])(
    'counts %i bytes as %i write units, by the larger of before and after',
    async (bytes, units) => {
      const dynamo = makeDynamo();
      await dynamo.send(put(bytes - KEY_AND_NAME_BYTES));
      expect(dynamo.writeUnits.get(TableName)).toBe(units);
      await dynamo.send(put(1)); // before is larger
      expect(dynamo.writeUnits.get(TableName)).toBe(2 * units);
      await dynamo.send(put(1));
      expect(dynamo.writeUnits.get(TableName)).toBe(2 * units + 1);
      await dynamo.send(new DeleteItemCommand({ TableName, Key }));
      expect(dynamo.writeUnits.get(TableName)).toBe(2 * units + 2);
    },
  );

  it('counts a refused write by the item it looked at', async () => {
    const dynamo = makeDynamo();
    await dynamo.send(put(3_000));
    const { input } = put(1);
    const ConditionExpression = 'attribute_not_exists(pk)';
    const refused = dynamo.send(new PutItemCommand({ ...input, ConditionExpression }));
    expect((await failureOf(refused)).name).toBe('ConditionalCheckFailedException');
    expect(dynamo.writeUnits.get(TableName)).toBe(6);
  });

  it('counts reads by 4 KB, and half if they need not be consistent', async () => {
    const dynamo = makeDynamo();
    await dynamo.send(put(4_097));
    await dynamo.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    expect(dynamo.readUnits.get(TableName)).toBe(2);
    await dynamo.send(new GetItemCommand({ TableName, Key }));
    expect(dynamo.readUnits.get(TableName)).toBe(3);
    await dynamo.send(
      new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :s)',
        ExpressionAttributeValues: { ':pk': { S: 'p' }, ':s': { S: 's' } },
      }),
    );
    expect(dynamo.readUnits.get(TableName)).toBe(5);
  });

  it('keeps its own copy of bytes, and gives away copies', async () => {
    const dynamo = makeDynamo();
    const bytes = Uint8Array.of(1, 2, 3);
    await dynamo.send(new PutItemCommand({ TableName, Item: { ...Key, data: { B: bytes } } }));
    bytes[0] = 9;
    const load = async () =>
      (await dynamo.send(new GetItemCommand({ TableName, Key }))).Item!['data']!.B!;
    (await load())[1] = 9;
    expect(await load()).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('does nothing if before throws, and everything if after throws', async () => {
    for (const [hook, items] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const crash = () => Promise.reject(new Error('crashed'));
      const dynamo = makeDynamo({ [hook]: crash });
      expect((await failureOf(dynamo.send(put(1)))).message).toBe('crashed');
      expect(dynamo.items(TableName)).toHaveLength(items);
    }
  });

  it('deletes what has expired when it is told to', async () => {
    const dynamo = makeDynamo();
    for (const [sk, expiresAt] of ['100', '101', '102'].entries()) {
      const Item = { pk: { S: 'p' }, sk: { S: `s${sk}` }, expiresAt: { N: expiresAt } };
      await dynamo.send(new PutItemCommand({ TableName, Item }));
    }
    await dynamo.send(put(1)); // for ever
    expect(dynamo.sweep(TableName, 101)).toBe(2);
    expect(dynamo.items(TableName).map(({ sk }) => sk!.S)).toEqual(['s2', 's']);
  });
});
