import { Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';

import type { GuardScope } from '../../lambdas/core/settings';
import { FUNCTION_NAMES, type FunctionName } from '../pipeline';
import type { BlockSet } from './block-lists';
import { useKey } from './encryption';

export interface Resources {
  readonly edgeLines: Stream;
  readonly viewerPackets: Stream;
  readonly state: TableV2;
  readonly views: TableV2;
  readonly blocks: TableV2;
  readonly viewerKey: Secret;
  readonly sets: readonly BlockSet[];
  readonly setsScope: GuardScope;
  /** A customer's own; undefined: the keys of AWS. */
  readonly encryptionKey: IKey | undefined;
}

/**
 * What each function may do. Only intake can make a viewer's key, only tally can write figures, and
 * only enforce can write into a set of WAF. Api writes nothing.
 */
export function accessOf(resources: Resources): Record<FunctionName, PolicyStatement[]> {
  const access = accessWithoutKey(resources);
  const { encryptionKey } = resources;
  if (encryptionKey === undefined) return access;
  for (const name of FUNCTION_NAMES) {
    access[name].push(useKey(encryptionKey, name === 'api' ? 'read' : 'write'));
  }
  return access;
}

function accessWithoutKey(resources: Resources): Record<FunctionName, PolicyStatement[]> {
  const { edgeLines, viewerPackets, state, views, blocks, viewerKey, sets } = resources;
  return {
    intake: [
      // Lines for the event source, and to read a promised interval again.
      readStream('ReadEdgeLines', edgeLines),
      allow('SendPackets', viewerPackets.streamArn, ['kinesis:PutRecords']),
      // Journals; quarantined records.
      allow('KeepJournals', state.tableArn, ['dynamodb:GetItem', 'dynamodb:PutItem']),
      allow('LoadViewerKey', viewerKey.secretArn, ['secretsmanager:GetSecretValue']),
    ],
    tally: [
      readStream('ReadPackets', viewerPackets),
      // Lane heads and blobs; blobs that no head names are deleted.
      allow('KeepLanes', state.tableArn, [
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:DeleteItem',
      ]),
      allow('PublishFigures', views.tableArn, ['dynamodb:UpdateItem']),
      allow('TellSuspects', blocks.tableArn, ['dynamodb:PutItem']),
    ],
    watch: [
      // Journals are found by query, heads by key; the snapshot is written.
      allow('CompareLedger', state.tableArn, [
        'dynamodb:Query',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
      ]),
    ],
    enforce: [
      readTableStream('ReadBlocksStream', blocks),
      // Batches, entries of people, memory; lease, truth and audit are written. Nothing is deleted.
      allow('KeepBlocks', blocks.tableArn, [
        'dynamodb:Query',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
      ]),
      new PolicyStatement({
        sid: 'RewriteSets',
        actions: ['wafv2:GetIPSet', 'wafv2:UpdateIPSet'],
        resources: sets.map(({ arn }) => arn),
      }),
      // An update of this stack empties sets: docs/GUARD.md, "Enforce".
      allow('FindDeploys', Stack.of(blocks).stackId, ['cloudformation:DescribeStacks']),
    ],
    control: [
      // Entries of people, the mode, and the audit; what is in force is read.
      allow('KeepEntries', blocks.tableArn, [
        'dynamodb:Query',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:DeleteItem',
      ]),
    ],
    api: [
      allow('ReadViews', views.tableArn, ['dynamodb:Query']),
      // Status of the last pass and mode are found by key.
      allow('ReadBlocks', blocks.tableArn, ['dynamodb:GetItem', 'dynamodb:Query']),
    ],
  };
}

function readStream(sid: string, stream: Stream): PolicyStatement {
  return allow(sid, stream.streamArn, [
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
    // Knows no single stream, so it gives nothing here; Lambda names it among what a role must have.
    'kinesis:ListStreams',
  ]);
}

function readTableStream(sid: string, table: TableV2): PolicyStatement {
  return allow(sid, table.tableStreamArn!, [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    // As kinesis:ListStreams.
    'dynamodb:ListStreams',
  ]);
}

function allow(sid: string, arn: string, actions: string[]): PolicyStatement {
  return new PolicyStatement({ sid, actions, resources: [arn] });
}
