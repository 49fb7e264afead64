/** Several streams by rising time, as one. Of what happens at one moment the earlier stream comes first. */
export function* mergeByTime<Line extends { readonly atMs: number }>(
  streams: readonly Iterator<Line, void, undefined>[],
): Generator<Line, void, undefined> {
  const heads = streams.map((stream) => stream.next());
  for (;;) {
    let first = -1;
    let firstAtMs = Infinity;
    for (let n = 0; n < heads.length; n += 1) {
      const head = heads[n]!;
      if (head.done === true || head.value.atMs >= firstAtMs) continue;
      first = n;
      firstAtMs = head.value.atMs;
    }
    if (first === -1) return;
    const { value } = heads[first]!;
    yield value as Line;
    // Only now: whoever took it may have changed how the next is answered.
    heads[first] = streams[first]!.next();
  }
}
