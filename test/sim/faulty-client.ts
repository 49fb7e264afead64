import { ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb';
import type { PutRecordsCommandInput, PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import type { Prng } from '../support/prng';
import type { Task } from './tasks';

export interface Faults {
  /** of 100 calls */
  readonly throttledPercent: number;
  readonly lostAnswerPercent: number;
  /** of 100 packets: how many are put long after they were acknowledged */
  readonly delayedPercent: number;
  /** of 100 packets: refused alone, to be sent again */
  readonly refusedPercent: number;
}

export const QUIET: Faults = {
  throttledPercent: 0,
  lostAnswerPercent: 0,
  delayedPercent: 0,
  refusedPercent: 0,
};

interface Sender {
  send(command: never): Promise<unknown>;
}

/** Takes a call for later. */
export type Delay = (call: () => Promise<unknown>) => void;

/**
 * A client as one run of a handler sees it: it waits before and after each call, is throttled, and loses
 * answers; then, as the SDK does, it mostly asks again by itself.
 */
export function makeFaultyClient<Client extends Sender>(
  client: Client,
  { task, prng, faults, delay }: { task: () => Task; prng: Prng; faults: Faults; delay: Delay },
): Client {
  const happens = (percent: number) => percent > 0 && prng.next() * 100 < percent;
  const once = async (command: { input: object }): Promise<unknown> => {
    if (happens(faults.throttledPercent)) {
      throw new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} });
    }
    return command.constructor.name === 'PutRecordsCommand'
      ? putRecords(command as { input: PutRecordsCommandInput })
      : client.send(command as never);
  };
  /** Some packets arrive long after they were acknowledged; others are refused and come again. */
  const putRecords = async (command: { input: PutRecordsCommandInput }) => {
    const make = command.constructor as new (input: object) => never;
    const { Records = [], ...rest } = command.input;
    const fates = Records.map(() => {
      if (happens(faults.delayedPercent)) return 'delayed';
      return happens(faults.refusedPercent) ? 'refused' : 'put';
    });
    const now = Records.filter((_, n) => fates[n] === 'put');
    for (const [n, record] of Records.entries()) {
      if (fates[n] !== 'delayed') continue;
      delay(() => client.send(new make({ ...rest, Records: [record] })));
    }
    const answer =
      now.length === 0
        ? { Records: [] }
        : ((await client.send(new make({ ...rest, Records: now }))) as PutRecordsCommandOutput);
    const taken = [...answer.Records!];
    return {
      FailedRecordCount: fates.filter((fate) => fate === 'refused').length,
      Records: fates.map((fate) => {
        if (fate === 'put') return taken.shift();
        if (fate === 'delayed') return { SequenceNumber: '1', ShardId: 'shardId-000000000000' };
        return { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' };
      }),
    };
  };
  const send = async (command: { input: object }): Promise<unknown> => {
    await task().gate();
    for (;;) {
      const answer = await once(command);
      await task().gate();
      if (!happens(faults.lostAnswerPercent)) return answer;
      if (!happens(70)) throw new Error('the answer was lost');
    }
  };
  return { send } as unknown as Client;
}
