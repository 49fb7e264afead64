import type { KinesisStreamEvent } from 'aws-lambda';
import { eventOf } from '../support/lambda-event';
import type { Prng } from '../support/prng';
import type { FakeShard } from './fake-shard';
import { Task } from './tasks';

export type Handler = (
  event: KinesisStreamEvent,
  context: { getRemainingTimeInMillis: () => number },
) => Promise<void>;

/** One execution environment: what it keeps between invocations is in its handler. */
export interface Environment {
  readonly handler: Handler;
  /** whose gates its clients wait at */
  task: Task;
}

export interface PollerProps {
  readonly prng: Prng;
  readonly shard: FakeShard;
  readonly batchMax: number;
  readonly environments: Environment[];
  readonly makeEnvironment: () => Environment;
  /** of 100 steps, now */
  readonly crashPercent: () => number;
  /** of 100 crashes: the run goes on behind everybody's back */
  readonly zombiePercent: number;
  /** of 100 batches: begins with what was delivered before */
  readonly rewindPercent: number;
  readonly zombies: Task[];
  /** hears of each run that failed */
  readonly failed: (error: unknown) => void;
}

/**
 * The event source of one shard: one batch at a time, from where the last success ended. Redelivered
 * batches are cut elsewhere: shorter, longer, from an earlier record on.
 */
export class Poller {
  private at = 0;
  private end = 0;
  private environment: Environment | undefined;
  crashes = 0;
  private runs = 0;
  private lastError = 'none';

  constructor(private readonly props: PollerProps) {}

  get isIdle(): boolean {
    return this.environment === undefined;
  }

  get hasWork(): boolean {
    return !this.isIdle || this.at < this.props.shard.records.length;
  }

  /** Where it stands, for a night that does not end. */
  toString(): string {
    const { shard } = this.props;
    return `${shard.id} at ${this.at} of ${shard.records.length}, ${this.runs} runs, ${this.crashes} crashes, last error: ${this.lastError}`;
  }

  async step(): Promise<void> {
    const { prng, environments, zombies } = this.props;
    if (this.environment === undefined) return this.deliver();
    const { task } = this.environment;
    if (prng.next() * 100 < this.props.crashPercent()) {
      // Nobody hears of it again, or nobody knows that it goes on.
      this.crashes += 1;
      if (prng.int(100) < this.props.zombiePercent) zombies.push(task);
      this.environment = undefined;
      return;
    }
    await task.step(prng);
    if (!task.isDone) return;
    if (task.error === undefined) this.at = Math.max(this.at, this.end);
    else {
      this.lastError = String(task.error);
      this.props.failed(task.error);
    }
    environments.push(this.environment);
    this.environment = undefined;
  }

  private async deliver(): Promise<void> {
    const { prng, shard, batchMax, rewindPercent, environments } = this.props;
    let from = this.at;
    if (prng.int(100) < rewindPercent) from = Math.max(0, from - prng.int(2 * batchMax));
    const to = Math.min(shard.records.length, from + prng.between(1, batchMax));
    this.end = to;
    this.runs += 1;
    const records = shard.records.slice(from, to);
    const known = environments.length > 0 && prng.bool(0.8);
    const environment = known
      ? environments.splice(prng.int(environments.length), 1)[0]!
      : this.props.makeEnvironment();
    environment.task = new Task();
    this.environment = environment;
    const left = prng.bool(0.02) ? 1_000 : 60_000;
    environment.task.run(() =>
      environment.handler(eventOf(shard.id, records), { getRemainingTimeInMillis: () => left }),
    );
    await environment.task.step(prng);
  }
}
