import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { Command, CommanderError } from 'commander';
import { addDeploymentCommands } from '../../bin/commands/deployment-commands';
import { UsageError } from '../../bin/commands/errors';
import { REAL_PATIENCE } from '../../lambdas/adapters/backoff';
import { makeBlocksStore } from '../../lambdas/adapters/blocks-store';
import { queryAll } from '../../lambdas/adapters/item-pages';
import { type ManualStore, makeManualStore } from '../../lambdas/adapters/manual-store';
import { makeSuspectWriter } from '../../lambdas/adapters/suspect-store';
import { makeControl } from '../../lambdas/control/control';
import { exemptList } from '../../lambdas/core/guard/exempt';
import type { AuditEntry } from '../../lambdas/core/guard/audit';
import type { Block } from '../../lambdas/core/guard/plan';
import { EMPTY_TRUTH, type RecordState, type SetRecord } from '../../lambdas/core/guard/set-truth';
import { TABLES } from '../../lib/tables';
import { type ControlUrl, startControlUrl } from '../../local/control-url';
import type { DynamoServer } from '../../local/dynamo-server';
import { startDynamoProcess } from '../../local/emulator-processes';
import { provideTable } from '../../local/provision';
import { dynamoAt } from '../local/aws-clients';
import { TelemetryLog } from '../support/handler-rig';

/** A deployment of emulators and the real control, and the command line that asks it. */

export const NOW_MS = Date.UTC(2026, 10, 24, 20, 15, 3);
export const JANE = 'arn:aws:sts::123456789012:assumed-role/Operators/jane';
const OWN = '203.0.113.0/24';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

export class Scene {
  nowMs = NOW_MS;
  readonly url: ControlUrl;
  private readonly filled = new Set<string>();

  private constructor(
    private readonly server: DynamoServer,
    url: ControlUrl,
    readonly dynamo: ReturnType<typeof dynamoAt>,
    readonly table: string,
    readonly manual: ManualStore,
  ) {
    this.url = url;
  }

  static async start(): Promise<Scene> {
    const broken = (error: Error) => {
      throw error;
    };
    const server = await startDynamoProcess({ onBroken: broken });
    const dynamo = dynamoAt(server.endpoint);
    const table = 'blocks';
    await provideTable(dynamo, table, TABLES.blocks);
    await provideTable(dynamo, 'views', TABLES.views);
    const manual = makeManualStore({ dynamo, table, keepDays: 90, patience: REAL_PATIENCE });
    let ids = 0;
    const control = makeControl({
      ...{ manual, exempt: exemptList('own', [OWN]), telemetry: new TelemetryLog() },
      now: () => scene.nowMs,
      makeId: () => `id${(ids += 1)}`,
    });
    const url = await startControlUrl({
      callers: [{ accessKeyId: 'JANE', secretAccessKey: 'secret', userArn: JANE }],
      invoke: (event) => control(event),
    });
    const scene: Scene = new Scene(server, url, dynamo, table, manual);
    Object.assign(process.env, scene.environment());
    return scene;
  }

  /** What leads a command to here, and nowhere else. */
  environment(): Record<string, string> {
    return {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'JANE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_DYNAMODB: this.server.endpoint,
      // Port 9 answers nobody.
      AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://127.0.0.1:9',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      TURNOUT_BLOCKS_TABLE: this.table,
      TURNOUT_VIEWS_TABLE: 'views',
      TURNOUT_CONTROL_URL: this.url.url,
    };
  }

  /** Runs a command as bin/turnout.ts does, at the time of the scene. */
  async run(...args: readonly string[]): Promise<Ran> {
    let [out, error] = ['', ''];
    const program = new Command('turnout').exitOverride().configureOutput({
      writeErr: (text) => (error += text),
      writeOut: (text) => (out += text),
    });
    const host = { output: { write: (text: string) => (out += text) }, now: () => this.nowMs };
    addDeploymentCommands(program, host);
    try {
      await program.parseAsync(args, { from: 'user' });
      return { status: 0, out, error };
    } catch (thrown) {
      if (thrown instanceof CommanderError) {
        return { status: thrown.exitCode === 0 ? 0 : 2, out, error };
      }
      const { message } = thrown as Error;
      return { status: thrown instanceof UsageError ? 2 : 1, out, error: error + message };
    }
  }

