import { UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Fence, ViewsUpdate, ViewsWriter } from '../core/road/ports';
import {
  ADDS_PER_UPDATE_MAX,
  PARTS_MAX,
  REVISION_NAME,
  fenceName,
  isMinuteSk,
} from '../core/road/views-item';
import { number, text, type Attributes } from './attributes';
import { nameOf, REAL_PATIENCE, retryThrottled, type Patience } from './backoff';
import type { Dynamo } from './clients';
import { forEachParallel } from './parallel';
import { keyAttributes } from './versioned-item';

/**
 * What is set and added in one update, so that its expression stays below 4,096 bytes: an entry is at
 * most `#a335 :a335,` long. Names and values may be as long as they like, they stand beside it.
 */
export const ENTRIES_PER_UPDATE_MAX = 336;
const CONCURRENCY = 8;

export interface ViewsWriterProps extends Partial<Patience> {
  readonly dynamo: Dynamo;
  readonly table: string;
  /** Items that are written at the same time. @default 8 */
  readonly concurrency?: number;
}

/**
 * Adds to Views, once for each version of a lane: an update is refused if the item's fence says that
 * it was applied. The parts of an item go in order, each with a fence of its own.
 */
export function makeViewsWriter(props: ViewsWriterProps): ViewsWriter {
  const { dynamo, table, concurrency = CONCURRENCY } = props;
  const { pause = REAL_PATIENCE.pause, random = REAL_PATIENCE.random } = props;
  const apply = (input: UpdateItemCommandInput) =>
    retryThrottled({ pause, random }, async () => {
      try {
        await dynamo.send(new UpdateItemCommand(input));
      } catch (error) {
        // Applied already: by who died before us, or by an attempt whose answer was lost.
        if (nameOf(error) !== 'ConditionalCheckFailedException') throw error;
      }
    });

  return {
    async publish(updates, fence) {
      checkItems(updates);
      const items = updates.map((update) => planParts(update, fence));
      await forEachParallel(items, concurrency, async (parts) => {
        for (const part of parts) await apply({ TableName: table, ...part });
      });
    },
  };
}

type Entries = ViewsUpdate['set'];
type PlannedUpdate = Omit<UpdateItemCommandInput, 'TableName'>;

/** The second update of one item would find the fence of the first and be lost. */
function checkItems(updates: readonly ViewsUpdate[]): void {
  const seen = new Set<string>();
  for (const { pk, sk, add, isFenced } of updates) {
    if (!isFenced && add.length > 0) {
      throw new Error(`update of ${pk} ${sk} adds ${add.length} counters without a fence`);
    }
    if (!isFenced) continue;
    const name = `${pk} ${sk}`;
    if (seen.has(name)) throw new Error(`item ${name} is updated twice in one outbox`);
    seen.add(name);
  }
}

/**
 * The parts of an update. They depend on nothing but the update: whoever publishes an outbox again
 * must cut it alike, or a fence would answer for other counters.
 */
function planParts(update: ViewsUpdate, fence: Fence): PlannedUpdate[] {
  const { pk, sk, add, set, expiresAtSeconds, isFenced } = update;
  const key = keyAttributes({ pk, sk });
  const entries: Entries = expiresAtSeconds > 0 ? [...set, ['expiresAt', expiresAtSeconds]] : set;
  if (entries.length > ENTRIES_PER_UPDATE_MAX) {
    throw new Error(
      `update of ${pk} ${sk} sets ${entries.length} attributes, expected at most ${ENTRIES_PER_UPDATE_MAX}`,
    );
  }
  if (!isFenced) return [makeUpdate({ key, set: entries, add: [] })];
  const parts: PlannedUpdate[] = [];
  let from = 0;
  do {
    const rest = parts.length === 0 ? entries : [];
    const to = from + Math.min(ADDS_PER_UPDATE_MAX, ENTRIES_PER_UPDATE_MAX - rest.length);
    const value = fence.version * PARTS_MAX + parts.length;
    const mark = { lane: fence.lane, value, isCounted: isMinuteSk(sk) };
    parts.push(makeUpdate({ key, set: rest, add: add.slice(from, to), mark }));
    from = to;
  } while (from < add.length);
  if (parts.length > PARTS_MAX) {
    throw new Error(
      `update of ${pk} ${sk} has ${parts.length} parts, expected at most ${PARTS_MAX}`,
    );
  }
  return parts;
}

interface PartFacts {
  readonly key: Attributes;
  readonly set: Entries;
  readonly add: ViewsUpdate['add'];
  readonly mark?: {
    readonly lane: number;
    readonly value: number;
    /** The item has a revision. */
    readonly isCounted: boolean;
  };
}

/** All names are placeholders: edge locations come from logs, and DynamoDB reserves many words. */
function makeUpdate({ key, set, add, mark }: PartFacts): PlannedUpdate {
  const names: Record<string, string> = {};
  const values: Attributes = {};
  const sets = set.map(([name, value], n) => {
    names[`#s${n}`] = name;
    values[`:s${n}`] = typeof value === 'number' ? number(value) : text(value);
    return `#s${n}=:s${n}`;
  });
  const adds = add.map(([name, delta], n) => {
    names[`#a${n}`] = name;
    values[`:a${n}`] = number(delta);
    return `#a${n} :a${n}`;
  });
  if (mark !== undefined) {
    names['#fence'] = fenceName(mark.lane);
    values[':fence'] = number(mark.value);
    sets.unshift('#fence=:fence');
    if (mark.isCounted) {
      names['#v'] = REVISION_NAME;
      values[':v'] = number(1);
      adds.push('#v :v');
    }
  }
  return {
    Key: key,
    UpdateExpression: [clause('SET', sets), clause('ADD', adds)].filter(Boolean).join(' '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ...(mark === undefined
      ? {}
      : { ConditionExpression: 'attribute_not_exists(#fence) OR #fence < :fence' }),
  };
}

function clause(word: string, entries: readonly string[]): string {
  return entries.length === 0 ? '' : `${word} ${entries.join(',')}`;
}
