import {
  DynamoDBServiceException,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import {
  readCondition,
  readKeyCondition,
  readPlaceholders,
  readUpdate,
  type Placeholders,
  type Test,
} from './fake-expression';
import { addNumbers, copyValue, ITEM_BYTES_MAX, type Attributes } from './fake-item';

/** What a request to the double of DynamoDB asks for, and whether it may be asked. */

export type Substitutes = Pick<
  UpdateItemCommandInput,
  'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

export function keyOf(attributes: Attributes | undefined): [pk: string, sk: string] {
  const pk = attributes?.['pk']?.S;
  const sk = attributes?.['sk']?.S;
  if (!pk || !sk) refuse(`the keys pk and sk must be texts, got ${JSON.stringify([pk, sk])}`);
  return [pk, sk];
}

export function holds(
  expression: string,
  input: Substitutes,
  item: Attributes | undefined,
): boolean {
  const { joint, tests } = readCondition(expression);
  const isTrue = (test: Test) => {
    const value = item?.[nameOf(test.name, input)];
    if (test.kind === 'exists') return value !== undefined;
    if (test.kind === 'not_exists') return value === undefined;
    const other = input.ExpressionAttributeValues![test.value]!;
    if (value?.N === undefined || other.N === undefined) return false; // of different types
    return test.kind === '='
      ? Number(value.N) === Number(other.N)
      : Number(value.N) < Number(other.N);
  };
  return joint === 'OR' ? tests.some(isTrue) : tests.every(isTrue);
}

export function planUpdate(input: UpdateItemCommandInput, item: Attributes | undefined) {
  const { sets, adds } = readUpdate(input.UpdateExpression!);
  const values = input.ExpressionAttributeValues!;
  const changes = new Map<string, Attributes[string]>();
  const change = (placeholder: string, value: Attributes[string]) => {
    const name = nameOf(placeholder, input);
    if (name === 'pk' || name === 'sk') refuse(`${name} is a part of the key`);
    if (changes.has(name)) refuse(`two document paths overlap with each other: ${name}`);
    changes.set(name, value);
  };
  for (const [name, value] of sets) change(name, copyValue(values[value]!));
  for (const [name, value] of adds) {
    change(name, { N: String(addNumbers(item?.[nameOf(name, input)], values[value]!)) });
  }
  return changes;
}

export function readKeys(input: QueryCommandInput) {
  const condition = readKeyCondition(input.KeyConditionExpression!);
  const textOf = (value: string) => input.ExpressionAttributeValues![value]!.S!;
  const [low, high] = condition.sk.values.map(textOf);
  if (condition.sk.kind === 'between' && low! > high!) refuse('BETWEEN needs its bounds in order');
  const inRange = {
    all: () => true,
    between: (sk: string) => low! <= sk && sk <= high!,
    begins_with: (sk: string) => sk.startsWith(low!),
  }[condition.sk.kind];
  return { pk: textOf(condition.pk), inRange };
}

function nameOf(name: string, { ExpressionAttributeNames }: Substitutes): string {
  return name.startsWith('#') ? ExpressionAttributeNames![name]! : name;
}

/** All that is used is given, and all that is given is used. */
export function checkPlaceholders(
  input: Substitutes,
  texts: readonly (string | undefined)[],
): void {
  const used: Placeholders = readPlaceholders(texts.filter(Boolean).join('\n'));
  checkGiven('names', used.names, input.ExpressionAttributeNames);
  checkGiven('values', used.values, input.ExpressionAttributeValues);
}

function checkGiven(kind: string, used: readonly string[], given: object | undefined): void {
  const names = given === undefined ? [] : Object.keys(given);
  if (given !== undefined && names.length === 0)
    refuse(`ExpressionAttribute${kind} must not be empty`);
  if (names.length !== used.length || used.some((name) => !(name in given!))) {
    refuse(`expression uses the ${kind} ${used.join()}, given are ${names.join()}`);
  }
}

export function checkSize(bytes: number): void {
  if (bytes > ITEM_BYTES_MAX) refuse('Item size has exceeded the maximum allowed size');
}

function refuse(message: string): never {
  throw new DynamoDBServiceException({
    name: 'ValidationException',
    $fault: 'client',
    message,
    $metadata: {},
  });
}
