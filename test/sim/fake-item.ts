import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Items of the double of DynamoDB: their sizes, as DynamoDB documents them, and their copies. */

export type Attributes = Record<string, AttributeValue>;

export const ITEM_BYTES_MAX = 409_600;

export function copyItem(item: Attributes): Attributes {
  const copy: Attributes = {};
  for (const name in item) copy[name] = copyValue(item[name]!);
  return copy;
}

/** Only bytes can be changed by who holds them. */
export function copyValue(value: AttributeValue): AttributeValue {
  return value.B === undefined ? value : { B: value.B.slice() };
}

export function itemBytes(item: Attributes): number {
  let bytes = 0;
  for (const name in item) bytes += attributeBytes(name, item[name]!);
  return bytes;
}

export function attributeBytes(name: string, value: AttributeValue): number {
  return Buffer.byteLength(name) + valueBytes(value);
}

function valueBytes({ S, N, B }: AttributeValue): number {
  if (N !== undefined) {
    checkNumber(N);
    const digits = N.length > 1 ? N.replace(/^-|0+$/g, '').length : 1;
    return Math.ceil(digits / 2) + 1 + (N.startsWith('-') ? 1 : 0);
  }
  if (S !== undefined) return Buffer.byteLength(S);
  if (B !== undefined) return B.length;
  throw new Error('the double knows values of the types S, N and B only');
}

/** The adapters write whole numbers and nothing else. */
function checkNumber(text: string): void {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || String(value) !== text) {
    throw new Error(`the double knows whole numbers only, got ${text}`);
  }
}

export function addNumbers(before: AttributeValue | undefined, delta: AttributeValue): number {
  if (delta.N === undefined || (before !== undefined && before.N === undefined)) {
    throw new Error(`ADD needs numbers, got ${JSON.stringify([before, delta])}`);
  }
  return Number(before?.N ?? 0) + Number(delta.N);
}
