import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import type { Bundles } from '../../lib/bundle';
import { parseConfig } from '../../lib/config';
import { FUNCTION_NAMES } from '../../lib/pipeline';
import { Turnout, type TurnoutProps } from '../../lib/turnout';
import { makeTurnoutStack } from '../../lib/turnout-stack';

export const ROOT = join(__dirname, '../..');

export type Resource = Readonly<{
  Type: string;
  Properties: Readonly<Record<string, unknown>>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}>;

/** The feature flags that a deployment has: without them the template would be another. */
export function deployedContext(): Record<string, unknown> {
  const file = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
    readonly context: Record<string, unknown>;
  };
  return file.context;
}

/** Folders in place of bundles: the template does not depend on what is in them. */
export function standInBundles(dir: string): Bundles {
  const bundles = FUNCTION_NAMES.map((name) => {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'index.mjs'), `// ${name}`);
    return [name, { dir: join(dir, name), handler: 'index.handler', bytes: 0 }] as const;
  });
  return Object.fromEntries(bundles) as unknown as Bundles;
}

/** The stack that bin/app.ts would make of a turnout.json, but for the code of its functions. */
export function synthTemplate(json: unknown = {}): Template {
  // The library's own validator takes seconds; test/lib/synth.test.ts has it.
  process.env['CDK_VALIDATION'] = 'false';
  const dir = mkdtempSync(join(tmpdir(), 'turnout-stack-'));
  try {
    return Template.fromStack(stackOf(json, dir));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function stackOf(json: unknown, dir: string): Stack {
  const app = new App({ context: deployedContext(), outdir: join(dir, 'cdk.out') });
  return makeTurnoutStack(app, {
    settings: parseConfig(json),
    bundles: standInBundles(dir),
    env: { region: 'us-east-1' },
  });
}

export interface Placed {
  /** Of the stack. */
  readonly name?: string;
  /** @default none: of any region */
  readonly region?: string;
  /** turnout.json */
  readonly json?: unknown;
  readonly props?: Partial<TurnoutProps>;
  /** Props that are made of things in the stack. */
  readonly makeProps?: (stack: Stack) => Partial<TurnoutProps>;
  /** What its owner has beside it. */
  readonly beside?: (turnout: Turnout, stack: Stack) => void;
  /** Called while the files of the app are still there. */
  readonly look?: () => void;
}

/** The construct in a stack of somebody else. */
export function synthPlaced(placed: Placed): Template {
  const { name = 'Turnout', region, json = {}, props, makeProps, beside, look } = placed;
  process.env['CDK_VALIDATION'] = 'false';
  const dir = mkdtempSync(join(tmpdir(), 'turnout-placed-'));
  try {
    const app = new App({ context: deployedContext(), outdir: join(dir, 'cdk.out') });
    const stack = new Stack(app, name, region === undefined ? {} : { env: { region } });
    const prepared = { settings: parseConfig(json), bundles: standInBundles(dir) };
    const own = { ...prepared, ...props, ...makeProps?.(stack) };
    const turnout = new Turnout(stack, 'Turnout', own);
    beside?.(turnout, stack);
    const template = Template.fromStack(stack);
    look?.();
    return template;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

export function resourcesOf(template: Template): [id: string, resource: Resource][] {
  return Object.entries(template.toJSON()['Resources'] as Record<string, Resource>);
}

/** The resource of a type whose logical id begins so; ids end in a hash. */
export function resourceOf(template: Template, type: string, prefix: string): Resource {
  const found = resourcesOf(template).filter(
    ([id, resource]) => resource.Type === type && id.startsWith(prefix),
  );
  if (found.length !== 1) {
    throw new Error(`${found.length} resources ${type} ${prefix}, expected 1`);
  }
  return found[0]![1];
}
