import { type Presence, ROLLBACK_MS, hasPresenceFallen } from '../core/guard/fuses';

/** A push into the list `block`, and what verified presence was before it. */
export interface RecentPush {
  readonly id: string;
  readonly atMs: number;
  readonly presence: Presence;
  readonly added: readonly string[];
}

/** F3: pushes of the last seconds that may refuse viewers: the list `count` refuses nobody. They are in memory only: who dies forgets to watch. */
export class PushWatch {
  private pushes: readonly RecentPush[] = [];

  note(push: RecentPush): void {
    this.pushes = this.pushes.filter(({ atMs }) => push.atMs - atMs < ROLLBACK_MS);
    if (push.added.length > 0) this.pushes = [...this.pushes, push];
  }

  forget(push: RecentPush): void {
    this.pushes = this.pushes.filter((other) => other !== push);
  }

  /** Whether a push is so young that viewers may yet be refused for it. */
  isWatching(nowMs: number): boolean {
    return this.pushes.some(({ atMs }) => Math.abs(nowMs - atMs) < ROLLBACK_MS);
  }

  fallen(presence: Presence, fallPercent: number): readonly RecentPush[] {
    return this.pushes.filter((push) => hasPresenceFallen(push, presence, fallPercent));
  }
}
