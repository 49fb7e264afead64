import { CRAWLERS, type AgentRule, type Crawler } from './agent-rule';

const SINCE = '2026-11-24';

/** What no client of a person sends, whatever else the text holds. Read first. */
export const SHAPE_RULES: readonly AgentRule[] = [
  {
    id: 'A001_no_agent',
    since: SINCE,
    source: 'MRC invalid traffic: unknown user agents',
    class: 'malformed',
    pattern: /^[\s"'-]*$/,
    reads: 'whole',
  },
  {
    id: 'A002_control_characters',
    since: SINCE,
    source: 'RFC 9110 5.5: no control characters in a field value',
    class: 'malformed',
    pattern: /\p{Cc}/u,
    reads: 'whole',
  },
  {
    id: 'A003_injection',
    since: SINCE,
    source: 'own: code where a name should be',
    class: 'malformed',
    pattern:
      /\$\{|\bjndi:|<script|<\?php|\.\.\/\.\.\/|\/etc\/passwd|\bunion\b.{0,40}\bselect\b|\(\)\s*\{|\bsleep\(\d/i,
    reads: 'whole',
  },
  {
    id: 'A004_template_leftover',
    since: SINCE,
    source: 'own: a program that forgot to fill in its own name',
    class: 'malformed',
    pattern:
      /\{\{|\}\}|<%|%\w*agent|\$\w*agent|\[object \w+\]|^(?:null|undefined|none|true|false)$|\b(?:default|custom|my|your|test|some)[ _-]?user[ _-]?agent\b/i,
    reads: 'whole',
  },
  {
    id: 'A005_browser_stub',
    since: SINCE,
    source: 'own: the first word of every browser and nothing after it',
    class: 'malformed',
    pattern: /^(?:Mozilla|Opera|Chrome|Safari|Firefox|Edge)(?:\/[\d.]+)?[\s();]*$/i,
    reads: 'whole',
  },
];

/** By which names in an agent each crawler with published addresses is known, from its operator. */
export const CRAWLER_NAMES: Readonly<Record<Crawler, RegExp>> = {
  googlebot:
    /\bGooglebot|\bGoogleOther|\bGoogle-InspectionTool|\bStorebot-Google|\bGoogle-CloudVertexBot/i,
  bing: /\bbingbot|\badidxbot|\bBingPreview|\bMicrosoftPreview/i,
  duckduckbot: /\bDuckDuckBot/i,
  duckassistbot: /\bDuckAssistBot/i,
  openai: /\bGPTBot|\bOAI-SearchBot|\bChatGPT-User/i,
  perplexity: /\bPerplexityBot|\bPerplexity-?User/i,
  pingdom: /\bPingdom/i,
  statuscake: /\bStatusCake/i,
};

/** An agent that names such a crawler. By itself a declared bot; network.ts checks the claim. */
export const CLAIM_RULES: readonly AgentRule[] = [
  {
    id: 'A101_names_checked_crawler',
    since: SINCE,
    source: 'operators: the names under which the crawlers of data/crawlers.json go',
    class: 'declared_bot',
    pattern: new RegExp(
      Object.values(CRAWLER_NAMES)
        .map(({ source }) => source)
        .join('|'),
      'i',
    ),
    reads: 'whole',
  },
];

/** The crawler that the agent claims to be: the first of the list when it names several. */
export function crawlerNamedIn(agent: string): Crawler | null {
  return CRAWLERS.find((crawler) => CRAWLER_NAMES[crawler].test(agent)) ?? null;
}
