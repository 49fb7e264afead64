import { RemovalPolicy } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

const SECRET_CHARS = 64;

/**
 * What the keys of viewers' hashes are made from; docs/ROAD.md, "Viewer keys". There is no rotation:
 * with another secret each viewer of the day would count again.
 */
export function makeViewerKey(scope: Construct, id: string): Secret {
  return new Secret(scope, id, {
    description: 'Turnout: makes the keys of viewers. A change counts viewers of the day twice',
    generateSecretString: { passwordLength: SECRET_CHARS, excludePunctuation: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
