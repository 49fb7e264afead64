import { createHmac } from 'node:crypto';
import type { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Secrets } from '../../lambdas/adapters/clients';
import { loadViewerKeys, makeViewerKeys } from '../../lambdas/adapters/viewer-key';
import { failureOf } from '../contract/world';

const SECRET = new TextEncoder().encode('a secret of 24 bytes, ok');
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function secretsOf(answer: object): Secrets & { asked: string[] } {
  const asked: string[] = [];
  const send = async ({ input }: GetSecretValueCommand) => {
    asked.push(input.SecretId!);
    return answer;
  };
  return { send: send as unknown as Secrets['send'], asked };
}

describe('makeViewerKeys', () => {
  const expected = (purpose: string) =>
    createHmac('sha256', SECRET).update(purpose).digest('hex').slice(0, 32);

  it('makes the keys that docs/ROAD.md says', () => {
    const keys = makeViewerKeys(SECRET);
    expect(hex(keys.lane)).toBe(expected('lane'));
    expect(hex(keys.ofDay(20_781))).toBe(expected('viewer 20781'));
    expect(keys.ofDay(20_781)).toHaveLength(16);
  });

  it('makes another key for each day, and the same for the same, however many days', () => {
    const keys = makeViewerKeys(SECRET);
    const first = Array.from({ length: 50 }, (_, day) => hex(keys.ofDay(day)));
    const second = Array.from({ length: 50 }, (_, day) => hex(keys.ofDay(day)));
    expect(second).toEqual(first);
    expect(new Set([...first, hex(keys.lane)]).size).toBe(51);
  });

  it('keeps the key of a day at hand, because it is asked for with each line', () => {
    const keys = makeViewerKeys(SECRET);
    expect(keys.ofDay(7)).toBe(keys.ofDay(7));
  });

  it.each([0, 15])('takes no secret of %i bytes, and does not say it', (bytes) => {
    expect(() => makeViewerKeys(SECRET.subarray(0, bytes))).toThrow(
      `secret of viewers has ${bytes} bytes, expected at least 16`,
    );
  });

  it('takes a secret of 16 bytes', () => {
    expect(makeViewerKeys(SECRET.subarray(0, 16)).lane).toHaveLength(16);
  });

  it.each([0.5, NaN, Infinity])('makes no key for the day %s', (day) => {
    expect(() => makeViewerKeys(SECRET).ofDay(day)).toThrow(/^broadcast day is/);
  });
});

describe('loadViewerKeys', () => {
  it.each([
    ['text', { SecretString: Buffer.from(SECRET).toString() }],
    ['bytes', { SecretBinary: SECRET }],
  ])('takes a secret of %s', async (_, answer) => {
    const secrets = secretsOf(answer);
    const keys = await loadViewerKeys(secrets, 'turnout/viewers');
    expect(hex(keys.lane)).toBe(hex(makeViewerKeys(SECRET).lane));
    expect(secrets.asked).toEqual(['turnout/viewers']);
  });

  it.each([[{}], [{ SecretString: 'too short' }]])('refuses %j', async (answer) => {
    const error = await failureOf(loadViewerKeys(secretsOf(answer), 'turnout/viewers'));
    expect(error.message).toMatch(/^secret of viewers has \d+ bytes, expected at least 16$/);
  });
});
