import { type KinesisClient } from '@aws-sdk/client-kinesis';
import type { KinesisStreamRecord } from 'aws-lambda';
import {
  type EventSource,
  type EventSourceOptions,
  startEventSource,
} from '../../local/event-source';
import { type EmulatorServer, startKinesis } from '../../local/kinesis-server';
import type { InvocationReport } from '../../local/shard-poller';
import { kinesisAt } from './aws-clients';

/** An emulator of its own for each test, and sources that write down what they deliver. */

export interface Delivery {
  readonly shardId: string;
  readonly texts: readonly string[];
  readonly sequences: readonly string[];
  readonly bytes: number;
}

export interface Scene {
  readonly source: EventSource;
  /** all invocations, in order */
  readonly deliveries: Delivery[];
  readonly reports: InvocationReport[];
}

type Handle = (delivery: Delivery, n: number) => unknown;

/** Call it in a test file, outside of its tests. */
export function useSources() {
  let server: EmulatorServer;
  let kinesis: KinesisClient;
  let sources: EventSource[] = [];
  beforeEach(async () => {
    server = await startKinesis();
    kinesis = kinesisAt(server.endpoint);
  });
  afterEach(async () => {
    await Promise.all(sources.map((source) => source.stop(0)));
    sources = [];
    await server.close();
  });

  return {
    kinesis: () => kinesis,
    /** A source whose function does what the test wants. */
    start(options: Partial<EventSourceOptions> = {}, handle: Handle = () => undefined): Scene {
      const deliveries: Delivery[] = [];
      const reports: InvocationReport[] = [];
      const source = startEventSource({
        ...QUICK,
        kinesis,
        invoke: async (event) => {
          deliveries.push(deliveryOf(event.Records));
          await handle(deliveries.at(-1)!, deliveries.length);
        },
        onInvocation: (report) => reports.push(report),
        ...options,
      });
      sources.push(source);
      return { source, deliveries, reports };
    },
  };
}

const QUICK = {
  stream: 'lines',
  batchSize: 100,
  windowSeconds: 0,
  parallelizationFactor: 1,
  retryAttempts: -1,
  maxRecordAgeSeconds: -1,
  startingPosition: 'TRIM_HORIZON',
  bisectOnError: false,
  pollMs: 10,
  listMs: 20,
  retryMs: { first: 5, max: 20 },
};

function deliveryOf(records: readonly KinesisStreamRecord[]): Delivery {
  return {
    shardId: records[0]!.eventID.split(':')[0]!,
    texts: records.map(({ kinesis: { data } }) => Buffer.from(data, 'base64').toString()),
    sequences: records.map(({ kinesis: { sequenceNumber } }) => sequenceNumber),
    bytes: Buffer.byteLength(JSON.stringify({ Records: records })),
  };
}

export const numbers = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => `${from + n}`);
export const textsOf = (deliveries: readonly Delivery[]) =>
  deliveries.flatMap(({ texts }) => texts);

/** Hash keys in the lower and the upper half, and where they part. */
export const LOW = '0';
export const HIGH = (2n ** 128n - 1n).toString();
export const MIDDLE = (2n ** 127n).toString();
