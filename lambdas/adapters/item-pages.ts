import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Attributes } from './attributes';
import type { Dynamo } from './clients';

/** Of 1 MB each. What a query of ours asks for is far below. */
const PAGES_MAX = 1_000;

/** All items of a query, page by page, strongly consistent. */
export async function queryAll(dynamo: Dynamo, query: QueryCommandInput): Promise<Attributes[]> {
  const items: Attributes[] = [];
  let from: Attributes | undefined;
  for (let page = 1; page <= PAGES_MAX; page += 1) {
    const answer = await dynamo.send(
      new QueryCommand({
        ...query,
        ConsistentRead: true,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }),
    );
    for (const item of answer.Items ?? []) items.push(item);
    from = answer.LastEvaluatedKey;
    if (from === undefined) return items;
  }
  throw new Error(`a query of ${query.TableName} has more than ${PAGES_MAX} pages`);
}
