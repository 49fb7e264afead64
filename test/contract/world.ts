import type { Dynamo, Kinesis } from '../../lambdas/adapters/clients';

/**
 * What a contract suite runs against: doubles or emulators. Each implementation of DynamoDB and
 * Kinesis runs all suites, in a test file of its own.
 */
export interface Services {
  readonly dynamo: Dynamo;
  readonly kinesis: Kinesis;
  /** A table with the keys of State and Views. */
  readonly table: string;
  makeStream(shards: number): Promise<string>;
  close(): Promise<void>;
}

export interface World extends Omit<Services, 'close'> {
  /** Fewer repetitions where a call takes milliseconds. */
  readonly isSlow: boolean;
  /** A number that no test of this world has had. */
  fresh(): number;
}

/** Starts the services before the tests of a file and ends them after. */
export function useWorld(
  start: () => Promise<Services> | Services,
  { isSlow = false, startMsMax = 20_000 } = {},
): World {
  let started: Services | undefined;
  let freshCount = 0;
  const services = (): Services => {
    if (started === undefined) throw new Error('the services of this world have not started');
    return started;
  };
  beforeAll(async () => {
    started = await start();
  }, startMsMax);
  afterAll(() => started?.close());
  return {
    isSlow,
    fresh: () => (freshCount += 1),
    get dynamo() {
      return services().dynamo;
    },
    get kinesis() {
      return services().kinesis;
    },
    get table() {
      return services().table;
    },
    makeStream: (shards) => services().makeStream(shards),
  };
}

/** Bytes that no mistake of offset or length leaves the same. */
export function someBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let n = 0; n < length; n += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[n] = state >>> 16;
  }
  return bytes;
}

/** What work throws; an error if it throws nothing. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const result = await work.then(
    () => undefined,
    (error: Error) => error,
  );
  if (result === undefined) throw new Error('expected a failure, got none');
  return result;
}
