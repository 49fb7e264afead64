import { REAL_PATIENCE } from '../../lambdas/adapters/backoff';
import { makeDynamo } from '../../lambdas/adapters/clients';
import { type ContentsReader, makeContentsReader } from '../../lambdas/adapters/contents-reader';
import { loadOutputs } from '../../lambdas/adapters/deployment-reader';
import { type GuardReader, makeGuardReader } from '../../lambdas/adapters/guard-reader';
import { type ManualStore, makeManualStore } from '../../lambdas/adapters/manual-store';
import { makeViewsReader } from '../../lambdas/adapters/views-reader';
import type { ViewsReader } from '../../lambdas/core/road/ports';
import { plainFailure } from './deployment-failure';
import { UsageError } from './errors';

/** Where a deployment is, as the command line says it. */
export interface DeploymentOptions {
  readonly stack?: string;
  readonly blocksTable?: string;
  readonly viewsTable?: string;
  readonly controlUrl?: string;
}

export type PlaceName = 'BlocksTable' | 'ViewsTable' | 'ControlUrl';

/** Each place: its option, and the variable that says the same. */
const PLACES = {
  BlocksTable: { option: 'blocksTable', flag: '--blocks-table', variable: 'TURNOUT_BLOCKS_TABLE' },
  ViewsTable: { option: 'viewsTable', flag: '--views-table', variable: 'TURNOUT_VIEWS_TABLE' },
  ControlUrl: { option: 'controlUrl', flag: '--control-url', variable: 'TURNOUT_CONTROL_URL' },
} as const satisfies Record<PlaceName, object>;

const STACK_DEFAULT = 'Turnout';
const REGION_DEFAULT = 'us-east-1';

/** Nothing is asked of AWS before a place is needed. */
export interface Deployment {
  readonly region: string;
  readonly stack: string;
  /** Of the stack, by name. */
  outputs(): Promise<ReadonlyMap<string, string>>;
  place(name: PlaceName): Promise<string>;
  guard(): Promise<GuardReader>;
  /** To read only: people write through control. */
  manual(): Promise<Pick<ManualStore, 'load'>>;
  views(): Promise<ViewsReader>;
  contents(): Promise<ContentsReader>;
}

/** Does work with a deployment; what AWS says that goes wrong is said in words. */
export async function withDeployment<T>(
  options: DeploymentOptions,
  work: (deployment: Deployment) => Promise<T>,
): Promise<T> {
  // The SDK has no default of its own, and all of Turnout that WAF for CloudFront touches is there.
  process.env['AWS_REGION'] ||= REGION_DEFAULT;
  const region = process.env['AWS_REGION'];
  try {
    return await work(findDeployment(options, region));
  } catch (error) {
    throw plainFailure(error, region);
  }
}

function findDeployment(options: DeploymentOptions, region: string): Deployment {
  const stack = options.stack ?? STACK_DEFAULT;
  if (!/^(arn:[\w:/.-]+|[A-Za-z][A-Za-z0-9-]{0,127})$/.test(stack)) {
    throw new UsageError(`--stack: expected the name of a stack, got ${stack}`);
  }
  let outputs: Promise<ReadonlyMap<string, string>> | undefined;
  let dynamo: ReturnType<typeof makeDynamo> | undefined;
  const props = (table: string) => ({
    dynamo: (dynamo ??= makeDynamo()),
    table,
    patience: REAL_PATIENCE,
  });
  const loadAll = () => (outputs ??= loadOutputs(stack));
  const place = async (name: PlaceName): Promise<string> => {
    const { option, flag, variable } = PLACES[name];
    // A stack that is named wins over what the environment says of another.
    const said =
      options[option] ?? (options.stack === undefined ? process.env[variable] : undefined);
    if (said) return said;
    const found = (await loadAll()).get(name);
    if (found !== undefined) return found;
    throw new Error(
      `stack ${stack} has no output ${name}: expected a stack of Turnout, ${flag} or ${variable}`,
    );
  };
  return {
    region,
    stack,
    outputs: loadAll,
    place,
    guard: async () => makeGuardReader(props(await place('BlocksTable'))),
    // Days to keep are of writes alone.
    manual: async () => makeManualStore({ ...props(await place('BlocksTable')), keepDays: 0 }),
    views: async () => {
      const { dynamo: client, table } = props(await place('ViewsTable'));
      return makeViewsReader(client, table);
    },
    contents: async () => {
      const { dynamo: client, table } = props(await place('ViewsTable'));
      return makeContentsReader(client, table);
    },
  };
}
