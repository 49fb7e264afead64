/**
 * What the doubles of AWS have in common: a call goes through `before`, happens at once, and goes
 * through `after`. A simulation crashes, delays, throttles and loses answers there.
 */

export interface FakeCall {
  /** as in PutItem, UpdateItem, PutRecords */
  readonly operation: string;
  readonly input: object;
}

export interface FakeHooks {
  /** Nothing has happened yet: what it throws is the answer, and nothing happens. */
  readonly before?: ((call: FakeCall) => Promise<void> | void) | undefined;
  /** It has happened: what it throws is a lost answer. */
  readonly after?: ((call: FakeCall) => Promise<void> | void) | undefined;
}

/** How often each operation happened; what `before` threw away is not among them. */
export type CallCounts = Map<string, number>;

type Operations = Readonly<Record<string, (input: never) => object>>;

/** `send` of a client whose service is these functions. */
export function makeFakeSend(
  operations: Operations,
  { before, after }: FakeHooks,
): { send: (command: { readonly input: object }) => Promise<object>; calls: CallCounts } {
  const calls: CallCounts = new Map();
  return {
    calls,
    async send(command) {
      const operation = command.constructor.name.replace(/Command$/, '');
      const call = { operation, input: command.input };
      const work = operations[operation] as ((input: object) => object) | undefined;
      if (work === undefined) throw new Error(`the double knows no ${operation}`);
      if (before !== undefined) await before(call);
      calls.set(operation, (calls.get(operation) ?? 0) + 1);
      const answer = work(call.input);
      if (after !== undefined) await after(call);
      return answer;
    },
  };
}

export function addTo(counts: Map<string, number>, name: string, n: number): void {
  counts.set(name, (counts.get(name) ?? 0) + n);
}
