import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ListShardsCommand } from '@aws-sdk/client-kinesis';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { makeDynamo, makeKinesis, makeSecrets } from '../../lambdas/adapters/clients';

/** Answers as told, and keeps what it was asked and over how many connections. */
async function withServer(answer: RequestListener, work: () => Promise<void>) {
  const targets: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    targets.push(String(request.headers['x-amz-target']).split('.')[1]!);
    request.resume().on('end', () => answer(request, response));
  }).on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await work();
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return { targets, connections };
}

const GET_ITEM = { TableName: 't', Key: { pk: { S: 'a' }, sk: { S: 'b' } } };

describe('clients', () => {
  beforeAll(() => {
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    });
  });

  it('reach the endpoint of the environment over HTTP/1.1, and keep its connection', async () => {
    const dynamo = makeDynamo();
    const { targets, connections } = await withServer(
      (_, response) => response.end('{}'),
      async () => {
        for (let n = 0; n < 3; n += 1) await dynamo.send(new GetItemCommand(GET_ITEM));
        await makeKinesis().send(new ListShardsCommand({ StreamName: 's' }));
        await makeSecrets().send(new GetSecretValueCommand({ SecretId: 's' }));
      },
    );
    expect(targets).toEqual(['GetItem', 'GetItem', 'GetItem', 'ListShards', 'GetSecretValue']);
    expect(connections).toBe(3);
  });

  it('try a failing call again, with a limit', async () => {
    const { targets } = await withServer(
      (_, response) => response.writeHead(500).end('{}'),
      async () => {
        await expect(makeDynamo().send(new GetItemCommand(GET_ITEM))).rejects.toThrow();
      },
    );
    expect(targets).toHaveLength(4);
  });

  it.each([
    ['Kinesis', makeKinesis],
    ['DynamoDB', makeDynamo],
    ['Secrets Manager', makeSecrets],
  ])('of %s have the handler that emulators understand', (_, make) => {
    expect(make().config.requestHandler).toBeInstanceOf(NodeHttpHandler);
  });
});
