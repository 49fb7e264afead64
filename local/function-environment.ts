import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { FunctionName } from '../lib/pipeline';
import type { RigSet } from './rig-guard';
import type { WafScope } from './waf-sets';

/** Names of what the rig makes. */
export const NAMES = {
  edgeLines: 'edge-lines',
  viewerPackets: 'viewer-packets',
  stateTable: 'turnout-state',
  viewsTable: 'turnout-views',
  blocksTable: 'turnout-blocks',
  secret: 'turnout-viewer-key',
} as const;

const REGION = 'us-east-1';
/** The emulators want some, and check none. */
const CREDENTIALS = { accessKeyId: 'rig', secretAccessKey: 'rig' };
const SECRET_BYTES = 32;

/** For clients of our own: nothing of the machine's configuration may send them elsewhere. */
export function ownCredentials() {
  return { region: REGION, credentials: CREDENTIALS };
}

export type Endpoints = Readonly<Record<'kinesis' | 'dynamo' | 'secrets' | 'waf', string>>;

export interface VariableParts {
  readonly retentionHours: number;
  readonly sets: readonly RigSet[];
  readonly scope: WafScope;
}

/**
 * The variables that the stack gives to this function and no others (but STACK_ID, as there is no stack),
 * so that one it lacks is missed here too; test/local/template-plan.test.ts holds them to the template.
 */
export function ownVariables(
  name: FunctionName,
  { retentionHours, sets, scope }: VariableParts,
): Record<string, string> {
  const { stateTable, viewsTable, blocksTable, edgeLines, viewerPackets, secret } = NAMES;
  const own: Record<FunctionName, Record<string, string>> = {
    intake: {
      STATE_TABLE: stateTable,
      EDGE_LINES_STREAM: edgeLines,
      VIEWER_PACKETS_STREAM: viewerPackets,
      VIEWER_KEY_SECRET: secret,
      RETENTION_HOURS: String(retentionHours),
    },
    tally: {
      STATE_TABLE: stateTable,
      VIEWS_TABLE: viewsTable,
      BLOCKS_TABLE: blocksTable,
      VIEWER_PACKETS_STREAM: viewerPackets,
    },
    watch: { STATE_TABLE: stateTable },
    enforce: {
      BLOCKS_TABLE: blocksTable,
      WAF_SETS: JSON.stringify(sets),
      WAF_SCOPE: scope,
    },
    control: { BLOCKS_TABLE: blocksTable },
    api: { VIEWS_TABLE: viewsTable, BLOCKS_TABLE: blocksTable },
  };
  return {
    ...own[name],
    POWERTOOLS_METRICS_NAMESPACE: 'Turnout',
    POWERTOOLS_SERVICE_NAME: name,
  };
}

/** What leads the SDK to the emulators, and nowhere else; of every function. */
export function emulatorVariables(endpoints: Endpoints): Record<string, string> {
  return {
    POWERTOOLS_TRACE_ENABLED: 'false',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_KINESIS: endpoints.kinesis,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamo,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secrets,
    AWS_ENDPOINT_URL_WAFV2: endpoints.waf,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    // The rig runs on the Node that is there; Lambda has a newer one.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

/** Viewers of one broadcast day are told apart by it, so a state that is kept needs the same again. */
export function findSecret(file: string): string {
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  writeFileSync(file, secret, { mode: 0o600 });
  return secret;
}
