/** What a function measured in one invocation, as it says it in its log. */
export interface FunctionMetrics {
  readonly timestampMs: number;
  /** A metric may have been measured several times. */
  readonly values: ReadonlyMap<string, readonly number[]>;
}

interface EmbeddedMetrics {
  readonly _aws?: {
    readonly Timestamp?: number;
    readonly CloudWatchMetrics?: readonly { readonly Metrics?: readonly { Name: string }[] }[];
  };
}

/**
 * Metrics in a line of a log (CloudWatch's embedded metric format), or undefined if it is no such line:
 * `{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Metrics":[{"Name":"LinesHit"}]}]},"LinesHit":[3]}`
 */
export function parseMetrics(line: string): FunctionMetrics | undefined {
  if (!line.startsWith('{') || !line.includes('"_aws"')) return undefined;
  let json: EmbeddedMetrics & Record<string, unknown>;
  try {
    json = JSON.parse(line) as typeof json;
  } catch {
    return undefined;
  }
  const directives = json._aws?.CloudWatchMetrics;
  if (!Array.isArray(directives)) return undefined;
  const values = new Map<string, number[]>();
  for (const { Metrics = [] } of directives) {
    for (const { Name } of Metrics) {
      const value = json[Name];
      const all = (Array.isArray(value) ? value : [value]) as unknown[];
      values.set(
        Name,
        all.filter((it) => typeof it === 'number'),
      );
    }
  }
  return { timestampMs: json._aws?.Timestamp ?? 0, values };
}
