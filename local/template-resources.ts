import { GUARD_LISTS } from '../lambdas/core/guard/guard-set';
import type { PlannedSet } from './rig-guard';
import type { RigStream, RigTable } from './rig-plan';
import { got, isObject, type Json, type SynthesisedStack } from './template-files';
import { IP_SET, type TemplateValues, wholeOf } from './template-values';

/** What of a template holds something: streams, tables and IP sets. */

/** What Kinesis takes where nothing is said. */
const RETENTION_HOURS_DEFAULT = 24;
const RETENTION_HOURS_MAX = 8_760;
const SHARDS_MAX = 10_000;
const TABLE_TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];

export interface TemplateStream extends Omit<RigStream, 'shards'> {
  /** undefined: on demand */
  readonly shards: number | undefined;
}

export function streamsOf(stack: SynthesisedStack, values: TemplateValues): TemplateStream[] {
  return ofType(stack, ['AWS::Kinesis::Stream']).map(({ id, properties }) => {
    const details = properties['StreamModeDetails'];
    const isOnDemand = isObject(details) && details['StreamMode'] === 'ON_DEMAND';
    const shards = { name: 'ShardCount', min: 1, max: SHARDS_MAX, where: id };
    return {
      name: values.nameOf(id),
      shards: isOnDemand ? undefined : wholeOf(properties, shards),
      retentionHours: wholeOf(properties, {
        name: 'RetentionPeriodHours',
        ...{ fallback: RETENTION_HOURS_DEFAULT, min: RETENTION_HOURS_DEFAULT },
        ...{ max: RETENTION_HOURS_MAX, where: id },
      }),
    };
  });
}

export interface TemplateTable extends RigTable {
  /** What its stream has of an item; undefined: it has no stream. */
  readonly streamView: unknown;
}

export function tablesOf(stack: SynthesisedStack, values: TemplateValues): TemplateTable[] {
  return ofType(stack, TABLE_TYPES).map(({ id, properties }) => {
    for (const name of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes']) {
      if (properties[name] !== undefined) throw new Error(`${id} has ${name}, expected none`);
    }
    const ttl = properties['TimeToLiveSpecification'];
    const ttlAttribute =
      isObject(ttl) && ttl['Enabled'] === true ? ttl['AttributeName'] : undefined;
    if (typeof ttlAttribute !== 'string') {
      throw new Error(`${id}.TimeToLiveSpecification is ${got(ttl)}, expected one that is enabled`);
    }
    const stream = properties['StreamSpecification'];
    return {
      name: values.nameOf(id),
      partitionKey: keyOf(properties, 'HASH', id),
      sortKey: keyOf(properties, 'RANGE', id),
      ttlAttribute,
      streamView: isObject(stream) ? stream['StreamViewType'] : undefined,
    };
  });
}

function keyOf(properties: Json, kind: 'HASH' | 'RANGE', id: string): string {
  const listed = (name: string) => {
    const list = properties[name];
    return Array.isArray(list) ? list.filter(isObject) : [];
  };
  const name = listed('KeySchema').find((it) => it['KeyType'] === kind)?.['AttributeName'];
  if (typeof name !== 'string') {
    throw new Error(`${id}.KeySchema is ${got(properties['KeySchema'])}, expected HASH and RANGE`);
  }
  const definition = listed('AttributeDefinitions').find((it) => it['AttributeName'] === name);
  const type = definition?.['AttributeType'];
  if (type === 'S') return name;
  throw new Error(`${id}.AttributeDefinitions: ${name} has the type ${got(type)}, expected S`);
}

const VERSIONS = { v4: 'IPV4', v6: 'IPV6' } as const;
const SCOPES = ['CLOUDFRONT', 'REGIONAL'] as const;

/** The sets that enforce is told of, each with the set of the template that it is. */
export function setsOf(
  stack: SynthesisedStack,
  values: TemplateValues,
  text: string,
): PlannedSet[] {
  const known = new Map(
    ofType(stack, [IP_SET]).map(({ id, properties }) => [values.nameOf(id), properties]),
  );
  return readSets(text).map((told) => {
    const { list, family, n, name, id } = told;
    const where = `WAF_SETS: ${got(told)}`;
    const properties = typeof name === 'string' ? known.get(name) : undefined;
    if (typeof name !== 'string' || properties === undefined) {
      throw new Error(
        `${where} has the name ${got(name)}, expected one of the IP sets of the stack`,
      );
    }
    // Without WAF the id of a set is its name.
    if (id !== name) throw new Error(`${where} has the id of ${got(id)}, expected that of ${name}`);
    const isList = GUARD_LISTS.find((it) => it === list);
    if (isList === undefined || (family !== 'v4' && family !== 'v6') || typeof n !== 'number') {
      throw new Error(`${where}, expected list block or count, family v4 or v6, and n`);
    }
    const { IPAddressVersion, Scope } = properties;
    if (IPAddressVersion !== VERSIONS[family]) {
      throw new Error(
        `${name}: IPAddressVersion is ${got(IPAddressVersion)}, expected ${VERSIONS[family]}`,
      );
    }
    const scope = SCOPES.find((it) => it === Scope);
    if (scope === undefined) {
      throw new Error(`${name}: Scope is ${got(Scope)}, expected ${SCOPES.join(' or ')}`);
    }
    return { list: isList, family, n, name, scope };
  });
}

function readSets(text: string): readonly Json[] {
  try {
    const sets: unknown = JSON.parse(text);
    if (Array.isArray(sets) && sets.every(isObject)) return sets;
  } catch {
    // Said below, as whatever else is no list of sets.
  }
  throw new Error(`WAF_SETS is ${got(text)}, expected a JSON list of sets`);
}

export interface EdgeLog {
  /** arn */
  readonly stream: string;
  readonly fields: unknown;
}

/** Where CloudFront writes its lines, and what is in them. */
export function edgeLogOf(stack: SynthesisedStack, values: TemplateValues): EdgeLog {
  const found = ofType(stack, ['AWS::CloudFront::RealtimeLogConfig']);
  const [config] = found;
  if (found.length !== 1 || config === undefined) {
    throw new Error(`${stack.file} has ${found.length} RealtimeLogConfig, expected 1`);
  }
  const { id, properties } = config;
  const { SamplingRate, EndPoints, Fields } = properties;
  if (SamplingRate !== 100) {
    throw new Error(
      `${id}.SamplingRate is ${got(SamplingRate)}, expected 100: else lines are missing`,
    );
  }
  const [endPoint] = Array.isArray(EndPoints) ? (EndPoints as unknown[]) : [];
  const kinesis = isObject(endPoint) ? endPoint['KinesisStreamConfig'] : undefined;
  const arn = isObject(kinesis) ? kinesis['StreamArn'] : undefined;
  return { stream: values.text(arn, `${id}.EndPoints`), fields: Fields };
}

export function ofType({ resources }: SynthesisedStack, types: readonly string[]) {
  return [...resources.values()].filter(({ type }) => types.includes(type));
}
