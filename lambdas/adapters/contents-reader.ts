import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { ViewsItem } from '../core/road/ports';
import { CONTENTS_PK } from '../core/road/views-item';
import { text, textOf } from './attributes';
import type { Dynamo } from './clients';
import { parseItem } from './views-reader';

/** Finds out what there is to be asked for, before all of it is read. */
export interface ContentsReader {
  /** Items that name contents whose key comes after `after`, at most so many, in order. */
  loadContents(after: string, limit: number): Promise<ViewsItem[]>;
  /** Sort keys of the first and the last hour of a partition; undefined if it has none. */
  loadSpan(pk: string): Promise<{ readonly first: string; readonly last: string } | undefined>;
}

/** Names begin with p: or s:, and ; follows on the colon. */
const END = 's;';

export function makeContentsReader(dynamo: Dynamo, table: string): ContentsReader {
  const query = async (pk: string, from: string, to: string, more: object) => {
    const { Items = [] } = await dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': text(pk), ':from': text(from), ':to': text(to) },
        ConsistentRead: true,
        ...more,
      }),
    );
    return Items;
  };
  const end = async (pk: string, ScanIndexForward: boolean) => {
    const [item] = await query(pk, 'h#', 'h#~', { ScanIndexForward, Limit: 1 });
    return item && textOf(item, 'sk');
  };
  return {
    async loadContents(after, limit) {
      // The next text after it, so that it is not among them itself.
      const from = after === '' ? 'p:' : `${after}\u0000`;
      if (from > END) return [];
      return (await query(CONTENTS_PK, from, END, { Limit: limit })).map(parseItem);
    },
    async loadSpan(pk) {
      const [first, last] = await Promise.all([end(pk, true), end(pk, false)]);
      return first === undefined || last === undefined ? undefined : { first, last };
    },
  };
}
