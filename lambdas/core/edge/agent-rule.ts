import type { HitClass } from './classes';

/**
 * Crawlers whose operator publishes the addresses they come from, so that the name can be checked.
 * The key is also the name of their list in data/crawlers.json.
 */
export const CRAWLERS = [
  'googlebot',
  'bing',
  'duckduckbot',
  'duckassistbot',
  'openai',
  'perplexity',
  'pingdom',
  'statuscake',
] as const;
export type Crawler = (typeof CRAWLERS)[number];

/** One numbered, dated rule. The first whose pattern fits decides; docs/CLASSIFICATION.md lists all. */
export interface AgentRule {
  readonly id: string;
  readonly since: string;
  /** Where the knowledge comes from: who says that such agents are of this class. */
  readonly source: string;
  readonly class: HitClass;
  readonly pattern: RegExp;
  /**
   * What the pattern reads: the whole agent, or the agent without the model name of an Android
   * device. Makers call devices anything (Discovery, Catcher, C Bot Tab), so words that give bots
   * away prove nothing there.
   */
  readonly reads: 'whole' | 'bare';
}
