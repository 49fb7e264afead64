import { kinesisArnOf } from './event-source';
import { tableStreamArnOf } from './table-stream';
import { got, isObject, type Json, type SynthesisedStack } from './template-files';

/**
 * Values of a template as the rig has them: what CloudFormation would put in place of Ref, Fn::GetAtt,
 * Fn::Join and Fn::Sub, with the names of the emulators.
 */
export class TemplateValues {
  constructor(
    private readonly stack: SynthesisedStack,
    /** Of IP sets, whose ids WAF makes up. @default the names */
    private readonly setIds: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** What a resource is called here: by its property, or as CloudFormation makes names up. */
  nameOf(id: string): string {
    const { type, properties } = this.resource(id, `the name of ${id}`);
    const property = KINDS[type]?.nameProperty;
    const given = property === undefined ? undefined : properties[property];
    return given === undefined ? `${this.stack.name}-${id}` : this.text(given, `${id}.${property}`);
  }

  /** `where` is what the value is of, for messages: `TurnoutIntakeSource57100A26.BatchSize` */
  text(value: unknown, where: string): string {
    if (typeof value === 'string') return value;
    if (isObject(value) && Object.keys(value).length === 1) {
      const [[name, argument]] = Object.entries(value) as [[string, unknown]];
      const text = this.resolve(name, argument, where);
      if (text !== undefined) return text;
    }
    throw new Error(
      `${where} is ${got(value)}, expected text, Ref, Fn::GetAtt, Fn::Join or Fn::Sub of what the rig emulates`,
    );
  }

  private resolve(name: string, argument: unknown, where: string): string | undefined {
    switch (name) {
      case 'Ref':
        return typeof argument === 'string' ? this.ref(argument, where) : undefined;
      case 'Fn::GetAtt': {
        const [id, attribute] = Array.isArray(argument) ? (argument as unknown[]) : [];
        return typeof id === 'string' && typeof attribute === 'string'
          ? this.attribute(id, attribute, where)
          : undefined;
      }
      case 'Fn::Join': {
        const [separator, parts] = Array.isArray(argument) ? (argument as unknown[]) : [];
        if (typeof separator !== 'string' || !Array.isArray(parts)) return undefined;
        return parts.map((part) => this.text(part, where)).join(separator);
      }
      case 'Fn::Sub':
        return typeof argument === 'string' ? this.substitute(argument, where) : undefined;
      default:
        return undefined;
    }
  }

  private substitute(text: string, where: string): string {
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal === '!') return `\${${name}}`;
      const [id = '', attribute] = name.includes('::') ? [name] : name.split('.');
      return attribute === undefined ? this.ref(id, where) : this.attribute(id, attribute, where);
    });
  }

  private ref(id: string, where: string): string {
    const known = PSEUDO[id] ?? this.stack.defaults.get(id);
    if (id === 'AWS::StackName') return this.stack.name;
    if (typeof known === 'string') return known;
    const { type } = this.resource(id, where);
    const kind = KINDS[type];
    if (kind === undefined) throw notEmulated(where, `Ref of ${id}`, type);
    return kind.ref === undefined ? this.nameOf(id) : kind.ref(this.nameOf(id));
  }

  private attribute(id: string, attribute: string, where: string): string {
    const { type } = this.resource(id, where);
    const name = this.nameOf(id);
    if (type === IP_SET && attribute === 'Id') return this.setIds.get(name) ?? name;
    const make = KINDS[type]?.attributes[attribute];
    if (make === undefined) throw notEmulated(where, `${attribute} of ${id}`, type);
    return make(name);
  }

  private resource(id: string, where: string) {
    const found = this.stack.resources.get(id);
    if (found !== undefined) return found;
    throw new Error(`${where} refers to ${id}, expected a resource of ${this.stack.file}`);
  }
}

/** A whole number, which templates may have as text. */
export function wholeOf(
  properties: Json,
  { name, fallback, min, max, where }: WholeQuestion,
): number {
  const value = properties[name] ?? fallback;
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  const isFit = typeof number === 'number' && Number.isInteger(number);
  if (isFit && number >= min && number <= max) return number;
  throw new Error(
    `${where}.${name} is ${got(value)}, expected a whole number from ${min} to ${max}`,
  );
}

export interface WholeQuestion {
  readonly name: string;
  /** What AWS takes where the template says nothing. @default it must say something */
  readonly fallback?: number;
  readonly min: number;
  readonly max: number;
  readonly where: string;
}

/** What the rig does not do must not be passed over. */
export function checkKnown(properties: Json, known: readonly string[], where: string): void {
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(`${where} has ${unknown.join(', ')}, expected no more than ${known.join(', ')}`);
}

interface Kind {
  readonly nameProperty: string;
  /** @default the name */
  readonly ref?: (name: string) => string;
  readonly attributes: Readonly<Record<string, (name: string) => string>>;
}

export const IP_SET = 'AWS::WAFv2::IPSet';
const ACCOUNT = '000000000000';
const arnOf = (service: string, kind: string) => (name: string) =>
  `arn:aws:${service}:us-east-1:${ACCOUNT}:${kind}${name}`;

const TABLE: Kind = {
  nameProperty: 'TableName',
  attributes: { Arn: arnOf('dynamodb', 'table/'), StreamArn: tableStreamArnOf },
};

/** What functions and their sources refer to. */
const KINDS: Readonly<Record<string, Kind>> = {
  'AWS::Kinesis::Stream': { nameProperty: 'Name', attributes: { Arn: kinesisArnOf } },
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    attributes: { Arn: arnOf('lambda', 'function:') },
  },
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    ref: arnOf('secretsmanager', 'secret:'),
    attributes: { Id: arnOf('secretsmanager', 'secret:') },
  },
  [IP_SET]: { nameProperty: 'Name', attributes: { Arn: arnOf('wafv2', 'ipset/') } },
};

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

function notEmulated(where: string, what: string, type: string): Error {
  return new Error(
    `${where} is ${what}, a ${type}, expected one of ${Object.keys(KINDS).join(', ')}`,
  );
}
