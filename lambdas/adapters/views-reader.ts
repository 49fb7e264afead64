import type { ViewsItem, ViewsReader } from '../core/road/ports';
import { text, textOf, type Attributes } from './attributes';
import type { Dynamo } from './clients';
import { queryAll } from './item-pages';

/** Reads Views as it is: fences, times of expiry and what has expired are among the answers. */
export function makeViewsReader(dynamo: Dynamo, table: string): ViewsReader {
  return {
    async query(pk, from, to, names) {
      if (from > to) return []; // DynamoDB takes that for a mistake
      const items = await queryAll(dynamo, {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': text(pk), ':from': text(from), ':to': text(to) },
        ...(names && { ProjectionExpression: ['pk', 'sk', ...names].join() }),
      });
      return items.map(parseItem);
    },
  };
}

export function parseItem(item: Attributes): ViewsItem {
  const values = new Map<string, number | string>();
  // A day of minutes has some hundred thousand: no pair is made of each.
  for (const name in item) {
    if (name === 'pk' || name === 'sk') continue;
    const { N, S } = item[name]!;
    const value = N === undefined ? S : Number(N);
    if (value === undefined) {
      throw new Error(`${name} of ${textOf(item, 'pk')} is neither a number nor a text`);
    }
    values.set(name, value);
  }
  return { pk: textOf(item, 'pk'), sk: textOf(item, 'sk'), values };
}
