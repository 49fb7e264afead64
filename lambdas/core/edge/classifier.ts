import { AGENT_RULES } from './agent';
import type { ListFiles } from './network-lists';

/**
 * The name of the classifier that stands on every report: the date of its newest rule and of each
 * list. A figure made with other rules or lists can be told from this one.
 */
export function classifierOf({ crawlers, relay, datacentres }: ListFiles): string {
  const rules = AGENT_RULES.reduce((newest, { since }) => (since > newest ? since : newest), '');
  return (
    `rules ${rules}, crawlers ${crawlers.date}, relay ${relay.date}, ` +
    `datacentres ${datacentres.date}`
  );
}
