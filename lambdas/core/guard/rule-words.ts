import { formatWhole } from '../plain-words';
import type { Block } from './plan';
import type { Evidence, SuspectRule } from './suspect';

/** Rules in one sentence each, for who was blocked; docs/GUARD.md, "S", has them with their numbers. */
export const RULE_MEANINGS: Readonly<Record<SuspectRule | 'manual', string>> = {
  S1_flood: 'It sent more requests than the viewers behind it explain.',
  S2_manifest: 'It asked for manifests again and again, and hardly for media.',
  S3_cache_busting: 'It sent queries that are different each time, so that caches are passed by.',
  S4_error_scan: 'Most of its requests were answered with 4xx, to many paths.',
  S5_brute_force: 'It tried to log in, or wrote to where it was refused, again and again.',
  S6_probe: 'A request had the shape of a known exploit.',
  S7_non_player: 'It asked for media or manifests as no player does, and nobody watched.',
  S8_tool: 'It says of itself that it is a tool, and sent many requests.',
  S9_fake_crawler: 'It carries the name of a crawler from outside its networks.',
  S10_slow_scraper: 'It asked for manifests or pages for minutes, and never had media delivered.',
  S11_network: 'Many addresses of one network sent one or two requests each, and nobody watched.',
  S12_asks: 'It asked for manifests, media or pages more often than people do before they watch.',
  manual: 'A person blocked it.',
};

type Seen = Evidence & Pick<Block, 'verifiedViewers'>;

/** What was seen, in words: `in 10 seconds 412 requests, 152 explained by 1 viewer: 260 too many` */
export function evidenceText(rule: Block['rule'], evidence: Evidence, viewers: number): string {
  const seen = { ...evidence, verifiedViewers: viewers };
  const { windowSeconds, hits, refused } = seen;
  const start = `in ${count(windowSeconds, 'second')} ${count(hits, 'request')}`;
  const more = rule === 'manual' ? [] : MORE[rule](seen);
  const also = refused === 0 ? [] : [`${formatWhole(refused)} of which were refused by us`];
  return [start, ...more, ...also].join(', ');
}

const MORE: Readonly<Record<SuspectRule, (seen: Seen) => string[]>> = {
  S1_flood: (seen) => [explained(seen)],
  S2_manifest: ({ manifests, media }) => [manifestsText(manifests), mediaText(media)],
  S3_cache_busting: ({ urls, media }) => [
    count(urls, 'different query', 'different queries'),
    mediaText(media),
  ],
  S4_error_scan: ({ denied, urls }) => [deniedText(denied), count(urls, 'path')],
  S5_brute_force: ({ denied, urls }) => [deniedText(denied), count(urls, 'path')],
  S6_probe: ({ denied }) => [deniedText(denied)],
  S7_non_player: ({ manifests, media }) => [manifestsText(manifests), mediaText(media)],
  S8_tool: ({ agents }) => [count(agents, 'agent')],
  S9_fake_crawler: ({ agents }) => [count(agents, 'agent')],
  S10_slow_scraper: ({ manifests, pages, media }) => [
    manifestsText(manifests),
    count(pages, 'page'),
    mediaText(media),
  ],
  S11_network: ({ agents }) => [`from ${count(agents, 'address', 'addresses')}`],
  S12_asks: (seen) => [explained(seen)],
};

function explained({ hits, explained: n, verifiedViewers }: Seen): string {
  const by =
    verifiedViewers === 0 ? 'by people who may arrive' : `by ${count(verifiedViewers, 'viewer')}`;
  return `${formatWhole(n)} explained ${by}: ${formatWhole(Math.max(0, hits - n))} too many`;
}

const manifestsText = (n: number) => count(n, 'manifest');
const mediaText = (n: number) => (n === 0 ? 'no media' : `${formatWhole(n)} of media`);
const deniedText = (n: number) => `${formatWhole(n)} answered with 4xx`;

export function count(n: number, one: string, many = `${one}s`): string {
  return `${formatWhole(n)} ${n === 1 ? one : many}`;
}
