/**
 * Works on all items, at most `limit` at a time, begun in their order. After a failure nothing new is
 * begun; what runs is waited for, so that nothing goes on behind the back of who called.
 */
export async function forEachParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const errors: unknown[] = [];
  const run = async () => {
    while (next < items.length && errors.length === 0) {
      const at = next;
      next += 1;
      try {
        await work(items[at]!, at);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, run));
  if (errors.length > 0) throw errors[0];
}
