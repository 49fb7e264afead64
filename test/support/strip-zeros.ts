/** Two reports are equal whether a 0 is written out or left out. Empty maps go with their zeros. */
export function stripZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stripZeros);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, stripZeros(inner)] as const)
    .filter(([, inner]) => inner !== 0 && inner !== undefined && !isEmptyMap(inner));
  return Object.fromEntries(entries);
}

function isEmptyMap(value: unknown): boolean {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMap && Object.keys(value).length === 0;
}
