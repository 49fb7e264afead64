import { WAF_ERRORS } from './waf-error';
import type { NewSet, SetName, WafScope, WafSet, WafSets } from './waf-sets';

/** Requests and answers of WAFv2 as JSON. */

export const WAF_OPERATIONS = [
  'CreateIPSet',
  'GetIPSet',
  'UpdateIPSet',
  'ListIPSets',
  'DeleteIPSet',
] as const;
export type WafOperation = (typeof WAF_OPERATIONS)[number];

type Json = Readonly<Record<string, unknown>>;

const PAGE_MAX = 100;
const REGION = 'us-east-1';
const ACCOUNT = '000000000000';

/** Throws what the service would answer as an error. */
export function answerWaf(operation: WafOperation, sets: WafSets, input: Json): Json {
  switch (operation) {
    case 'CreateIPSet':
      return { Summary: summaryOf(sets.create(newSetOf(input))) };
    case 'GetIPSet': {
      const set = sets.get(nameOf(input));
      return { IPSet: detailsOf(set), LockToken: set.lockToken };
    }
    case 'UpdateIPSet': {
      const lockToken = textIn(input, 'LockToken');
      const { lockToken: NextLockToken } = sets.update(
        nameOf(input),
        lockToken,
        addressesIn(input),
      );
      return { NextLockToken };
    }
    case 'ListIPSets':
      return listPage(sets.list(), input);
    case 'DeleteIPSet':
      sets.delete(nameOf(input), textIn(input, 'LockToken'));
      return {};
  }
}

/** The marker is the id of the last set of the page before. */
function listPage(all: readonly WafSet[], input: Json): Json {
  const { Limit = PAGE_MAX, NextMarker } = input;
  const limit = Number(Limit);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= PAGE_MAX)) {
    throw WAF_ERRORS.malformed(`limit is ${limit}, expected 1 to ${PAGE_MAX}`);
  }
  const here = all.filter(({ scope }) => scope === input['Scope']);
  const from = NextMarker === undefined ? 0 : here.findIndex(({ id }) => id === NextMarker) + 1;
  const page = here.slice(from, from + limit);
  const isLast = from + limit >= here.length;
  return { IPSets: page.map(summaryOf), ...(isLast ? {} : { NextMarker: page.at(-1)!.id }) };
}

function summaryOf(set: WafSet): Json {
  const { name, id, description, lockToken } = set;
  return { Name: name, Id: id, Description: description, LockToken: lockToken, ARN: arnOf(set) };
}

function detailsOf(set: WafSet): Json {
  const { name, id, description, family, addresses } = set;
  return {
    Name: name,
    Id: id,
    ARN: arnOf(set),
    Description: description,
    IPAddressVersion: family,
    Addresses: addresses,
  };
}

function arnOf({ scope, name, id }: WafSet): string {
  const where = scope === 'CLOUDFRONT' ? 'global' : 'regional';
  return `arn:aws:wafv2:${REGION}:${ACCOUNT}:${where}/ipset/${name}/${id}`;
}

function nameOf(input: Json): SetName {
  const scope = input['Scope'] as WafScope; // the server has checked it
  return { name: textIn(input, 'Name'), id: textIn(input, 'Id'), scope };
}

function newSetOf(input: Json): NewSet {
  const name = textIn(input, 'Name');
  if (!/^[\w-]{1,128}$/.test(name)) throw WAF_ERRORS.malformed(`name is ${name}, expected letters`);
  const family = textIn(input, 'IPAddressVersion');
  if (family !== 'IPV4' && family !== 'IPV6') {
    throw WAF_ERRORS.malformed(`ipAddressVersion is ${family}, expected IPV4 or IPV6`);
  }
  const description = input['Description'];
  return {
    name,
    family,
    scope: input['Scope'] as WafScope,
    addresses: addressesIn(input),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

function addressesIn(input: Json): readonly string[] {
  const list = input['Addresses'];
  if (Array.isArray(list) && list.every((it) => typeof it === 'string')) return list as string[];
  throw WAF_ERRORS.malformed('addresses is no list of texts, expected one');
}

function textIn(input: Json, member: string): string {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  throw WAF_ERRORS.malformed(`${member} is missing, expected a text`);
}
