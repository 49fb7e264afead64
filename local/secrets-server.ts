import { createServer } from 'node:http';
import { listenOnLoopback, readAll } from './emulator-front';
import type { EmulatorServer } from './kinesis-server';

/** Secrets Manager on loopback: GetSecretValue of secrets that are given, by name. */
export async function startSecrets(
  secrets: Readonly<Record<string, string>>,
): Promise<EmulatorServer> {
  const server = createServer((request, response) => {
    response.on('error', () => undefined); // the client has gone
    readAll(request)
      .then((body) => {
        const target = String(request.headers['x-amz-target'] ?? '');
        const { status, json } = answer(secrets, target, body.toString());
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(json));
      })
      .catch(() => response.destroy());
  });
  const { port } = await listenOnLoopback(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(secrets: Readonly<Record<string, string>>, target: string, body: string) {
  if (target !== 'secretsmanager.GetSecretValue') {
    return { status: 400, json: { __type: 'UnknownOperationException' } };
  }
  const { SecretId = '' } = JSON.parse(body) as { SecretId?: string };
  if (!Object.hasOwn(secrets, SecretId)) {
    const message = "Secrets Manager can't find the specified secret.";
    return { status: 400, json: { __type: 'ResourceNotFoundException', Message: message } };
  }
  const json = {
    ARN: `arn:aws:secretsmanager:us-east-1:000000000000:secret:${SecretId}`,
    Name: SecretId,
    SecretString: secrets[SecretId],
    VersionId: '00000000-0000-4000-8000-000000000001',
    VersionStages: ['AWSCURRENT'],
  };
  return { status: 200, json };
}
