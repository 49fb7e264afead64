import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionName } from '../../lib/pipeline';
import type { FunctionCode } from '../../local/rig-functions';

/** A folder as `cdk synth` writes it, with whatever code and template a test wants. */

export interface Resource {
  readonly Type: string;
  Properties: Record<string, unknown>;
}

export interface TemplateJson {
  Resources: Record<string, Resource>;
}

export interface Synthesis {
  readonly template: TemplateJson;
  /** turnout.json, beside each function */
  readonly config?: string;
  /** @default a module that does nothing */
  readonly code?: FunctionCode;
}

export function writeSynthesis(
  dir: string,
  { template, config = '{}', code }: Synthesis,
): { readonly dir: string; readonly folders: Readonly<Record<string, string>> } {
  rmSync(dir, { recursive: true, force: true });
  const files: Record<string, unknown> = {};
  const folders: Record<string, string> = {};
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const { Code, Environment } = Properties as {
      Code: { S3Key: string };
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: FunctionName } };
    };
    const name = Environment.Variables.POWERTOOLS_SERVICE_NAME;
    // By function, as stand-ins of the same content would share one asset.
    const folder = join(dir, `asset.${name}`);
    Code.S3Key = `${name}.zip`;
    mkdirSync(folder, { recursive: true });
    if (code === undefined) writeFileSync(join(folder, 'index.mjs'), 'export const handler = 1;');
    else cpSync(code[name].dir, folder, { recursive: true });
    writeFileSync(join(folder, 'turnout.json'), config);
    folders[name] = folder;
    files[name] = {
      source: { path: `asset.${name}`, packaging: 'zip' },
      destinations: { here: { objectKey: `${name}.zip` } },
    };
  }
  const write = (file: string, json: unknown) =>
    writeFileSync(join(dir, file), JSON.stringify(json));
  write('Turnout.template.json', template);
  write('Turnout.assets.json', { files });
  write('manifest.json', {
    artifacts: {
      'Turnout.assets': {
        type: 'cdk:asset-manifest',
        properties: { file: 'Turnout.assets.json' },
      },
      Turnout: {
        type: 'aws:cloudformation:stack',
        properties: { templateFile: 'Turnout.template.json' },
        dependencies: ['Turnout.assets'],
      },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  });
  return { dir, folders };
}

/** The resource of a type whose id begins so; ids end in a hash. */
export function resourceIn({ Resources }: TemplateJson, type: string, prefix = ''): Resource {
  const found = Object.entries(Resources).filter(
    ([id, it]) => it.Type === `AWS::${type}` && id.startsWith(`Turnout${prefix}`),
  );
  if (found.length !== 1)
    throw new Error(`${found.length} resources ${type} ${prefix}, expected 1`);
  return found[0]![1];
}
