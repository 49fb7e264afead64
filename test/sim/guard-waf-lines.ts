import type { UpdateIPSetCommandInput } from '@aws-sdk/client-wafv2';
import type { Waf } from '../../lambdas/adapters/clients';
import type { Prng } from '../support/prng';
import type { TimedTask } from './guard-tasks';
import { type GuardWaf, internalError } from './guard-waf';

/** A call that has not come through by then is cut off by the client. */
const CALL_MS = 5_000;

/** What lies between those who call and WAF: errors, lost answers, and calls that arrive late. */
export class WafLines {
  /** of 100 calls, for each thing that can go wrong */
  faultPercent = 0;
  private late: { readonly atMs: number; readonly input: UpdateIPSetCommandInput }[] = [];

  constructor(
    private readonly waf: GuardWaf,
    private readonly prng: Prng,
    private readonly now: () => number,
  ) {}

  /** A call comes within 5 s or never; its answer may be lost, and it may be carried out after that. */
  clientOf(task: TimedTask): Waf {
    const { prng } = this;
    const happens = () => prng.next() * 100 < this.faultPercent;
    const send = async (command: { constructor: { name: string }; input: object }) => {
      const sentMs = this.now();
      await task.gate();
      if (this.now() - sentMs > CALL_MS) throw new Error('socket timed out');
      if (command.constructor.name === 'GetIPSetCommand') {
        if (happens()) throw internalError();
        const answer = this.waf.get((command.input as { Name: string }).Name);
        await task.gate();
        return answer;
      }
      const input = command.input as UpdateIPSetCommandInput;
      if (happens()) {
        // The client hears of an error first, and WAF carries the call out later.
        const restMs = Math.max(0, CALL_MS - (this.now() - sentMs));
        this.late.push({ atMs: this.now() + prng.int(restMs), input });
        throw internalError();
      }
      const answer = this.waf.update(input, happens());
      await task.gate();
      if (happens() || this.now() - sentMs > CALL_MS) throw new Error('socket hang up');
      return answer;
    };
    return { send } as unknown as Waf;
  }

  /** Calls whose senders were told that they failed. */
  arriveLate(): void {
    const due = this.late.filter(({ atMs }) => atMs <= this.now());
    this.late = this.late.filter(({ atMs }) => atMs > this.now());
    for (const { input, atMs } of due) {
      try {
        this.waf.update(input, false, atMs);
      } catch {
        // Nobody is there to hear of it.
      }
    }
  }
}
