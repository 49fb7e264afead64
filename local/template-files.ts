import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What `cdk synth` has written: the template of one stack, and where its assets lie. */
export interface SynthesisedStack {
  /** as AWS will know it */
  readonly name: string;
  readonly file: string;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  /** Values of parameters that nobody has to give. */
  readonly defaults: ReadonlyMap<string, unknown>;
  /** Folders by the key of the object that they become. */
  readonly assets: ReadonlyMap<string, string>;
}

export interface TemplateResource {
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
}

export type Json = Readonly<Record<string, unknown>>;

interface Artifact {
  readonly type?: unknown;
  readonly properties?: Json;
  readonly dependencies?: readonly string[];
}

const STACK = 'aws:cloudformation:stack';
const ASSETS = 'cdk:asset-manifest';

/** Opens the only stack of the folder, or the one of that name. Throws what is missing. */
export function openSynthesis(dir: string, stack?: string): SynthesisedStack {
  const manifest = join(dir, 'manifest.json');
  if (!existsSync(manifest)) {
    throw new Error(`${dir} has no manifest.json, expected a folder that cdk synth has written`);
  }
  const artifacts = membersOf<Artifact>(readObject(manifest), 'artifacts', manifest);
  const stacks = [...artifacts].filter(([, { type }]) => type === STACK);
  const [id, artifact] = chooseStack(stacks, stack, manifest);
  const { templateFile, stackName = id } = artifact.properties ?? {};
  const file = join(dir, textIn(templateFile, `${manifest}: templateFile of ${id}`));
  const template = readObject(file);
  const parameters = membersOf<Json>({ Parameters: {}, ...template }, 'Parameters', file);
  return {
    name: textIn(stackName, `${manifest}: stackName of ${id}`),
    file,
    resources: resourcesOf(template, file),
    defaults: new Map([...parameters].map(([name, it]) => [name, it['Default']])),
    assets: assetsOf(dir, artifact, artifacts),
  };
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** For messages: short, and as it stands in the file. */
export function got(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= GOT_CHARS_MAX ? text : `${text.slice(0, GOT_CHARS_MAX)} ...`;
}

const GOT_CHARS_MAX = 100;

function chooseStack(
  stacks: readonly [string, Artifact][],
  name: string | undefined,
  manifest: string,
): [string, Artifact] {
  const namesOf = ([id, { properties }]: [string, Artifact]) => [id, properties?.['stackName']];
  const found = name === undefined ? stacks : stacks.filter((it) => namesOf(it).includes(name));
  if (found.length === 1) return found[0]!;
  const has = stacks.map(([id]) => id).join(', ') || 'no stack';
  if (name !== undefined) throw new Error(`${manifest} has ${has}, expected the stack ${name}`);
  throw new Error(`${manifest} has ${has}, expected one stack: name one with --stack`);
}

function resourcesOf(template: Json, file: string): ReadonlyMap<string, TemplateResource> {
  const resources = [...membersOf<Json>(template, 'Resources', file)].map(
    ([id, { Type, Properties = {} }]) => {
      if (!isObject(Properties)) {
        throw new Error(`${file}: Properties of ${id} is ${got(Properties)}, expected an object`);
      }
      const type = textIn(Type, `${file}: Type of ${id}`);
      return [id, { id, type, properties: Properties }] as const;
    },
  );
  return new Map(resources);
}

function assetsOf(
  dir: string,
  { dependencies = [] }: Artifact,
  artifacts: ReadonlyMap<string, Artifact>,
): ReadonlyMap<string, string> {
  const assets = new Map<string, string>();
  for (const id of dependencies) {
    const { type, properties = {} } = artifacts.get(id) ?? {};
    if (type !== ASSETS) continue;
    const file = join(dir, textIn(properties['file'], `file of ${id}`));
    for (const [hash, { source, destinations }] of membersOf<Json>(
      readObject(file),
      'files',
      file,
    )) {
      const { path, packaging } = isObject(source) ? source : {};
      if (packaging !== 'zip' || !isObject(destinations)) continue; // a file as it is: a template
      const folder = resolve(dir, textIn(path, `${file}: path of ${hash}`));
      for (const destination of Object.values(destinations)) {
        const key = isObject(destination) ? destination['objectKey'] : undefined;
        assets.set(textIn(key, `${file}: objectKey of ${hash}`), folder);
      }
    }
  }
  return assets;
}

/** The folder of a function's code. */
export function assetFolder({ assets }: SynthesisedStack, key: string, where: string): string {
  const folder = assets.get(key);
  if (folder === undefined) {
    throw new Error(`${where} is ${key}, expected one of the ${assets.size} assets of the stack`);
  }
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Error(`${where}: ${folder} is no folder, expected the code of a function`);
  }
  return folder;
}

function readObject(file: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
  if (isObject(value)) return value;
  throw new Error(`${file} is ${got(value)}, expected an object`);
}

function membersOf<Member>(parent: Json, name: string, file: string): ReadonlyMap<string, Member> {
  const members = parent[name];
  if (!isObject(members))
    throw new Error(`${file}: ${name} is ${got(members)}, expected an object`);
  for (const [id, member] of Object.entries(members)) {
    if (isObject(member)) continue;
    throw new Error(`${file}: ${id} of ${name} is ${got(member)}, expected an object`);
  }
  return new Map(Object.entries(members) as [string, Member][]);
}

function textIn(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${where} is ${got(value)}, expected text`);
}
