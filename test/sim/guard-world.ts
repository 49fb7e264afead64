import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Patience } from '../../lambdas/adapters/backoff';
import { makeLeaseStore } from '../../lambdas/adapters/blocks-lease';
import { makeBlocksStore } from '../../lambdas/adapters/blocks-store';
import { makeManualStore } from '../../lambdas/adapters/manual-store';
import type { Telemetry } from '../../lambdas/adapters/telemetry';
import { makeWafSets } from '../../lambdas/adapters/waf-sets';
import { makeControl } from '../../lambdas/control/control';
import type { ExemptTable } from '../../lambdas/core/guard/exempt';
import { planBlocks } from '../../lambdas/core/guard/plan';
import type { SuspectBatch } from '../../lambdas/core/guard/suspect';
import { encodeBatch } from '../../lambdas/core/guard/suspect-batch';
import { DEFAULT_SETTINGS, type LaneCount, type Settings } from '../../lambdas/core/settings';
import { makeEnforce } from '../../lambdas/enforce/enforce';
import type { ListedSet } from '../../lambdas/enforce/set-writer';
import type { Prng } from '../support/prng';
import { FakeDynamo } from './fake-dynamo';
import { type Faults, QUIET, makeFaultyClient } from './faulty-client';
import { TimedTask } from './guard-tasks';
import { GuardWaf } from './guard-waf';
import { WafLines } from './guard-waf-lines';
import type { Task } from './tasks';

export const BLOCKS = 'Blocks';
export const LANES = 2;
/** As guard-limits.ts makes the limit of the bundle. */
export const SMALL_SIZE = 24;
const START_MS = Date.UTC(2026, 10, 24, 18);
const INVOCATION_MS = 60_000;

export interface GuardWorldProps {
  readonly prng: Prng;
  readonly settings: Settings;
  readonly exempt: ExemptTable;
  readonly faults: Faults;
  /** of 100 calls of WAF */
  readonly wafPercent: number;
  readonly crashPercent: number;
  readonly zombiePercent: number;
  /** of 100 batches: written some time after later ones */
  readonly slowPercent: number;
  /** how long half a call takes @default anything, sometimes seconds */
  readonly stepMs?: number;
  /** entries that WAF takes for a set @default as small as the bundle of nights has it */
  readonly sizeMax?: number;
}

interface Run {
  readonly task: TimedTask;
  readonly endMs: number;
}

/** A night of the guard: the real handlers and adapters on services in memory, in a time of its own. */
export class GuardWorld {
  /** what has passed in truth; the clocks that handlers read may differ */
  nowMs = START_MS;
  private clockMs = 0;
  /** as enforce is told; it may fail @default never */
  deployedAtMs: () => Promise<number | undefined> = async () => undefined;
  readonly waf: GuardWaf;
  readonly dynamo = new FakeDynamo({ tables: [BLOCKS], pageItemsMax: 100 });
  readonly sets: readonly ListedSet[];
  readonly counts = new Map<string, number>();
  readonly values = new Map<string, number>();
  readonly errors = new Set<string>();
  private runs: Run[] = [];
  private zombies: Run[] = [];
  private faults: Faults;
  private readonly lines: WafLines;
  private crashPercent: number;
  private scheduledMs = START_MS;
  private writers = 0;
  private readonly versions = new Array<number>(LANES).fill(0);

  constructor(private readonly props: GuardWorldProps) {
    this.faults = props.faults;
    this.crashPercent = props.crashPercent;
    const { setsV4, setsV6 } = props.settings.guard;
    this.sets = (['block', 'count'] as const).flatMap((list) =>
      [
        ...Array.from({ length: setsV4 }, (_, n) => ({ list, family: 'v4' as const, n: n + 1 })),
        ...Array.from({ length: setsV6 }, (_, n) => ({ list, family: 'v6' as const, n: n + 1 })),
      ].map((set) => {
        const name = `${set.list}-${set.family}-${set.n}`;
        return { ...set, name, id: name };
      }),
    );
    this.waf = new GuardWaf(
      this.sets.map(({ name }) => name),
      () => this.nowMs,
      props.sizeMax ?? SMALL_SIZE,
    );
    this.lines = new WafLines(this.waf, props.prng, () => this.nowMs);
    this.lines.faultPercent = props.wafPercent;
  }

  readonly wallMs = () => this.nowMs + this.clockMs;

  /** Nothing goes wrong from now on, and no clock is behind, or what people said for a minute would last longer. */
  calm(): void {
    this.clockMs = Math.max(0, this.clockMs);
    this.faults = QUIET;
    this.lines.faultPercent = 0;
    this.crashPercent = 0;
  }

  /** All that runs is gone, and nobody hears of it. */
  crash(): void {
    this.runs = [];
    this.zombies = [];
  }

  stepClock(ms: number): void {
    this.clockMs += ms;
  }

  /** As tally tells it; whoever is awake hears of it. */
  async tell(batch: Omit<SuspectBatch, 'version' | 'atMs'>): Promise<void> {
    const version = (this.versions[batch.lane]! += 1);
    const parts = encodeBatch({ ...batch, version, atMs: this.wallMs() });
    // Who folded may be slow to tell, and others tell later versions meanwhile.
    const isSlow = this.props.prng.next() * 100 < this.props.slowPercent;
    for (const [n, body] of parts.entries()) {
      const sk = `${String(version).padStart(12, '0')}#${String(n).padStart(3, '0')}`;
      const Item = { pk: { S: `suspects#${batch.lane}` }, sk: { S: sk }, body: { B: body } };
      const put = new PutItemCommand({ TableName: BLOCKS, Item });
      if (isSlow) this.slow.push({ atMs: this.nowMs + this.props.prng.int(20_000), put });
      else await this.dynamo.send(put);
    }
    if (!isSlow && this.isHeard()) this.wake([`suspects#${batch.lane}`]);
  }

