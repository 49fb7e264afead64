/**
 * npm run lists [-- --from DIR] [--to DIR] [--date YYYY-MM-DD] [--bots]
 *
 * Writes crawlers.json, relay.json, datacentres.json and declared-bots.json anew. Without --from
 * the networks come from their publishers; DIR holds net-crawlers/<operator>/ipv4.txt and ipv6.txt,
 * net-icloud-private-relay/ipv4_merged.txt and ipv6_merged.txt, net-x4bnet/datacenter-ASN.txt.
 * --bots writes declared-bots.json alone, from the installed packages.
 * Nothing is written unless everything could be read: half an update would mix two states.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { CRAWLERS, type Crawler } from '../lambdas/core/edge/agent-rule';
import { parseCidr } from '../lambdas/core/edge/cidr';
import { makeNetworks } from '../lambdas/core/edge/network';
import {
  LIST_FILES,
  SHIPPED_FILES,
  listsOf,
  type ListFiles,
} from '../lambdas/core/edge/network-lists';
import { makeDeclaredBots } from './declared-bots';

const SHIPPED = join(__dirname, '../lambdas/core/edge/data');
/** A list that loses more than this is a broken source, more likely than a changed world. */
const LOSS_PERCENT_MAX = 50;
const FETCH_MS_MAX = 30_000;

const CRAWLER_URLS: Readonly<Record<Crawler, readonly string[]>> = {
  googlebot: ['https://developers.google.com/static/search/apis/ipranges/googlebot.json'],
  bing: ['https://www.bing.com/toolbox/bingbot.json'],
  duckduckbot: ['https://duckduckgo.com/duckduckbot.json'],
  duckassistbot: ['https://duckduckgo.com/duckassistbot.json'],
  openai: [
    'https://openai.com/gptbot.json',
    'https://openai.com/searchbot.json',
    'https://openai.com/chatgpt-user.json',
  ],
  perplexity: [
    'https://www.perplexity.com/perplexitybot.json',
    'https://www.perplexity.com/perplexity-user.json',
  ],
  pingdom: ['https://my.pingdom.com/probes/ipv4', 'https://my.pingdom.com/probes/ipv6'],
  statuscake: ['https://app.statuscake.com/Workfloor/Locations.php?format=txt'],
};
const RELAY_URL = 'https://mask-api.icloud.com/egress-ip-ranges.csv';
const DATACENTRE_URL =
  'https://raw.githubusercontent.com/X4BNet/lists_vpn/main/input/datacenter/ASN.txt';

interface Sources {
  readonly name: string;
  readonly crawler: (crawler: Crawler) => Promise<readonly string[]>;
  readonly relay: () => Promise<readonly string[]>;
  readonly datacentres: () => Promise<readonly string[]>;
}

const PUBLISHERS: Sources = {
  name: 'the publishers',
  crawler: (crawler) => Promise.all(CRAWLER_URLS[crawler].map(fetchText)),
  relay: async () => [await fetchText(RELAY_URL)],
  datacentres: async () => [await fetchText(DATACENTRE_URL)],
};

function folder(root: string): Sources {
  const read = (...parts: string[]) => readFileSync(join(root, ...parts), 'utf8');
  return {
    name: 'a local copy',
    crawler: async (crawler) =>
      ['ipv4.txt', 'ipv6.txt']
        .filter((file) => existsSync(join(root, 'net-crawlers', crawler, file)))
        .map((file) => read('net-crawlers', crawler, file)),
    relay: async () =>
      ['ipv4_merged.txt', 'ipv6_merged.txt'].map((file) => read('net-icloud-private-relay', file)),
    datacentres: async () => [read('net-x4bnet', 'datacenter-ASN.txt')],
  };
}

async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS_MAX) });
  if (!answer.ok) throw new Error(`${url} must answer 200, got ${answer.status}`);
  return answer.text();
}

