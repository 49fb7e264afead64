import { prefixText } from '../../lambdas/core/guard/prefix';
import type { GuardHost } from './blocks';
import { type DeploymentOptions, withDeployment } from './deployment';
import { findFacts } from './explain-facts';
import { renderJson, renderText } from './explain-text';
import { sparingOf } from './explain-verdict';
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
  const sparing = sparingOf(facts, settings.guard);
  const source = prefixText(facts.source);
  output.write(options.json ? renderJson(facts, sparing, source) : renderText(facts, sparing));
}