  /** A person asks. What fails is asked again by the person. */
  async ask(body: object): Promise<void> {
    const control = makeControl({
      exempt: this.props.exempt,
      manual: this.manualStore(this.dynamo),
      telemetry: this.telemetry,
      now: this.wallMs,
      makeId: () => `p${(this.writers += 1)}`,
    });
    const iam = { userArn: 'arn:aws:iam::123456789012:user/ops' };
    await control({
      body: JSON.stringify({ reason: 'the simulation wants it', ...body }),
      requestContext: { http: { method: 'POST' }, authorizer: { iam } },
    });
    if (this.isHeard()) this.wake(['manual']);
  }

  /** Whether the stream brings the news; else somebody comes each minute. */
  private isHeard(): boolean {
    return this.props.slowPercent === 0 || this.props.prng.bool(0.8);
  }

  wake(pks?: readonly string[]): void {
    const Records = pks?.map((pk) => ({ dynamodb: { Keys: { pk: { S: pk } } } }));
    const task = new TimedTask(() => this.nowMs);
    const run = { task, endMs: this.nowMs + INVOCATION_MS };
    const enforce = this.makeEnforce(task);
    task.run(() =>
      enforce(Records === undefined ? {} : { Records }, {
        getRemainingTimeInMillis: () => run.endMs - this.nowMs,
      }),
    );
    this.runs.push(run);
  }

  /** Plays so long; `events` may do something at each step. */
  async play(ms: number, events: () => Promise<void> = async () => {}): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (let steps = 0; this.nowMs < untilMs; steps += 1) {
      if (steps > 50_000) throw new Error('the night does not end');
      await events();
      this.lines.arriveLate();
      await this.tellSlowly();
      if (this.nowMs >= this.scheduledMs) {
        this.scheduledMs = this.nowMs + 60_000;
        this.wake();
      }
      await this.step(untilMs);
    }
  }

  private async step(untilMs: number): Promise<void> {
    const { prng, zombiePercent } = this.props;
    this.runs = this.runs.filter((run) => !this.isOver(run));
    this.zombies = this.zombies.filter((run) => !this.isOver(run));
    const able = [...this.runs, ...this.zombies].filter(({ task }) => task.dueMs <= this.nowMs);
    if (able.length === 0) {
      let next = Math.min(untilMs, this.scheduledMs, this.nowMs + 1_000);
      for (const { task } of [...this.runs, ...this.zombies]) {
        if (task.dueMs > this.nowMs) next = Math.min(next, task.dueMs);
      }
      this.nowMs = Math.max(this.nowMs + 1, next);
      return;
    }
    const run = prng.pick(able);
    if (this.runs.includes(run) && prng.next() * 100 < this.crashPercent) {
      this.runs = this.runs.filter((other) => other !== run);
      // Nobody hears of it again, or nobody knows that it goes on.
      if (prng.int(100) < zombiePercent) this.zombies.push(run);
      return;
    }
    await run.task.step(prng);
    this.nowMs += this.props.stepMs ?? (prng.bool(0.02) ? prng.int(3_000) : prng.int(20));
  }

  private isOver({ task, endMs }: Run): boolean {
    if (!task.isDone) return this.nowMs > endMs;
    const text = String(task.error ?? '');
    if (text !== '' && !/slow down|answer was lost/.test(text)) this.errors.add(text);
    return true;
  }

  private makeEnforce(task: TimedTask) {
    const { prng, settings, exempt } = this.props;
    const how = {
      ...{ task: () => task as unknown as Task, prng, delay: () => {} },
      faults: this.faults,
    };
    const dynamo = makeFaultyClient(this.dynamo, how);
    const patience = { pause: (ms: number) => task.pause(ms), random: () => prng.next() };
    const now = this.wallMs;
    this.writers += 1;
    return makeEnforce({
      ...{ settings, exempt, plan: planBlocks, sets: this.sets, now },
      waf: makeWafSets(this.lines.clientOf(task), 'CLOUDFRONT'),
      blocks: makeBlocksStore({ dynamo, table: BLOCKS, patience }),
      manual: this.manualStore(dynamo, patience),
      leasesOf: (owner) => makeLeaseStore({ dynamo, table: BLOCKS, now, owner, patience }),
      deployedAtMs: () => this.deployedAtMs(),
      telemetry: this.telemetry,
      uptime: () => this.nowMs,
      pause: (ms) => task.pause(ms),
      writer: `w${this.writers}-`,
    });
  }

  private manualStore(
    dynamo: Pick<FakeDynamo, 'send'>,
    patience: Patience = { pause: async () => {}, random: () => 0 },
  ) {
    const { keepDays } = this.props.settings.guard;
    return makeManualStore({ dynamo, table: BLOCKS, keepDays, patience });
  }

  private slow: { readonly atMs: number; readonly put: PutItemCommand }[] = [];

  private async tellSlowly(): Promise<void> {
    const due = this.slow.filter(({ atMs }) => atMs <= this.nowMs);
    this.slow = this.slow.filter(({ atMs }) => atMs > this.nowMs);
    for (const { put } of due) await this.dynamo.send(put);
  }

  private readonly telemetry: Telemetry = {
    count: (name, n) => void this.counts.set(name, (this.counts.get(name) ?? 0) + n),
    value: (name, n) => void this.values.set(name, n),
    info: () => {},
    warn: () => {},
    error: () => {},
    flush: () => {},
  };
}

export function guardSettings(guard: Partial<Settings['guard']>): Settings {
  return {
    ...DEFAULT_SETTINGS,
    lanes: LANES as LaneCount,
    guard: { ...DEFAULT_SETTINGS.guard, ...guard },
  };
}