/** Every range in the text: the strings of a JSON document, or the first column of each line. */
export function rangesIn(text: string): string[] {
  const isJson = text.trimStart().startsWith('{');
  const found = isJson ? stringsIn(JSON.parse(text)) : firstColumn(text);
  const ranges = found.filter((entry) => parseCidr(entry).ok);
  if (!isJson && ranges.length < found.length) {
    const wrong = found.find((entry) => !parseCidr(entry).ok);
    throw new Error(`each line must begin with a range, got ${JSON.stringify(wrong)}`);
  }
  return ranges;
}

export function asnsIn(text: string): number[] {
  return firstColumn(text).map((entry) => {
    if (!/^AS\d{1,10}$/.test(entry)) {
      throw new Error(`each line must begin with AS<number>, got ${JSON.stringify(entry)}`);
    }
    return Number(entry.slice(2));
  });
}

function firstColumn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.split(/[\s,;#]/, 1)[0]!)
    .filter((entry) => entry !== '');
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

export async function readLists(sources: Sources, date: string): Promise<ListFiles> {
  const ranges: Partial<Record<Crawler, string[]>> = {};
  for (const crawler of CRAWLERS) {
    ranges[crawler] = merge(
      `crawlers.${crawler}`,
      (await sources.crawler(crawler)).flatMap(rangesIn),
    );
  }
  const relay = merge('relay', (await sources.relay()).flatMap(rangesIn));
  const asns = [...new Set((await sources.datacentres()).flatMap(asnsIn))].sort((a, b) => a - b);
  if (asns.length === 0) throw new Error('datacentres must hold at least one number, got none');
  const head = { date, note: `Full list, written by \`npm run lists\` from ${sources.name}.` };
  return {
    crawlers: {
      source: Object.values(CRAWLER_URLS).flat().join(' '),
      licence: 'facts, published by the operators for this use',
      ...head,
      ranges: ranges as Record<Crawler, string[]>,
    },
    relay: {
      source: RELAY_URL,
      licence: 'facts, published by Apple for this use',
      ...head,
      ranges: relay,
    },
    datacentres: { source: DATACENTRE_URL, licence: 'MIT (X4BNet/lists_vpn)', ...head, asns },
  };
}

function merge(name: string, ranges: readonly string[]): string[] {
  if (ranges.length === 0) throw new Error(`${name} must hold at least one range, got none`);
  return [...new Set(ranges)];
}

/** Refuses an update that loses most of a list of which the full form was already there. */
function assertNotShrunk(name: string, before: number, now: number): void {
  if (now * 100 < before * (100 - LOSS_PERCENT_MAX)) {
    throw new Error(
      `${name} must keep ${100 - LOSS_PERCENT_MAX} % of its ${before} entries, got ${now}`,
    );
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      date: { type: 'string' },
      bots: { type: 'boolean', default: false },
    },
  });
  const date = values.date ?? new Date().toISOString().slice(0, 10);
  const to = values.to ?? SHIPPED;
  if (values.bots) {
    await write(join(to, 'declared-bots.json'), makeDeclaredBots(date));
    return;
  }
  const files = await readLists(values.from === undefined ? PUBLISHERS : folder(values.from), date);
  makeNetworks(listsOf(files)); // throws on what the program could not read later
  for (const crawler of CRAWLERS) {
    const before = SHIPPED_FILES.crawlers.ranges[crawler].length;
    assertNotShrunk(`crawlers.${crawler}`, before, files.crawlers.ranges[crawler].length);
  }
  assertNotShrunk('relay', SHIPPED_FILES.relay.ranges.length, files.relay.ranges.length);
  assertNotShrunk(
    'datacentres',
    SHIPPED_FILES.datacentres.asns.length,
    files.datacentres.asns.length,
  );

  mkdirSync(to, { recursive: true });
  for (const key of Object.keys(LIST_FILES) as (keyof ListFiles)[]) {
    await write(join(to, LIST_FILES[key]), files[key]);
  }
  await write(join(to, 'declared-bots.json'), makeDeclaredBots(date));
}

async function write(file: string, content: object): Promise<void> {
  const { format } = await import('prettier'); // here, because tests import this file without it
  writeFileSync(file, await format(JSON.stringify(content), { parser: 'json', printWidth: 100 }));
  process.stdout.write(`wrote ${file}\n`);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`lists: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
