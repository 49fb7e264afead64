import { setTimeout as sleep } from 'node:timers/promises';
import type { Bundles } from '../../lib/bundle';
import { startRig } from '../../local/rig';
import { keyedLines, smallRoad } from './small-road';

/** What the test says to the child, as its one argument. */
export interface RigChildTask {
  readonly keepDir: string;
  readonly bundles: Bundles;
}

export type FromRigChild =
  { readonly put: number } | { readonly countedBy: number } | { readonly error: string };

const say = (message: FromRigChild) => process.send?.(message);

/** A rig that keeps its state, and gets lines until it is killed. */
async function run({ keepDir, bundles }: RigChildTask): Promise<void> {
  const onLog = (name: string, line: string) => {
    if (name === 'tally') say({ countedBy: Number(/\d+/.exec(line)?.[0]) });
  };
  const rig = await startRig({ ...smallRoad(bundles), keepDir, onLog });
  for (let from = 0; ; from += 50) {
    await rig.putLines(keyedLines(50, from));
    say({ put: from + 50 });
    await sleep(20);
  }
}

run(JSON.parse(process.argv[2]!) as RigChildTask).catch((error: unknown) => {
  say({ error: String(error) });
  process.exit(1);
});
