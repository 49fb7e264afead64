/**
 * What AWS asks for a unit: USD, on demand, list prices. They come from pages of others, as AWS's own price
 * pages could not be read: check them against your bill. Bench, `turnout cost` and docs/COST.md use these.
 */
export const PRICES = {
  writeUnit: 0.625 / 1e6,
  readUnit: 0.125 / 1e6,
  /** on demand, each record in whole KB */
  kinesisInGib: 0.08,
  kinesisOutGib: 0.04,
  streamHour: 0.04,
  shardHour: 0.015,
  payloadUnit: 0.014 / 1e6,
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2 / 1e6,
  /** CloudFront's fee for a line of a real-time log */
  realtimeLine: 0.01 / 1e6,
  wafRequest: 0.6 / 1e6,
  wafRuleMonth: 1,
  wafAclMonth: 5,
} as const;

/** Where and when they held. */
export const PRICES_OF = { region: 'us-east-1', date: 'November 2026' } as const;
