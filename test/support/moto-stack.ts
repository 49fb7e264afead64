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
export async function stackResources(moto: Moto): Promise<StackResource[]> {
  const answer = await ask(moto, 'cloudformation', {
    Action: 'DescribeStackResources',
    Version: '2010-05-15',
    StackName: STACK_NAME,
  });
  const members = answer.split('<member>').slice(1);
  return members.map((text) => {
    const of = (tag: string) => new RegExp(`<${tag}>([^<]*)<`).exec(text)?.[1]?.trim() ?? '';
    return {
      id: of('LogicalResourceId'),
      type: of('ResourceType'),
      name: of('PhysicalResourceId'),
    };
  });
}

/** Whom the alarms tell, each when it is raised and when it is over. */
export async function actionsOfAlarms(moto: Moto): Promise<string[]> {
  const answer = await ask(moto, 'monitoring', { Action: 'DescribeAlarms', Version: '2010-08-01' });
  return [...answer.matchAll(/<member>(arn:aws:sns:[^<]+)</g)].map(([, arn]) => arn!);
}

export function policyOfTopic(moto: Moto, TopicArn: string): Promise<string> {
  return ask(moto, 'sns', { Action: 'GetTopicAttributes', Version: '2010-03-31', TopicArn });
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

/** The answer of an API that takes forms and gives XML. */
async function ask(
  { endpoint }: Moto,
  service: string,
  form: Readonly<Record<string, string>>,
): Promise<string> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: authorizationOf(service) },
    body: new URLSearchParams(form),
  });
  return answer.text();
}

/** By this header moto knows which service is meant; it does not check the signature. */
function authorizationOf(service: string): string {
  const scope = `20261124/${MOTO_REGION}/${service}/aws4_request`;
  const credential = `Credential=${MOTO_CREDENTIALS.accessKeyId}/${scope}`;
  return `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=x`;
}
