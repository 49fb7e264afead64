import { createHmac } from 'node:crypto';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { ViewerKeys } from '../core/road/ports';
import type { Secrets } from './clients';

const SECRET_BYTES_MIN = 16;
const KEY_BYTES = 16;
/** An event goes over two broadcast days, and late lines are of another. */
const DAYS_AT_HAND_MAX = 8;

/** Loads the secret that the keys of viewers' hashes are made from. It is never written or logged. */
export async function loadViewerKeys(secrets: Secrets, secretId: string): Promise<ViewerKeys> {
  const answer = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  const secret = answer.SecretBinary ?? new TextEncoder().encode(answer.SecretString ?? '');
  return makeViewerKeys(secret);
}

/** docs/ROAD.md, "Viewer keys": without the secret a viewer's key says nothing about an address. */
export function makeViewerKeys(secret: Uint8Array): ViewerKeys {
  if (secret.length < SECRET_BYTES_MIN) {
    throw new Error(
      `secret of viewers has ${secret.length} bytes, expected at least ${SECRET_BYTES_MIN}`,
    );
  }
  const keyOf = (purpose: string) =>
    new Uint8Array(createHmac('sha256', secret).update(purpose).digest().subarray(0, KEY_BYTES));
  const days = new Map<number, Uint8Array>();
  return {
    lane: keyOf('lane'),
    ofDay(day) {
      if (!Number.isSafeInteger(day)) {
        throw new Error(`broadcast day is ${day}, expected days since 1970-01-01`);
      }
      const known = days.get(day);
      if (known !== undefined) return known;
      const key = keyOf(`viewer ${day}`);
      if (days.size >= DAYS_AT_HAND_MAX) days.delete(days.keys().next().value!);
      days.set(day, key);
      return key;
    },
  };
}
