import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { startWaf } from '../../local/waf-server';
import { makeFakeWaf } from '../sim/fake-waf';
import type { WafServices } from './waf-world';

/** Implementations of WAFv2 that the contract is held against. */

const OTHER_REGION = 'eu-central-1';

export function wafAt(endpoint: string, region = 'us-east-1'): WAFV2Client {
  return new WAFV2Client({
    region,
    endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
}

/** A clock that only moves when it is told to: seconds of quota cost no time. */
function makeClock() {
  let nowMs = Date.UTC(2026, 10, 24, 20);
  return { now: () => nowMs, pass: async (ms: number) => void (nowMs += ms) };
}

export function fakeWafServices(): WafServices {
  const { now, pass } = makeClock();
  const waf = makeFakeWaf({ now });
  return { waf, elsewhere: waf.elsewhere, pass, close: async () => undefined };
}

export async function rigWafServices(): Promise<WafServices> {
  const { now, pass } = makeClock();
  const server = await startWaf({ now });
  const clients = [wafAt(server.endpoint), wafAt(server.endpoint, OTHER_REGION)] as const;
  return {
    waf: clients[0],
    elsewhere: clients[1],
    pass,
    async close() {
      for (const client of clients) client.destroy();
      await server.close();
    },
  };
}

export function motoWafServices(endpoint: string, end: () => Promise<void>): WafServices {
  const clients = [wafAt(endpoint), wafAt(endpoint, OTHER_REGION)] as const;
  return {
    waf: clients[0],
    elsewhere: clients[1],
    pass: async () => undefined,
    async close() {
      for (const client of clients) client.destroy();
      await end();
    },
  };
}
