import type { ViewsItem, ViewsReader } from '../core/road/ports';
import { text, textOf, type Attributes } from './attributes';
import type { Dynamo } from './clients';
import { queryAll } from './item-pages';

/** Reads Views as it is: fences, times of expiry and what has expired are among the answers. */
export function makeViewsReader(dynamo: Dynamo, table: string): ViewsReader {
  return {
    async query(pk, from, to) {
      if (from > to) return []; // DynamoDB takes that for a mistake
      const items = await queryAll(dynamo, {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': text(pk), ':from': text(from), ':to': text(to) },
      });
      return items.map(parseItem);
    },
  };
}

function parseItem(item: Attributes): ViewsItem {
  const values = new Map<string, number | string>();
  for (const [name, { N, S }] of Object.entries(item)) {
    if (name === 'pk' || name === 'sk') continue;
    const value = N === undefined ? S : Number(N);
    if (value === undefined) {
      throw new Error(`${name} of ${textOf(item, 'pk')} is neither a number nor a text`);
    }
    values.set(name, value);
  }
  return { pk: textOf(item, 'pk'), sk: textOf(item, 'sk'), values };
}
