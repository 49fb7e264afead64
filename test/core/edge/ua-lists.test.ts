import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { AGENT_RULES, judgeAgent } from '../../../lambdas/core/edge/agent';
import { CRAWLERS } from '../../../lambdas/core/edge/agent-rule';
import { parseCidr } from '../../../lambdas/core/edge/cidr';
import { CLASSES, PERSON_CLASSES } from '../../../lambdas/core/edge/classes';
import { SHIPPED_FILES } from '../../../lambdas/core/edge/network-lists';
import { dataPath, describeWithData } from '../../support/data';

const FOLDER = ['ua-labelled', 'dev'] as const;

function read(...parts: string[]): string {
  const path = dataPath(...parts);
  if (path === undefined) return '';
  const bytes = readFileSync(path);
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

function agentsOf(file: string): string[] {
  const lines = read(...FOLDER, file).split('\n');
  return lines.filter((line) => line !== '').map((line) => line.slice(line.indexOf('\t') + 1));
}

function invalidPercent(agents: readonly string[]): number {
  const invalid = agents.filter((agent) => {
    return CLASSES.indexOf(judgeAgent(agent).class) >= PERSON_CLASSES;
  });
  return (100 * invalid.length) / agents.length;
}

describeWithData('the labelled agents', () => {
  it('finds at least 97 % of the bots', () => {
    expect(invalidPercent(agentsOf('bots.tsv'))).toBeGreaterThanOrEqual(97);
  });

  it('calls at most 0.5 % of the browsers invalid', () => {
    expect(invalidPercent(agentsOf('browsers.tsv.gz'))).toBeLessThanOrEqual(0.5);
  });

  it('calls at most 0.5 % of the players invalid: there the views are', () => {
    expect(invalidPercent(agentsOf('players.tsv'))).toBeLessThanOrEqual(0.5);
  });

  /**
   * Goal: rules, not a copy of the test list. Method: a rule that decides for exactly one of its
   * strings was written for that string. The patterns of rules A406 and A407 come from published
   * lists, unread by us, so only the two rules as a whole are held to it.
   */
  it('has no rule of ours that decides for one string alone', () => {
    const decided = new Map<string, Set<string>>(AGENT_RULES.map(({ id }) => [id, new Set()]));
    for (const file of ['bots.tsv', 'browsers.tsv.gz', 'players.tsv']) {
      for (const agent of agentsOf(file)) decided.get(judgeAgent(agent).rule)!.add(agent);
    }
    const lone = [...decided].filter(([, agents]) => agents.size === 1).map(([id]) => id);
    expect(lone).toEqual([]);
  });
});

/** How much of the published lists the shipped, abridged ones cover. Printed, and held from below. */
describeWithData('the shipped network lists', () => {
  const rangesOf = (texts: readonly string[]) =>
    texts.map((text) => {
      const cidr = parseCidr(text);
      if (!cidr.ok) throw new Error(`must be a range, got ${text}`);
      return cidr;
    });
  const linesOf = (...parts: string[]) =>
    read(...parts)
      .split('\n')
      .map((line) => line.split(/[\s#]/, 1)[0]!)
      .filter((entry) => entry !== '');

  /** Percent of the published ranges, weighed by `size`, that lie whole in one of ours. */
  function coveredPercent(
    published: readonly string[],
    ours: readonly string[],
    size: (first: bigint, last: bigint) => bigint,
  ): number {
    const mine = rangesOf(ours);
    let all = 0n;
    let covered = 0n;
    for (const { version, first, last } of rangesOf(published)) {
      all += size(first, last);
      const isIn = mine.some(
        (own) => own.version === version && own.first <= first && last <= own.last,
      );
      if (isIn) covered += size(first, last);
    }
    return Number((covered * 10_000n) / all) / 100;
  }

  const addresses = (first: bigint, last: bigint) => last - first + 1n;
  const ranges = () => 1n;

  it.each(['ipv4_merged.txt', 'ipv6_merged.txt'])('relay exits in %s', (file) => {
    const published = linesOf('net-icloud-private-relay', file);
    const percent = coveredPercent(published, SHIPPED_FILES.relay.ranges, addresses);
    print(`relay ${file}: ${percent} % of the addresses`);
    expect(percent).toBeGreaterThan(99);
  });

  it('ranges of crawlers', () => {
    for (const crawler of CRAWLERS) {
      const published = ['ipv4.txt', 'ipv6.txt'].flatMap((file) =>
        linesOf('net-crawlers', crawler, file),
      );
      const percent = coveredPercent(published, SHIPPED_FILES.crawlers.ranges[crawler], ranges);
      print(`crawlers.${crawler}: ${percent} % of ${published.length} published ranges`);
      expect(percent).toBeGreaterThan(0);
    }
  });

  it('numbers of datacentres', () => {
    const entries = linesOf('net-x4bnet', 'datacenter-ASN.txt');
    const published = [...new Set(entries)].map((entry) => Number(entry.slice(2)));
    const ours = new Set(SHIPPED_FILES.datacentres.asns);
    const shared = published.filter((asn) => ours.has(asn)).length;
    print(`datacentres: ${shared} of ${published.length} published numbers`);
    expect(shared).toBeGreaterThan(50);
  });
});

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
