import { FakeDynamo } from '../sim/fake-dynamo';
import { FakeKinesis } from '../sim/fake-kinesis';
import { describePorts } from './ports-suite';
import { fakeWafServices } from './waf-services';
import { describeWaf } from './waf-suite';
import { useWafWorld } from './waf-world';
import { useWorld } from './world';

/** Goal: the doubles of the simulation keep the contract that the emulators keep. */
describe('in-memory doubles', () => {
  const world = useWorld(() => {
    const streams = Object.fromEntries(
      [1, 2, 4].flatMap((shards) =>
        Array.from({ length: 10 }, (_, n) => [`contract-${shards}-${n}`, shards]),
      ),
    );
    const made = new Map<number, number>();
    return {
      dynamo: new FakeDynamo({ tables: ['contract'] }),
      kinesis: new FakeKinesis({ streams, now: Date.now }),
      table: 'contract',
      async makeStream(shards) {
        const n = made.get(shards) ?? 0;
        made.set(shards, n + 1);
        return `contract-${shards}-${n}`;
      },
      close: async () => undefined,
    };
  });
  describePorts(world);
});

describe('WAFv2 in memory', () => {
  describeWaf(useWafWorld(fakeWafServices));
});
