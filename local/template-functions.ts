import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FUNCTION_NAMES, type FunctionName } from '../lib/pipeline';
import type { LambdaSettings } from './lambda-environment';
import type { FunctionCode } from './rig-functions';
import type { RigFunction } from './rig-plan';
import {
  assetFolder,
  got,
  isObject,
  type Json,
  type SynthesisedStack,
  type TemplateResource,
} from './template-files';
import { ofType } from './template-resources';
import { TemplateValues, wholeOf } from './template-values';

/** The functions of a template: which is which, the code of each, and what Lambda is told of it. */
export interface TemplateFunctions {
  readonly functions: Readonly<Record<FunctionName, RigFunction>>;
  readonly code: FunctionCode;
  /** turnout.json, which is the same beside each. */
  readonly settingsText: string;
  /** Functions of the rig by their names in the template, and by their ARNs. */
  readonly byName: ReadonlyMap<string, FunctionName>;
  /** Logical ids of functions that are none of Turnout's road, such as those of custom resources. */
  readonly others: readonly string[];
  /** Of the function, for who puts lines in or reads figures. */
  variable(name: FunctionName, variable: string): string;
}

/** By it a function says which it is, in its metrics and here. */
const SERVICE = 'POWERTOOLS_SERVICE_NAME';
/** Of variables: there is no stack here, and nobody deploys it. */
const STACK = 'STACK_ID';
const CONFIG = 'turnout.json';
const MODULE_ENDS = ['.mjs', '.js', '.cjs'];
/** Limits and defaults of Lambda. */
const MEMORY = { fallback: 128, min: 128, max: 10_240 };
const TIMEOUT = { fallback: 3, min: 1, max: 900 };
const CONCURRENCY_MAX = 1_000_000;

export function functionsOf(stack: SynthesisedStack, values: TemplateValues): TemplateFunctions {
  const { found, others } = findFunctions(stack);
  const functions = {} as Record<FunctionName, RigFunction>;
  const code = {} as Record<FunctionName, Code>;
  const byName = new Map<string, FunctionName>();
  for (const name of FUNCTION_NAMES) {
    const resource = found.get(name)!;
    functions[name] = functionOf(resource, stack);
    code[name] = codeOf(resource, stack, values);
    byName.set(values.nameOf(resource.id), name);
    byName.set(values.text({ 'Fn::GetAtt': [resource.id, 'Arn'] }, resource.id), name);
  }
  return {
    ...{ functions, code, byName, others },
    settingsText: settingsOf(code),
    variable(name, variable) {
      const value = functions[name].variables([])[variable];
      if (value !== undefined) return value;
      const { id } = found.get(name)!;
      throw new Error(`${id} (${name}) has no variable ${variable}, expected one`);
    },
  };
}

function findFunctions(stack: SynthesisedStack) {
  const found = new Map<FunctionName, TemplateResource>();
  const others: string[] = [];
  for (const resource of ofType(stack, ['AWS::Lambda::Function'])) {
    const service = variablesOf(resource.properties)[SERVICE];
    const name = FUNCTION_NAMES.find((it) => it === service);
    if (name === undefined) {
      others.push(resource.id);
      continue;
    }
    const twin = found.get(name);
    if (twin !== undefined) {
      throw new Error(`${twin.id} and ${resource.id} both have ${SERVICE} ${name}, expected one`);
    }
    found.set(name, resource);
  }
  const missing = FUNCTION_NAMES.filter((name) => !found.has(name));
  if (missing.length === 0) return { found, others };
  const has = [...found.keys()].join(', ') || 'none';
  throw new Error(
    `${stack.file} has functions with ${SERVICE}: ${has}; expected ${missing.join(', ')} too`,
  );
}

function functionOf({ id, properties }: TemplateResource, stack: SynthesisedStack): RigFunction {
  const { Runtime, ReservedConcurrentExecutions: reserved } = properties;
  if (typeof Runtime !== 'string' || !Runtime.startsWith('nodejs')) {
    throw new Error(`${id}.Runtime is ${got(Runtime)}, expected one of nodejs`);
  }
  const where = id;
  const concurrency = { name: 'ReservedConcurrentExecutions', min: 1, max: CONCURRENCY_MAX, where };
  return {
    memoryMb: wholeOf(properties, { name: 'MemorySize', ...MEMORY, where }),
    timeoutSeconds: wholeOf(properties, { name: 'Timeout', ...TIMEOUT, where }),
    ...(reserved !== undefined && { environmentsMax: wholeOf(properties, concurrency) }),
    variables(sets) {
      const values = new TemplateValues(stack, new Map(sets.map((set) => [set.name, set.id])));
      const variables = Object.entries(variablesOf(properties)).filter(([name]) => name !== STACK);
      return Object.fromEntries(
        variables.map(([name, value]) => [name, values.text(value, `${id}: variable ${name}`)]),
      );
    },
  };
}

type Code = Pick<LambdaSettings, 'dir' | 'handler'>;

function codeOf(
  { id, properties }: TemplateResource,
  stack: SynthesisedStack,
  values: TemplateValues,
): Code {
  const { Code: asset, Handler } = properties;
  const key = isObject(asset) ? asset['S3Key'] : undefined;
  const dir = assetFolder(stack, values.text(key, `${id}.Code.S3Key`), `${id}.Code.S3Key`);
  const handler = typeof Handler === 'string' ? Handler : '';
  const stem = handler.slice(0, Math.max(0, handler.lastIndexOf('.')));
  const paths = MODULE_ENDS.map((end) => join(dir, stem + end));
  if (stem === '' || !paths.some(existsSync)) {
    throw new Error(`${id}.Handler is ${got(Handler)}, expected FILE.EXPORT of a module in ${dir}`);
  }
  return { dir, handler };
}

/** Every function counts and judges by its own copy. */
function settingsOf(code: FunctionCode): string {
  const texts = FUNCTION_NAMES.map((name) => {
    const path = join(code[name].dir, CONFIG);
    if (!existsSync(path)) throw new Error(`${path} does not exist, expected the configuration`);
    return { path, text: readFileSync(path, 'utf8') };
  });
  const [first] = texts;
  const other = texts.find(({ text }) => text !== first!.text);
  if (other === undefined) return first!.text;
  throw new Error(
    `${other.path} is not ${first!.path}, expected one configuration in all functions`,
  );
}

function variablesOf(properties: Json): Json {
  const { Environment } = properties;
  const variables = isObject(Environment) ? Environment['Variables'] : undefined;
  return isObject(variables) ? variables : {};
}
