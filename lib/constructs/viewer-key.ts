import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

import { explain } from './explain';

const SECRET_CHARS = 64;

/**
 * What the keys of viewers' hashes are made from; docs/ROAD.md, "Viewer keys". There is no rotation:
 * with another secret each viewer of the day would count again.
 */
export function makeViewerKey(scope: Construct, id: string, encryptionKey?: IKey): Secret {
  const secret = new Secret(scope, id, {
    ...(encryptionKey && { encryptionKey }),
    description: 'Turnout: makes the keys of viewers. A change counts viewers of the day twice',
    generateSecretString: { passwordLength: SECRET_CHARS, excludePunctuation: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  explain(secret, 'SMG4', 'no rotation: with another secret each viewer of the day counts again');
  return secret;
}
