/** Numbers for names (contents, edge locations), in the order in which they were first seen. */
export class Names {
  private readonly numbers = new Map<string, number>();
  readonly list: string[] = [];

  has(name: string): boolean {
    return this.numbers.has(name);
  }

  numberOf(name: string): number {
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const n = this.list.length;
    this.numbers.set(name, n);
    this.list.push(name);
    return n;
  }
}
