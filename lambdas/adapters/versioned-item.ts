import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { number, numberOf, text, type Attributes } from './attributes';
import { nameOf } from './backoff';
import type { Dynamo } from './clients';

/** Where an item of State lies. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export function keyAttributes({ pk, sk }: ItemKey): Attributes {
  return { pk: text(pk), sk: text(sk) };
}

export async function loadItem(
  dynamo: Dynamo,
  table: string,
  key: ItemKey,
): Promise<Attributes | undefined> {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName: table, Key: keyAttributes(key), ConsistentRead: true }),
  );
  return Item;
}

/**
 * Writes the item if the one before is stored (or none, and it is version 1). False also when the SDK
 * repeated a write whose answer was lost: who loads again then finds its own version, and that must
 * be harmless.
 */
export async function saveVersion(
  dynamo: Dynamo,
  table: string,
  item: ItemKey & { readonly version: number; readonly attributes: Attributes },
): Promise<boolean> {
  const { version } = item;
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new Error(`version of ${item.pk} ${item.sk} is ${version}, expected a number from 1 on`);
  }
  const condition =
    version === 1
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'ver = :before',
          ExpressionAttributeValues: { ':before': number(version - 1) },
        };
  return putUnlessRefused(dynamo, {
    TableName: table,
    Item: { ...keyAttributes(item), ver: number(version), ...item.attributes },
    ...condition,
  });
}

/** False if the condition did not hold. */
export async function putUnlessRefused(
  dynamo: Dynamo,
  input: ConstructorParameters<typeof PutItemCommand>[0],
): Promise<boolean> {
  try {
    await dynamo.send(new PutItemCommand(input));
    return true;
  } catch (error) {
    if (nameOf(error) === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

export function versionOf(item: Attributes): number {
  return numberOf(item, 'ver');
}
