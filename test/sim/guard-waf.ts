import {
  WAFInternalErrorException,
  WAFInvalidOperationException,
  WAFLimitsExceededException,
  WAFNonexistentItemException,
  WAFOptimisticLockException,
  type UpdateIPSetCommandInput,
} from '@aws-sdk/client-wafv2';

/**
 * WAFv2 for a simulation: sets with lock tokens, and a memory of who added which entry, of what stood under
 * which token, and of what nobody may do. IPv6 comes back in full, as it does from WAF.
 */
export interface WafSetState {
  readonly addresses: Set<string>;
  readonly foreign: Set<string>;
  token: string;
}

const PACE_MS = 2_000;

export class GuardWaf {
  readonly sets = new Map<string, WafSetState>();
  /** by token: the content, sorted */
  readonly contents = new Map<string, readonly string[]>();
  /** tokens of our own updates, in order */
  readonly pushes: { readonly set: string; readonly token: string }[] = [];
  readonly violations: string[] = [];
  /** sets that are not there: each call of them fails */
  readonly missing = new Set<string>();
  /** sets that can be read, and not changed */
  readonly refusing = new Set<string>();
  /** sets that nobody can read now */
  readonly failing = new Set<string>();
  /** calls that read a set, by name */
  readonly reads = new Map<string, number>();
  calls = 0;
  private lastCallMs = -Infinity;
  private tokens = 0;

  constructor(
    names: readonly string[],
    private readonly now: () => number,
    private readonly sizeMax: number,
  ) {
    for (const name of names) {
      const set = { addresses: new Set<string>(), foreign: new Set<string>(), token: '' };
      this.sets.set(name, set);
      this.commit(set);
    }
  }

  get(name: string) {
    this.reads.set(name, (this.reads.get(name) ?? 0) + 1);
    this.checkThere(name);
    if (this.failing.has(name)) throw internalError();
    const set = this.sets.get(name)!;
    return {
      LockToken: set.token,
      IPSet: { Name: name, Id: name, Addresses: [...set.addresses].map(expanded) },
    };
  }

  /** A call of ours that has arrived. */
  update(input: UpdateIPSetCommandInput, isThrottled: boolean, atMs = this.now()) {
    const { Name, LockToken, Addresses = [] } = input;
    this.calls += 1;
    const restMs = atMs - this.lastCallMs;
    if (restMs < PACE_MS) this.violations.push(`a call came ${restMs} ms after the one before`);
    this.lastCallMs = atMs;
    this.checkThere(Name!);
    if (this.refusing.has(Name!)) {
      throw new WAFInvalidOperationException({ message: 'no', $metadata: {} });
    }
    if (isThrottled) {
      throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    }
    const set = this.sets.get(Name!)!;
    if (LockToken !== set.token) {
      throw new WAFOptimisticLockException({ message: 'changed', $metadata: {} });
    }
    const wanted = new Set(Addresses.map(shortened));
    if (wanted.size > this.sizeMax) {
      this.violations.push(`${Name} was to hold ${wanted.size} entries`);
      throw new WAFLimitsExceededException({ message: 'full', $metadata: {} });
    }
    for (const cidr of set.foreign) {
      if (!wanted.has(cidr)) this.violations.push(`foreign entry ${cidr} was removed`);
    }
    const isSame =
      wanted.size === set.addresses.size && [...wanted].every((it) => set.addresses.has(it));
    if (isSame) this.violations.push(`${Name} was updated without a change`);
    set.addresses.clear();
    for (const cidr of wanted) set.addresses.add(cidr);
    this.commit(set);
    this.pushes.push({ set: Name!, token: set.token });
    return { NextLockToken: set.token };
  }

  private checkThere(name: string): void {
    if (!this.missing.has(name)) return;
    throw new WAFNonexistentItemException({ message: `no ${name}`, $metadata: {} });
  }

  /** Somebody else changes a set; their calls do not count for our pace. */
  foreignAdd(name: string, cidr: string): void {
    const set = this.sets.get(name)!;
    if (set.addresses.has(cidr) || set.addresses.size >= this.sizeMax) return;
    set.addresses.add(cidr);
    set.foreign.add(cidr);
    this.commit(set);
  }

  foreignRemove(name: string, cidrs: readonly string[]): void {
    const set = this.sets.get(name)!;
    for (const cidr of cidrs) {
      set.addresses.delete(cidr);
      set.foreign.delete(cidr);
    }
    this.commit(set);
  }

  ours(name: string): string[] {
    const { addresses, foreign } = this.sets.get(name)!;
    return [...addresses].filter((cidr) => !foreign.has(cidr)).sort();
  }

  private commit(set: WafSetState): void {
    this.tokens += 1;
    set.token = `token-${this.tokens}`;
    this.contents.set(set.token, [...set.addresses].sort());
  }
}

export function internalError(): Error {
  return new WAFInternalErrorException({ message: 'internal', $metadata: {} });
}

/** All IPv6 of the simulation is `2001:db8:<group>:<group>::/64`. */
function expanded(cidr: string): string {
  if (!cidr.includes(':')) return cidr;
  const [address = '', bits] = cidr.split('/');
  const groups = address.replace('::', '').split(':');
  const all = [...groups, ...new Array<string>(8 - groups.length).fill('0')];
  return `${all.map((group) => group.padStart(4, '0')).join(':')}/${bits}`;
}

function shortened(cidr: string): string {
  if (!cidr.includes(':') || cidr.includes('::')) return cidr;
  const [address = '', bits] = cidr.split('/');
  const groups = address.split(':').map((group) => parseInt(group, 16).toString(16));
  while (groups.at(-1) === '0') groups.pop();
  return `${groups.join(':')}::/${bits}`;
}
