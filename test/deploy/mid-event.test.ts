import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type LambdaFunction, makeFunction } from '../../local/lambda-runner';
import { parseConfig } from '../../lib/config';
import { pipelineOf } from '../../lib/pipeline';
import { describeWithMoto } from '../support/moto';
import { copyTouched, makeSets, type NamedSet, namedSets, variablesOf } from './deployed-sets';
import { expectGood, MotoDeployment } from './moto-deployment';

/**
 * Goal: a deploy in mid-event that rewrites the IP sets leaves the attackers a minute at most. Method: the
 * stack on moto; the deployed variables and the bundles of control and enforce; an update that touches
 * every set, by which CloudFormation empties it as AWS does; then the run that the end of an update starts
 * (rule EnforceAfterDeploy, which moto does not carry out).
 */
const STEP_MS_MAX = 180_000;
const GAP_MS_MAX = 60_000;
const LOOK_MS = 100;
const CALLER = 'arn:aws:sts::123456789012:assumed-role/operate/somebody';
/** One of each family: a lone entry that is gone without a deploy is somebody's judgement (docs/GUARD.md, E). */
const BLOCKED = ['198.51.100.7/32', '2001:db8:0:7::/64'];

/** The event that EventBridge hands over when an update of the stack is over. */
const STACK_EVENT = {
  'detail-type': 'CloudFormation Stack Status Change',
  source: 'aws.cloudformation',
  detail: { 'status-details': { status: 'UPDATE_COMPLETE' } },
};

describeWithMoto('a deploy in mid-event that modifies the IP sets', () => {
  let deployment: MotoDeployment;
  let functions: Record<'enforce' | 'control', LambdaFunction>;
  const errors: string[] = [];

  beforeAll(async () => {
    deployment = await MotoDeployment.start();
    expectGood(await deployment.deploy('first'));
    functions = {
      enforce: await runnable('enforce', 'TurnoutEnforceFunction'),
      control: await runnable('control', 'TurnoutControlFunction'),
    };
  }, STEP_MS_MAX);

  afterAll(async () => {
    await Promise.all(Object.values(functions ?? {}).map((it) => it.stop()));
    await deployment?.stop();
  });

  async function runnable(name: 'enforce' | 'control', prefix: string): Promise<LambdaFunction> {
    const { memoryMb, timeoutSeconds } = pipelineOf(parseConfig({})).functions[name];
    return makeFunction({
      ...{ name, memoryMb, timeoutSeconds, handler: 'index.handler' },
      dir: join(deployment.bundlesOf('first'), name),
      environment: {
        ...(await variablesOf(deployment.moto, prefix)),
        ...deployment.variables,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      environmentsMax: 1,
      onLogLine: (line) => {
        if (!line.includes('"level":"ERROR"')) return;
        errors.push((JSON.parse(line) as { readonly message: string }).message);
      },
    });
  }

  async function block(cidr: string): Promise<void> {
    const answer = await functions.control.invoke({
      body: JSON.stringify({ action: 'block', cidr, reason: 'attacks the event' }),
      requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn: CALLER } } },
    });
    expect(answer).toMatchObject({ statusCode: 200 });
  }

  /** What all sets hold, by name; only of those that hold something. */
  async function heldIn(sets: readonly NamedSet[], scope: string): Promise<Map<string, string[]>> {
    const { get } = makeSets(deployment.moto, scope);
    const held = new Map<string, string[]>();
    for (const set of sets) {
      const { Addresses = [] } = await get(set);
      if (Addresses.length > 0) held.set(set.name, [...Addresses].sort());
    }
    return held;
  }

  it(
    'is mended within a minute of the first set that was emptied',
    async () => {
      const { sets, scope } = await namedSets(deployment.moto);
      for (const cidr of BLOCKED) await block(cidr);
      await functions.enforce.invoke({});
      const before = await heldIn(sets, scope);
      expect([...before.values()].flat()).toHaveLength(BLOCKED.length);
      const full = sets.filter(({ name }) => before.has(name));
      expect(full).toHaveLength(2);

      copyTouched(deployment, { from: 'first', to: 'touched', isTouched: () => true });
      let emptyAtMs: number | undefined;
      let isDeploying = true;
      const deploying = deployment
        .deploy('touched', '--no-previous-parameters')
        .finally(() => (isDeploying = false));
      while (isDeploying) {
        const held = await heldIn(full, scope);
        if (held.size < full.length) emptyAtMs ??= performance.now();
        await sleep(LOOK_MS);
      }
      expectGood(await deploying);
      // Or the test would show nothing: an update that touches a set empties it.
      expect(await heldIn(sets, scope)).toEqual(new Map());
      expect(emptyAtMs).toBeDefined();

      const run = functions.enforce.invoke(STACK_EVENT);
      while ((await heldIn(full, scope)).size < full.length) {
        if (performance.now() - emptyAtMs! > GAP_MS_MAX) break;
        await sleep(LOOK_MS);
      }
      const gapMs = performance.now() - emptyAtMs!;
      await run;
      process.stdout.write(
        `deploy in mid-event: ${full.length} sets were empty for ${(gapMs / 1_000).toFixed(1)} s at most, on moto\n`,
      );
      expect(gapMs).toBeLessThanOrEqual(GAP_MS_MAX);
      expect(await heldIn(sets, scope)).toEqual(before);
      // It is an alarm as well (EntriesRestored), and nothing else went wrong.
      const restored = 'a set lost entries of ours by a deploy or a mistake; they are put back';
      expect(errors).toEqual(full.map(() => restored));
    },
    STEP_MS_MAX,
  );
});
