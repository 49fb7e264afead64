import crawlers from '../../lambdas/core/edge/data/crawlers.json';
import relay from '../../lambdas/core/edge/data/relay.json';
import { judgeAgent } from '../../lambdas/core/edge/agent';
import { makeNetworks } from '../../lambdas/core/edge/network';
import { SHIPPED_FILES, listsOf } from '../../lambdas/core/edge/network-lists';
import { Addresses, addressOf } from '../../local/crowd/addresses';
import { PEOPLE_AGENTS, escapeAgent } from '../../local/crowd/agents';
import { Chance } from '../../local/crowd/chance';
import { DATACENTRE_ASNS, PLACES } from '../../local/crowd/places';
import { AGENTS } from './crowd-lines';

/**
 * Goal: the crowd is what it says it is. Method: its agents and networks, written from the documents,
 * are shown to the classifier.
 */
describe('the agents of the crowd', () => {
  it.each(AGENTS.map((agent) => [agent.text, agent] as const))('%s', (text, agent) => {
    const verdict = judgeAgent(text);
    // The name of a checked crawler is a declared bot until its address is known.
    const isClaim = verdict.crawler !== null;
    expect(isClaim ? 'fake_crawler' : verdict.class).toBe(agent.class);
    expect(verdict.device).toBe(agent.device);
  });

  it('are all different, and enough for the many who share an address', () => {
    expect(new Set(AGENTS.map(({ text }) => text)).size).toBe(AGENTS.length);
    expect(PEOPLE_AGENTS.length).toBeGreaterThan(60);
  });

  it('stand in the log as CloudFront escapes them', () => {
    expect(escapeAgent('A/1 (B; "C" [d])')).toBe('A/1%20(B;%20%22C%22%20%5Bd%5D)');
    expect(escapeAgent('Märchen')).toBe('M%C3%A4rchen');
    expect(escapeAgent('')).toBe('-');
  });
});

describe('the places of the crowd', () => {
  const { isDatacentreAsn } = makeNetworks(listsOf(SHIPPED_FILES));

  it('have access networks that are no hosters, and hosters that are', () => {
    const asns = PLACES.flatMap((place) => place.asns);
    expect(asns.filter(isDatacentreAsn)).toEqual([]);
    expect(DATACENTRE_ASNS.filter((asn) => !isDatacentreAsn(asn))).toEqual([]);
  });

  it('are those of a hundred people', () => {
    expect(PLACES).toHaveLength(100);
  });
});

describe('the addresses of the crowd', () => {
  const addresses = new Addresses(new Chance(7));
  const networks = Array.from({ length: 20_000 }, (_, n) =>
    n % 50 === 0 ? addresses.carrier() : addresses.home(),
  );
  const chance = new Chance(8);
  const texts = networks.map((network) => addressOf(network, chance));

  it('are each given once, across all its networks', () => {
    expect(new Set(networks.map(({ text }) => text)).size).toBe(networks.length);
  });

  it('belong to nobody', () => {
    const allowed =
      /^(198\.1[89]|10|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|2[45]\d)\.|^2001:db8:[0-9a-f]{1,4}:[0-9a-f]{1,4}:/;
    expect(texts.filter((text) => !allowed.test(text))).toEqual([]);
    for (const some of [/^198\.1[89]\./, /^10\./, /^100\./, /^24\d\./, /^2001:db8:/]) {
      expect(texts.filter((text) => some.test(text)).length).toBeGreaterThan(100);
    }
    const ranges = [...Object.values(crawlers.ranges).flat(), ...relay.ranges];
    expect(ranges.filter((range) => allowed.test(range))).toEqual([]);
  });

  it('change their low half with each request where they are IPv6', () => {
    const six = networks.find(({ isV6 }) => isV6)!;
    const four = networks.find(({ isV6 }) => !isV6)!;
    const several = (network: typeof six) =>
      new Set(Array.from({ length: 20 }, () => addressOf(network, chance)));
    expect(several(six).size).toBeGreaterThan(15);
    expect([...several(six)].every((text) => text.startsWith(six.text))).toBe(true);
    expect(several(four).size).toBe(1);
  });
});
