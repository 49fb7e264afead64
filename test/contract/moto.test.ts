import { describeWithMoto } from '../support/moto';
import { connectServices } from './emulated-services';
import { startMoto } from './moto-server';
import { describePorts } from './ports-suite';
import { motoWafServices } from './waf-services';
import { describeWaf } from './waf-suite';
import { useWafWorld } from './waf-world';
import { useWorld } from './world';

// Another process answers, and on a busy machine slowly.
jest.setTimeout(60_000);

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

/** Goal: tokens, names and pages are no invention of ours. Limits and rates are none of moto's. */
describeWithMoto('WAFv2 of moto', () => {
  const start = async () => {
    const { endpoint, close } = await startMoto();
    return motoWafServices(endpoint, close);
  };
  describeWaf(useWafWorld(start, { inexact: 'moto accepts it' }));
});
