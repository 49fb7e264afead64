/** The form of the tables, for the stack and the local rig; docs/ROAD.md says what is in them. */

export interface TablePlan {
  /** Text. */
  readonly partitionKey: string;
  /** Text. */
  readonly sortKey: string;
  /** Number, seconds since the epoch. */
  readonly ttlAttribute: string;
}

export type TableName = 'state' | 'views' | 'blocks';

const KEYS: TablePlan = { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: 'expiresAt' };

export const TABLES: Readonly<Record<TableName, TablePlan>> = {
  state: KEYS,
  views: KEYS,
  blocks: KEYS,
};
