import type { Removal } from './build';

/** The mechanisms of docs/ROAD.md, each taken out of the module that holds it. */
export const REMOVALS: Readonly<Record<string, Removal>> = {
  'the condition on the journal': {
    file: 'lambdas/adapters/journal-store.ts',
    text: 'return saveVersion(dynamo, table, { ...keyOf(shardId), version, attributes });',
    becomes: `const { PutItemCommand } = require('@aws-sdk/client-dynamodb');
      const ver = { N: String(version) };
      const { pk, sk } = keyOf(shardId);
      const Item = { pk: { S: pk }, sk: { S: sk }, ver, ...attributes };
      return dynamo.send(new PutItemCommand({ TableName: table, Item })).then(() => true);`,
  },
  'the redoing of a promised interval': {
    file: 'lambdas/core/road/journal.ts',
    text: 'return { redo: { after: done, upTo: cut.to }, newAfter: cut.to };',
    becomes: 'return { redo: undefined, newAfter: cut.to };',
  },
  'the completing of a promised interval from the stream': {
    file: 'lambdas/intake/intake.ts',
    text: 'if (own.length < cut.records) {',
    becomes: 'if (false as boolean) {',
  },
  'the test for duplicates': {
    file: 'lambdas/core/road/chain.ts',
    text: 'if (n < 0) return false;',
    becomes: 'if (n < 0) return true;',
  },
  'the holes': {
    file: 'lambdas/core/road/chain.ts',
    text: 'if (previous > chain.last) holes.push([chain.last, previous]);',
    becomes: '',
  },
  'the condition on the version of the lane': {
    file: 'lambdas/adapters/lane-store.ts',
    text: 'return saveVersion(dynamo, table, { ...keyOf(lane), version, attributes });',
    becomes: `const { PutItemCommand } = require('@aws-sdk/client-dynamodb');
      const ver = { N: String(version) };
      const { pk, sk } = keyOf(lane);
      const Item = { pk: { S: pk }, sk: { S: sk }, ver, ...attributes };
      return dynamo.send(new PutItemCommand({ TableName: table, Item })).then(() => true);`,
  },
  'the redoing of the outbox': {
    file: 'lambdas/tally/tally.ts',
    text: 'await deps.views.publish(decodeOutbox(outbox), { lane, version: stored.version });',
    becomes: 'void outbox;',
  },
  'the fence': {
    file: 'lambdas/adapters/views-writer.ts',
    text: ": { ConditionExpression: 'attribute_not_exists(#fence) OR #fence < :fence' }),",
    becomes: ': {}),',
  },
};
