/**
 * The attributes of an item, as a map that reads like one and is none: a day of minutes has some hundred thousand,
 * and they are read through once. So nothing is hashed; a single name is searched for.
 */
export class ItemValues<Value> implements ReadonlyMap<string, Value> {
  /** No name is there twice. */
  constructor(
    private readonly names: readonly string[],
    private readonly own: readonly Value[],
  ) {}

  get size(): number {
    return this.names.length;
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  get(name: string): Value | undefined {
    const at = this.names.indexOf(name);
    return at < 0 ? undefined : this.own[at];
  }

  forEach(visit: (value: Value, name: string, all: ReadonlyMap<string, Value>) => void): void {
    const { names, own } = this;
    for (let at = 0; at < names.length; at += 1) visit(own[at]!, names[at]!, this);
  }

  keys(): MapIterator<string> {
    return this.names.values();
  }

  values(): MapIterator<Value> {
    return this.own.values();
  }

  *entries(): Generator<[string, Value], undefined> {
    for (const [at, name] of this.names.entries()) yield [name, this.own[at]!];
    return undefined;
  }

  [Symbol.iterator](): Generator<[string, Value], undefined> {
    return this.entries();
  }
}
