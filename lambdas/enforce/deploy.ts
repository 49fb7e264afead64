import type { Telemetry } from '../adapters/telemetry';

export interface DeployDeps {
  /** When the stack was last being updated; undefined: never, or nobody knows. It may fail. */
  readonly deployedAtMs: () => Promise<number | undefined>;
  readonly now: () => number;
  readonly telemetry: Telemetry;
}

/** E: an update counts from its beginning, and sets are looked at up to a minute after they were emptied. */
export const DEPLOY_MS = 900_000;

/** E: whether what is gone may have gone by a deploy. Who cannot be asked says no. */
export async function isInDeploy({ deployedAtMs, now, telemetry }: DeployDeps): Promise<boolean> {
  try {
    const atMs = await deployedAtMs();
    return atMs !== undefined && now() - atMs <= DEPLOY_MS;
  } catch (error) {
    telemetry.warn('whether the stack was deployed is not known; it counts as no', { error });
    return false;
  }
}
