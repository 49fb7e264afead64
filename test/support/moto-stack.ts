import { NodeHttpHandler } from '@smithy/node-http-handler';

import { STACK_NAME } from '../../lib/turnout-stack';
import { type Moto, MOTO_CREDENTIALS, MOTO_REGION } from './moto';

/** Options of a client of the SDK. */
export function clientOf({ endpoint }: Moto) {
  return {
    endpoint,
    region: MOTO_REGION,
    credentials: MOTO_CREDENTIALS,
    requestHandler: new NodeHttpHandler(),
  };
}

export interface StackResource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** What CloudFormation has made, by hand: the repository has no client for it. */
export async function stackResources({ endpoint }: Moto): Promise<StackResource[]> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: authorizationOf('cloudformation') },
    body: new URLSearchParams({
      Action: 'DescribeStackResources',
      Version: '2010-05-15',
      StackName: STACK_NAME,
    }),
  });
  const members = (await answer.text()).split('<member>').slice(1);
  return members.map((text) => {
    const of = (tag: string) => new RegExp(`<${tag}>([^<]*)<`).exec(text)?.[1]?.trim() ?? '';
    return {
      id: of('LogicalResourceId'),
      type: of('ResourceType'),
      name: of('PhysicalResourceId'),
    };
  });
}

/** What the deployed resource is called whose logical id begins so. */
export async function nameOf(moto: Moto, prefix: string): Promise<string> {
  const found = (await stackResources(moto)).filter(({ id }) => id.startsWith(prefix));
  if (found.length !== 1) throw new Error(`${found.length} resources ${prefix}, expected 1`);
  return found[0]!.name;
}

/** The answer of a GET of the Lambda API. */
export async function callLambda({ endpoint }: Moto, path: string): Promise<unknown> {
  const headers = { authorization: authorizationOf('lambda') };
  return (await fetch(`${endpoint}${path}`, { headers })).json();
}

/** By this header moto knows which service is meant; it does not check the signature. */
function authorizationOf(service: string): string {
  const scope = `20261124/${MOTO_REGION}/${service}/aws4_request`;
  const credential = `Credential=${MOTO_CREDENTIALS.accessKeyId}/${scope}`;
  return `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=x`;
}
