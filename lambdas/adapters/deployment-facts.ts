/** What `turnout preflight` looks at: facts alone, what they mean is decided elsewhere. */

/** What was read, or why it could not be. */
export type Fact<T> =
  | { readonly isKnown: true; readonly value: T }
  | { readonly isKnown: false; readonly why: string; readonly permission: string };

export interface StreamFacts {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly isOnDemand: boolean;
  readonly openShards: number;
  readonly retentionHours: number;
  /** Taken at once, without having grown to it. */
  readonly warmMiBps: number;
  /** Kinesis spreads records itself. */
  readonly isSpread: boolean;
}

export interface SourceFacts {
  readonly id: string;
  readonly state: string;
  readonly lastResult: string;
  readonly batchSize: number;
  readonly windowSeconds: number;
  readonly parallelizationFactor: number;
  readonly retryAttempts: number;
}

export interface TableFacts {
  readonly name: string;
  readonly status: string;
  readonly isOnDemand: boolean;
  /** Write units that are taken at once; 0 if DynamoDB does not say. */
  readonly warmWrites: number;
  /** Empty if it has no stream. */
  readonly streamArn: string;
}

export interface LogConfigFacts {
  readonly fields: readonly string[];
  readonly samplingPercent: number;
  readonly streamArns: readonly string[];
}

export interface DistributionFacts {
  readonly id: string;
  readonly isEnabled: boolean;
  readonly webAclArn: string;
  /** The default one is `*`. */
  readonly behaviours: readonly { readonly path: string; readonly logConfigArn: string }[];
}

export interface WebAclFacts {
  readonly name: string;
  readonly arn: string;
  readonly capacity: number;
  readonly rules: readonly WebAclRule[];
}

export interface WebAclRule {
  readonly name: string;
  readonly priority: number;
  /** What it may do to a request: `allow`, `block`, `count`, `group` and so on. */
  readonly action: string;
  /** It looks at the addresses of an IP set and at nothing else. */
  readonly isByAddress: boolean;
  /** ARN of the rule group that it refers to; empty if none. */
  readonly groupArn: string;
  /** Of a group: its own actions count instead. */
  readonly isCounted: boolean;
  /** Of a group: rules whose action is another here. */
  readonly overridden: readonly string[];
}

export interface AlarmFacts {
  readonly name: string;
  readonly state: string;
  readonly isEnabled: boolean;
  readonly actions: readonly string[];
}

export interface TopicFacts {
  readonly arn: string;
  readonly confirmed: number;
  readonly pending: number;
}

export interface DeploymentFacts {
  readonly edgeLines: Fact<StreamFacts>;
  readonly viewerPackets: Fact<StreamFacts>;
  readonly kinesisShards: Fact<{ readonly limit: number; readonly open: number }>;
  readonly concurrency: Fact<{ readonly limit: number; readonly unreserved: number }>;
  readonly intakeSource: Fact<readonly SourceFacts[]>;
  readonly tallySource: Fact<readonly SourceFacts[]>;
  /** Of the stream of the table Blocks. */
  readonly enforceSource: Fact<readonly SourceFacts[]>;
  readonly state: Fact<TableFacts>;
  readonly views: Fact<TableFacts>;
  readonly blocks: Fact<TableFacts>;
  readonly tableWritesMax: Fact<number>;
  readonly logConfig: Fact<LogConfigFacts>;
  readonly distributions: Fact<readonly DistributionFacts[]>;
  /** Of one distribution; undefined if no such quota is told. */
  readonly requestsPerSecondMax: Fact<number | undefined>;
  readonly webAcls: Fact<readonly WebAclFacts[]>;
  readonly alarms: Fact<readonly AlarmFacts[]>;
  readonly topics: Fact<readonly TopicFacts[]>;
  readonly secret: Fact<{ readonly name: string; readonly isBeingDeleted: boolean }>;
}

export function known<T>(value: T): Fact<T> {
  return { isKnown: true, value };
}

/** Reads a fact; what AWS refuses is said with the permission that is needed, and nothing is thrown. */
export async function readFact<T>(permission: string, read: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await read());
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const first = message.split('\n')[0]!.slice(0, TEXT_CHARS_MAX);
    return { isKnown: false, why: name === 'Error' ? first : `${name}: ${first}`, permission };
  }
}

/** A fact that follows from another, and is as unknown as that. */
export async function readNext<T, U>(
  fact: Fact<T>,
  permission: string,
  read: (value: T) => Promise<U>,
): Promise<Fact<U>> {
  return fact.isKnown ? readFact(permission, () => read(fact.value)) : fact;
}

const TEXT_CHARS_MAX = 200;
