import type { Prng } from '../support/prng';

/** One run of a handler. It goes on only when the simulation opens a gate at which it waits. */
export class Task {
  isDone = false;
  error: unknown;
  readonly gates: (() => void)[] = [];

  /** Waits until the simulation lets it go on; for ever, if it never does. */
  gate(): Promise<void> {
    return new Promise((go) => this.gates.push(go));
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

  /** Opens one of the gates, and comes back when whatever runs stands before one again. */
  async step(prng: Prng): Promise<void> {
    if (this.gates.length > 0) {
      const [go] = this.gates.splice(prng.int(this.gates.length), 1);
      go!();
    }
    await settled();
  }
}

/** All that can go on without the simulation has gone on. */
export function settled(): Promise<void> {
  return new Promise((go) => setImmediate(go));
}
