import type { Prng } from '../support/prng';
import { settled } from './tasks';

interface Gate {
  readonly dueMs: number;
  readonly go: () => void;
}

/** One run of a handler in a simulation that owns the time: it waits at gates, some of which open only later. */
export class TimedTask {
  isDone = false;
  error: unknown;
  private readonly gates: Gate[] = [];

  constructor(private readonly now: () => number) {}

  gate(): Promise<void> {
    return this.pause(0);
  }

  pause(ms: number): Promise<void> {
    return new Promise((go) => this.gates.push({ dueMs: this.now() + ms, go }));
  }

  run(work: () => Promise<void>): void {
    work().then(
      () => (this.isDone = true),
      (error: unknown) => {
        this.isDone = true;
        this.error = error;
      },
    );
  }

  /** When it can go on; never, if it waits for nothing. */
  get dueMs(): number {
    let due = Infinity;
    for (const gate of this.gates) due = Math.min(due, gate.dueMs);
    return due;
  }

  /** Opens one of the gates that are due. */
  async step(prng: Prng): Promise<void> {
    const nowMs = this.now();
    const due = this.gates.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length > 0) {
      const gate = due[prng.int(due.length)]!;
      this.gates.splice(this.gates.indexOf(gate), 1);
      gate.go();
    }
    await settled();
  }
}
