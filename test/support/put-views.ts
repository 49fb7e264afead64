import { BatchWriteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ViewsItem } from '../../lambdas/core/road/ports';

const BATCH_MAX = 25;

/** Writes items as they are, into an emulated table. */
export async function putViews(
  dynamo: DynamoDBClient,
  table: string,
  items: readonly ViewsItem[],
): Promise<void> {
  for (let from = 0; from < items.length; from += BATCH_MAX) {
    const requests = items.slice(from, from + BATCH_MAX).map(({ pk, sk, values }) => {
      const attributes = [...values].map(([name, value]) => [
        name,
        typeof value === 'number' ? { N: String(value) } : { S: value },
      ]);
      const Item = { pk: { S: pk }, sk: { S: sk }, ...Object.fromEntries(attributes) };
      return { PutRequest: { Item } };
    });
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
  }
}
