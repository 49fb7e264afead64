import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import kinesalite from 'kinesalite';
import { listenWithFront } from './emulator-front';
import { useFastArithmetic } from './kinesis-arithmetic';

export interface EmulatorServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface EmulatorOptions {
  /** Directory of the state, which is found again; without one the state lives in memory. */
  readonly path?: string;
}

/** As the quota of us-east-1. */
const SHARDS_MAX = 500;

/**
 * Kinesis on loopback (kinesalite). It throttles nothing, knows streams by name alone, and answers a
 * closed shard without ChildShards: children are found by ListShards.
 */
export async function startKinesis({ path }: EmulatorOptions = {}): Promise<EmulatorServer> {
  useFastArithmetic();
  if (path !== undefined) mkdirSync(dirname(path), { recursive: true });
  const server = kinesalite({
    createStreamMs: 0,
    deleteStreamMs: 0,
    updateStreamMs: 0,
    shardLimit: SHARDS_MAX,
    ...(path === undefined ? {} : { path }),
  });
  const { endpoint, ask, close } = await listenWithFront(server, {
    target: 'Kinesis_20131202',
    contentType: 'application/x-amz-json-1.1',
  });
  // A state that another process has open ends this one at the first call: better now than later.
  await ask('ListStreams', {});
  return { endpoint, close };
}
