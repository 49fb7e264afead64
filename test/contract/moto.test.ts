import { describeWithMoto } from '../support/moto';
import { connectServices } from './emulated-services';
import { startMoto } from './moto-server';
import { describePorts } from './ports-suite';
import { useWorld } from './world';

/** Goal: the adapters keep the contract on an implementation that we did not choose for the rig. */
describeWithMoto('moto', () => {
  const world = useWorld(
    async () => {
      const { endpoint, close } = await startMoto();
      return connectServices({ dynamo: endpoint, kinesis: endpoint }, close);
    },
    { isSlow: true },
  );
  describePorts(world);
});
