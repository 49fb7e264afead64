import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  GetIPSetCommand,
  type IPSet,
  UpdateIPSetCommand,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';

import { STACK_NAME } from '../../lib/turnout-stack';
import { type Moto } from '../support/moto';
import { callLambda, clientOf, nameOf } from '../support/moto-stack';

/** A set as the environment of enforce names it. */
export interface NamedSet {
  readonly list: string;
  readonly family: string;
  readonly n: number;
  readonly name: string;
  readonly id: string;
}

/** The variables of a deployed function. */
export async function variablesOf(moto: Moto, prefix: string): Promise<Record<string, string>> {
  const name = await nameOf(moto, prefix);
  const { Configuration } = (await callLambda(moto, `/2015-03-31/functions/${name}`)) as {
    readonly Configuration: {
      readonly Environment: { readonly Variables: Record<string, string> };
    };
  };
  return Configuration.Environment.Variables;
}

/** What enforce is told. */
export async function namedSets(
  moto: Moto,
): Promise<{ readonly sets: readonly NamedSet[]; readonly scope: string }> {
  const { WAF_SETS, WAF_SCOPE } = await variablesOf(moto, 'TurnoutEnforceFunction');
  return { sets: JSON.parse(WAF_SETS!) as NamedSet[], scope: WAF_SCOPE! };
}

/** Something to be in a set, different in each of its family. */
export function addressesFor({ family, n }: NamedSet): string[] {
  return [family === 'v4' ? `198.51.100.${n}/32` : `2001:db8:0:${n}::/64`];
}

/** Reads and writes sets as enforce does: by name, scope and id from its environment, and no more. */
export function makeSets(moto: Moto, scope: string) {
  const waf = new WAFV2Client(clientOf(moto));
  const keyOf = ({ name, id }: NamedSet) => ({
    Name: name,
    Id: id,
    Scope: scope as 'CLOUDFRONT',
  });
  return {
    async get(set: NamedSet): Promise<IPSet> {
      return (await waf.send(new GetIPSetCommand(keyOf(set)))).IPSet!;
    },
    async put(set: NamedSet, Addresses: string[]): Promise<void> {
      const { LockToken } = await waf.send(new GetIPSetCommand(keyOf(set)));
      await waf.send(new UpdateIPSetCommand({ ...keyOf(set), LockToken, Addresses }));
    },
  };
}

/**
 * A synthesised app once more, with another description of some sets: that touches them. The template
 * goes by another hash too, or the one that is published already would be taken.
 */
export function copyTouched(
  { dir }: { readonly dir: string },
  names: { from: string; to: string; isTouched: (setName: string) => boolean },
): void {
  const [from, to] = [join(dir, names.from), join(dir, names.to)];
  cpSync(from, to, { recursive: true });
  const path = join(to, `${STACK_NAME}.template.json`);
  const template = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  };
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type !== 'AWS::WAFv2::IPSet' || !names.isTouched(Properties['Name'] as string)) continue;
    Properties['Description'] = 'touched';
  }
  writeFileSync(path, JSON.stringify(template));
  const manifest = readFileSync(join(to, 'manifest.json'), 'utf8');
  const [, hash] = /"stackTemplateAssetObjectUrl": "[^"]*\/([0-9a-f]{64})\.json"/.exec(manifest)!;
  for (const name of ['manifest.json', `${STACK_NAME}.assets.json`]) {
    const text = readFileSync(join(to, name), 'utf8');
    writeFileSync(join(to, name), text.replaceAll(hash!, [...hash!].reverse().join('')));
  }
}
