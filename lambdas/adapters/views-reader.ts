import type { ViewsItem, ViewsReader } from '../core/road/ports';
import { text, textOf, type Attributes } from './attributes';
import type { Dynamo } from './clients';
import { queryAll } from './item-pages';
import { ItemValues } from './item-values';

/** Reads Views as it is: fences, times of expiry and what has expired are among the answers. */
export function makeViewsReader(dynamo: Dynamo, table: string): ViewsReader {
  return {
    async query(pk, from, to, names) {
      if (from > to) return []; // DynamoDB takes that for a mistake
      const items = await queryAll(dynamo, {
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': text(pk), ':from': text(from), ':to': text(to) },
        // Each item has the pk that was asked for: it need not come a thousand times.
        ...(names && { ProjectionExpression: ['sk', ...names].join() }),
      });
      return parseItems(items, pk);
    },
  };
}

export function parseItem(item: Attributes): ViewsItem {
  return parseAfter(item, textOf(item, 'pk'), []).item;
}

/** Items mostly have the attributes of the one before, in its order: then they share the list of names. */
function parseItems(items: readonly Attributes[], pk: string): ViewsItem[] {
  let names: readonly string[] = [];
  return items.map((attributes) => {
    const parsed = parseAfter(attributes, pk, names);
    names = parsed.names;
    return parsed.item;
  });
}

function parseAfter(item: Attributes, pk: string, before: readonly string[]) {
  let own: string[] | undefined;
  const values = new Array<number | string>(before.length);
  let count = 0;
  for (const name in item) {
    if (name === 'pk' || name === 'sk') continue;
    const { N, S } = item[name]!;
    const value = N === undefined ? S : Number(N);
    if (value === undefined) {
      throw new Error(`${name} of ${pk} is neither a number nor a text`);
    }
    if (own === undefined && before[count] !== name) own = before.slice(0, count);
    own?.push(name);
    values[count] = value;
    count += 1;
  }
  values.length = count;
  const names = own ?? (before.length === count ? before : before.slice(0, count));
  const sk = textOf(item, 'sk');
  return { names, item: { pk, sk, values: new ItemValues(names, values) } };
}
