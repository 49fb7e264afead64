import type { WAFV2Client } from '@aws-sdk/client-wafv2';

export interface WafServices {
  /** Which asks nothing a second time by itself. */
  readonly waf: Pick<WAFV2Client, 'send'>;
  /** The same account, called for a region that is not the home of CLOUDFRONT. */
  readonly elsewhere: Pick<WAFV2Client, 'send'>;
  /** Lets time go by, which gives back what the quota has taken. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface WafWorld extends Omit<WafServices, 'close'> {
  /** Why it accepts what AWS refuses, where it does. */
  readonly inexact: string | undefined;
  /** A name that no set of this world has had. */
  fresh(): string;
}

/** As `useWorld`, for an account of WAFv2. */
export function useWafWorld(
  start: () => Promise<WafServices> | WafServices,
  { inexact, startMsMax = 20_000 }: { inexact?: string; startMsMax?: number } = {},
): WafWorld {
  let started: WafServices | undefined;
  let freshCount = 0;
  const services = (): WafServices => {
    if (started === undefined) throw new Error('the services of this world have not started');
    return started;
  };
  beforeAll(async () => {
    started = await start();
  }, startMsMax);
  afterAll(() => started?.close());
  return {
    inexact,
    fresh: () => `contract-${(freshCount += 1)}`,
    get waf() {
      return services().waf;
    },
    get elsewhere() {
      return services().elsewhere;
    },
    pass: (ms) => services().pass(ms),
  };
}
