import { findFacts } from '../../lambdas/adapters/address-facts';
import { addressJson } from '../../lambdas/api/address-json';
import { sparingOf } from '../../lambdas/api/address-verdict';
import type { GuardHost } from './blocks';
import { type DeploymentOptions, withDeployment } from './deployment';
import { renderText } from './explain-text';
import { readSettings } from './recount';

export interface ExplainOptions extends DeploymentOptions {
  readonly days: number;
  readonly config?: string;
  readonly json?: boolean;
}

/** `turnout explain`: why an address is blocked, or is not. */
export async function runExplain(
  address: string,
  options: ExplainOptions,
  { output, now }: GuardHost,
): Promise<void> {
  const settings = readSettings(options.config);
  const nowMs = now();
  const facts = await withDeployment(options, async (deployment) => {
    const [guard, manual] = [await deployment.guard(), await deployment.manual()];
    return findFacts(address, { guard, manual, settings }, { nowMs, days: options.days });
  });
  output.write(
    options.json
      ? `${JSON.stringify(addressJson(facts, settings))}\n`
      : renderText(facts, sparingOf(facts, settings.guard)),
  );
}