  /** Writes the truth of a set anew. */
  async putSet(key: string, records: readonly SetRecord[]): Promise<void> {
    const store = makeBlocksStore({
      dynamo: this.dynamo,
      table: this.table,
      patience: REAL_PATIENCE,
    });
    this.filled.add(key);
    const { version } = await store.loadSet(key);
    const truth = { ...EMPTY_TRUTH, version: version + 1 };
    const byCidr = new Map(records.map((record) => [record.cidr, record]));
    expect(await store.saveSet(key, { ...truth, records: byCidr })).toBe(true);
  }

  async putStatus(facts: object): Promise<void> {
    const store = makeBlocksStore({
      dynamo: this.dynamo,
      table: this.table,
      patience: REAL_PATIENCE,
    });
    await store.saveStatus(JSON.stringify(facts));
  }

  /** As if its writer had died before the last was written. */
  async dropLastPart(atMs: number): Promise<void> {
    const time = new Date(atMs).toISOString();
    const items = await queryAll(this.dynamo, {
      TableName: this.table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': { S: `audit#${time.slice(0, 10)}` }, ':sk': { S: time } },
    });
    expect(items.length).toBeGreaterThan(1);
    const { pk, sk } = items.at(-1)!;
    const Key = { pk: pk!, sk: sk! };
    await this.dynamo.send(new DeleteItemCommand({ TableName: this.table, Key }));
  }

  get suspects() {
    return makeSuspectWriter(this.dynamo, this.table, () => this.nowMs);
  }

  async clear(): Promise<void> {
    this.nowMs = NOW_MS;
    await this.server.sweep(NOW_MS * 2);
    for (const key of [...this.filled]) await this.putSet(key, []);
    this.filled.clear();
    await this.putMode(0);
  }

  /** One that has ended is none. */
  private async putMode(untilMs: number): Promise<void> {
    const by = { author: { S: 'x' }, reason: { S: 'over' } };
    const Item = { pk: { S: 'control' }, sk: { S: 'mode' }, mode: { S: 'block' }, ...by };
    const item = { ...Item, untilMs: { N: String(untilMs) } };
    await this.dynamo.send(new PutItemCommand({ TableName: this.table, Item: item }));
  }

  async close(): Promise<void> {
    this.dynamo.destroy();
    await this.url.close();
    await this.server.close();
  }
}

export function block(cidr: string, more: Partial<Block> = {}): Block {
  return {
    ...{ cidr, rule: 'S1_flood', author: 'guard', strikes: 1, attackHits: 260 },
    ...{ verifiedViewers: 0, suspects: 1 },
    ...{ sinceMs: NOW_MS - 120_000, untilMs: NOW_MS + 480_000 },
    ...more,
  };
}

export function record(own: Block, state: RecordState = 'held'): SetRecord {
  return { cidr: own.cidr, state, isTouched: false, block: own };
}

export function foreign(cidr: string): SetRecord {
  return { cidr, state: 'foreign', isTouched: false, block: undefined };
}

export function push(atMs: number, more: Partial<AuditEntry>): AuditEntry {
  return {
    ...{ id: `block-v4-1.${atMs}.w`, atMs, author: 'guard', kind: 'push', set: 'block-v4-1' },
    ...{ previous: '', versionBefore: atMs % 1_000_000, version: (atMs % 1_000_000) + 1 },
    ...{ token: 't', planHash: 'h', added: [], removed: [], foreignAdded: [], foreignRemoved: [] },
    ...more,
  };
}

/** The command line itself, with nothing of the machine's own environment but where to find programs. */
export function spawnTurnout(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  const bin = join(__dirname, '../../bin/turnout.js');
  const env = { PATH: process.env['PATH'] ?? '', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env }, (failure, out, error) => {
      const status = failure === null ? 0 : Number(failure.code);
      resolve({ status, out, error });
    });
  });
}
