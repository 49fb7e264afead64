import { startDynamo } from '../../local/dynamo-server';
import { startKinesis } from '../../local/kinesis-server';
import { connectServices } from './emulated-services';
import { describePorts } from './ports-suite';
import { rigWafServices } from './waf-services';
import { describeWaf } from './waf-suite';
import { useWafWorld } from './waf-world';
import { useWorld } from './world';

/** Goal: the adapters keep the contract over HTTP, on the emulators of the rig. */
describe('emulators of the rig', () => {
  const world = useWorld(async () => {
    const [dynamo, kinesis] = await Promise.all([startDynamo(), startKinesis()]);
    return connectServices({ dynamo: dynamo.endpoint, kinesis: kinesis.endpoint }, async () => {
      await Promise.all([dynamo.close(), kinesis.close()]);
    });
  });
  describePorts(world);
});

describe('WAFv2 of the rig', () => {
  describeWaf(useWafWorld(rigWafServices));
});
