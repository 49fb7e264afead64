import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
  type TablePropsV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

import { TABLES, type TableName } from '../tables';

export interface TablesProps {
  /** @default the key of DynamoDB */
  readonly encryptionKey?: IKey | undefined;
  /** What State takes at once. @default what a new table takes */
  readonly stateWriteUnits?: number | undefined;
}

/**
 * The tables outlive their stack and refuse to be deleted. State and Views belong together: Views keeps
 * the versions of the lanes in State (fences), so a new State beside it would publish nothing. Blocks
 * says whom we blocked and why, and which entries of WAF are ours.
 */
export class Tables extends Construct {
  readonly state: TableV2;
  readonly views: TableV2;
  readonly blocks: TableV2;
  private readonly encryption: TableEncryptionV2;

  constructor(scope: Construct, id: string, props: TablesProps = {}) {
    super(scope, id);
    this.encryption = props.encryptionKey
      ? TableEncryptionV2.customerManagedKey(props.encryptionKey)
      : TableEncryptionV2.dynamoOwnedKey();
    const { stateWriteUnits } = props;
    // No recovery to a point in time: a State that is older than its Views would count nothing until
    // it had passed the fences again.
    this.state = this.makeTable('State', 'state', {
      ...(stateWriteUnits && { warmThroughput: { writeUnitsPerSecond: stateWriteUnits } }),
    });
    this.views = this.makeTable('Views', 'views', {
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    this.blocks = this.makeTable('Blocks', 'blocks', {
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // It wakes enforce, which reads the table itself: addresses need not be in the stream.
      dynamoStream: StreamViewType.KEYS_ONLY,
    });
  }

  private makeTable(id: string, name: TableName, props: Partial<TablePropsV2>): TableV2 {
    const { partitionKey, sortKey, ttlAttribute } = TABLES[name];
    return new TableV2(this, id, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: ttlAttribute,
      // Nothing is written on most days.
      billing: Billing.onDemand(),
      encryption: this.encryption,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...props,
    });
  }
}
