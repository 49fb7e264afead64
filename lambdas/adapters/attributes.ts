import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Attributes of the State table, to and from DynamoDB's typed values. */

export type Attributes = Record<string, AttributeValue>;

export const text = (value: string): AttributeValue => ({ S: value });
export const number = (value: number): AttributeValue => ({ N: String(value) });
export const bytes = (value: Uint8Array): AttributeValue => ({ B: value });

/** Seconds since the epoch, as DynamoDB's TTL wants them. */
export function expiresAt(nowMs: number, days: number): AttributeValue {
  return number(Math.floor(nowMs / 1_000) + days * 86_400);
}

export function numberOf(item: Attributes, name: string): number {
  const value = item[name]?.N;
  if (value === undefined) throw new Error(`${nameOfItem(item)} has no number ${name}`);
  return Number(value);
}

export function bytesOf(item: Attributes, name: string): Uint8Array {
  const value = item[name]?.B;
  if (value === undefined) throw new Error(`${nameOfItem(item)} has no bytes ${name}`);
  return value;
}

export function textOf(item: Attributes, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new Error(`${nameOfItem(item)} has no text ${name}`);
  return value;
}

function nameOfItem(item: Attributes): string {
  return `item ${item['pk']?.S} ${item['sk']?.S}`;
}
