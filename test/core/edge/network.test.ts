import { judgeAgent } from '../../../lambdas/core/edge/agent';
import { parseCidr, parseIp } from '../../../lambdas/core/edge/cidr';
import {
  NETWORK_RULES,
  judgeHit,
  makeNetworks,
  type NetworkFacts,
  type NetworkLists,
} from '../../../lambdas/core/edge/network';
import { SHIPPED_FILES, listsOf } from '../../../lambdas/core/edge/network-lists';
import { Prng } from '../../support/prng';

const NOWHERE: NetworkFacts = { relay: false, datacentre: false, crawlers: [] };
const LISTS: NetworkLists = {
  crawlers: {
    googlebot: ['192.0.2.0/26', '2001:db8:1::/64'],
    bing: ['192.0.2.32/27'],
    duckduckbot: ['192.0.2.100'],
    duckassistbot: ['192.0.2.100'],
    openai: ['192.0.2.101'],
    perplexity: ['192.0.2.102'],
    pingdom: ['2001:db8:2::1'],
    statuscake: ['192.0.2.104'],
  },
  relay: ['198.51.100.0/25', '2001:db8:a::/48'],
  datacentre: { asns: [64496], ranges: ['198.51.100.0/24', '203.0.113.255/32', '2001:db8::/32'] },
};
const networks = makeNetworks(LISTS);

function factsOf(text: string): NetworkFacts {
  const ip = parseIp(text);
  if (!ip.ok) throw new Error(`must be an address, got ${text}`);
  return ip.version === 4 ? networks.judge4(ip.ip) : networks.judge6(ip.hi, ip.lo);
}

describe('parseIp', () => {
  it.each([
    ['192.0.2.1', { version: 4, ip: 0xc0000201 }],
    ['255.255.255.255', { version: 4, ip: 0xffffffff }],
    ['::ffff:192.0.2.1', { version: 4, ip: 0xc0000201 }],
    ['::FFFF:c000:201', { version: 4, ip: 0xc0000201 }],
    ['2001:db8:1:2:3:4:5:6', { version: 6, hi: 0x20010db8, lo: 0x00010002 }],
    ['2001:db8::1', { version: 6, hi: 0x20010db8, lo: 0 }],
    ['::', { version: 6, hi: 0, lo: 0 }],
    ['::1', { version: 6, hi: 0, lo: 0 }],
    ['64:ff9b::192.0.2.1', { version: 6, hi: 0x0064ff9b, lo: 0 }],
    [' 192.0.2.1 ', { version: 4, ip: 0xc0000201 }],
  ])('reads %s', (text, expected) => {
    expect(parseIp(text)).toEqual({ ok: true, ...expected });
  });

  it.each([
    '',
    '-',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.01',
    '1.2.3.4.5',
    '2001:db8',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7:8::',
    '::1.2.3',
    '2001:db8::1%eth0',
    'x.x.x.x',
  ])('refuses %j', (text) => {
    expect(parseIp(text)).toEqual({ ok: false, reason: 'not_an_address' });
  });
});

describe('parseCidr', () => {
  it.each([
    ['192.0.2.0/24', 4, 0xc0000200n, 0xc00002ffn],
    ['192.0.2.7/24', 4, 0xc0000200n, 0xc00002ffn], // host bits may be set
    ['192.0.2.7', 4, 0xc0000207n, 0xc0000207n], // lists hold bare addresses too
    ['0.0.0.0/0', 4, 0n, 0xffffffffn],
    ['::ffff:192.0.2.0/120', 4, 0xc0000200n, 0xc00002ffn],
    ['2001:db8::/32', 6, 0x20010db800000000n, 0x20010db8ffffffffn],
    ['2001:db8:0:1::/64', 6, 0x20010db800000001n, 0x20010db800000001n],
    ['2001:db8:0:1::5', 6, 0x20010db800000001n, 0x20010db800000001n], // widened to its /64
    ['::/0', 6, 0n, 0xffffffffffffffffn],
  ])('reads %s', (text, version, first, last) => {
    expect(parseCidr(text)).toEqual({ ok: true, version, first, last });
  });

  it.each([
    ['192.0.2.0/33', 'bad_prefix_length'],
    ['192.0.2.0/', 'bad_prefix_length'],
    ['192.0.2.0/-1', 'bad_prefix_length'],
    ['2001:db8::/129', 'bad_prefix_length'],
    ['::ffff:192.0.2.0/95', 'bad_prefix_length'],
    ['192.0.2.0/24/8', 'not_an_address'],
    ['# comment', 'not_an_address'],
  ])('refuses %s', (text, reason) => {
    expect(parseCidr(text)).toEqual({ ok: false, reason });
  });
});

describe('makeNetworks', () => {
  it.each([
    ['191.255.255.255', NOWHERE],
    ['192.0.2.0', { ...NOWHERE, crawlers: ['googlebot'] }],
    ['192.0.2.31', { ...NOWHERE, crawlers: ['googlebot'] }],
    ['192.0.2.32', { ...NOWHERE, crawlers: ['googlebot', 'bing'] }],
    ['192.0.2.63', { ...NOWHERE, crawlers: ['googlebot', 'bing'] }],
    ['192.0.2.64', NOWHERE],
    ['192.0.2.100', { ...NOWHERE, crawlers: ['duckduckbot', 'duckassistbot'] }],
    ['198.51.99.255', NOWHERE],
    ['198.51.100.0', { relay: true, datacentre: true, crawlers: [] }],
    ['198.51.100.127', { relay: true, datacentre: true, crawlers: [] }],
    ['198.51.100.128', { relay: false, datacentre: true, crawlers: [] }],
    ['198.51.101.0', NOWHERE],
    ['2001:db7:ffff:ffff::1', NOWHERE],
    ['2001:db8::1', { relay: false, datacentre: true, crawlers: [] }],
    ['2001:db8:1::99', { relay: false, datacentre: true, crawlers: ['googlebot'] }],
    ['2001:db8:1:1::99', { relay: false, datacentre: true, crawlers: [] }],
    ['2001:db8:2::ffff', { relay: false, datacentre: true, crawlers: ['pingdom'] }],
    ['2001:db8:a:ffff::1', { relay: true, datacentre: true, crawlers: [] }],
    ['2001:db9::', NOWHERE],
    ['ffff:ffff:ffff:ffff::', NOWHERE],
  ])('knows both sides of each border: %s', (text, facts) => {
    expect(factsOf(text)).toEqual(facts);
  });

  it('gives the same object for the same facts, because it is asked once per line', () => {
    expect(factsOf('192.0.2.1')).toBe(factsOf('192.0.2.2'));
    expect(factsOf('10.0.0.1')).toBe(factsOf('223.255.255.255'));
    expect(Object.isFrozen(factsOf('192.0.2.1'))).toBe(true);
  });

  it('knows the ends of the address space', () => {
    const all = makeNetworks({ ...LISTS, relay: ['0.0.0.0/0', '::/0'] });
    expect(all.judge4(0).relay).toBe(true);
    expect(all.judge4(0xffffffff).relay).toBe(true);
    expect(all.judge6(0, 0).relay).toBe(true);
    expect(all.judge6(0xffffffff, 0xffffffff).relay).toBe(true);
  });

  it('knows a system by its number', () => {
    expect([networks.isDatacentreAsn(64496), networks.isDatacentreAsn(64497)]).toEqual([
      true,
      false,
    ]);
  });

  it('refuses a list that it cannot read, and says which entry', () => {
    expect(() => makeNetworks({ ...LISTS, relay: ['198.51.100.0/24', 'AS64496'] })).toThrow(
      'relay must hold CIDRs, got "AS64496"',
    );
  });

  it('refuses a crawler without ranges: all its hits would be called fakes', () => {
    const crawlers = { ...LISTS.crawlers, bing: [] };
    expect(() => makeNetworks({ ...LISTS, crawlers })).toThrow('crawlers.bing must hold at least');
  });

  it.each(Array.from({ length: 50 }, (_, n) => n + 1))(
    'finds what reading the whole list finds (SEED=%i)',
    (seed) => {
      const prng = new Prng(seed);
      const below = (max: number) => Math.floor(prng.next() * max);
      const anyRange = () => `10.${below(2)}.${below(4)}.${below(256)}/${14 + below(19)}`;
      const relay = Array.from({ length: 20 }, anyRange);
      const ranges = Array.from({ length: 20 }, anyRange);
      const made = makeNetworks({ ...LISTS, relay, datacentre: { asns: [], ranges } });
      for (let n = 0; n < 200; n += 1) {
        const ip = 0x0a000000 + below(2) * 0x10000 + below(1024);
        const facts = made.judge4(ip);
        expect([facts.relay, facts.datacentre]).toEqual([holds(relay, ip), holds(ranges, ip)]);
      }
    },
  );
});

function holds(ranges: readonly string[], ip: number): boolean {
  return ranges.some((text) => {
    const cidr = parseCidr(text);
    return cidr.ok && cidr.first <= BigInt(ip) && BigInt(ip) <= cidr.last;
  });
}

describe('judgeHit', () => {
  const player = judgeAgent('AppleCoreMedia/1.0.0.21E219 (iPhone; U; CPU OS 17_4 like Mac OS X)');
  const browser = judgeAgent(
    'Mozilla/5.0 (Windows NT 10.0; rv:133.0) Gecko/20100101 Firefox/133.0',
  );
  const tool = judgeAgent('curl/8.4.0');
  const googlebot = judgeAgent('Mozilla/5.0 (compatible; Googlebot/2.1)');
  const google = { ...NOWHERE, crawlers: ['googlebot', 'bing'] } as const;
  const relay = { ...NOWHERE, relay: true };
  const hosted = { ...NOWHERE, datacentre: true };
  const hostedRelay = { ...NOWHERE, relay: true, datacentre: true };

  it.each([
    ['a crawler at home', googlebot, google, false, 'verified_crawler', 'N001_verified_crawler'],
    [
      'a crawler in its own cloud',
      googlebot,
      { ...google, datacentre: true },
      true,
      'verified_crawler',
      'N001_verified_crawler',
    ],
    ['its name elsewhere', googlebot, NOWHERE, false, 'fake_crawler', 'N002_fake_crawler'],
    [
      'its name at another crawler',
      googlebot,
      { ...NOWHERE, crawlers: ['bing'] } as const,
      false,
      'fake_crawler',
      'N002_fake_crawler',
    ],
    ['its name behind a relay', googlebot, hostedRelay, true, 'fake_crawler', 'N002_fake_crawler'],
    ['a player behind a relay in a datacentre', player, hostedRelay, false, 'player', 'N003_relay'],
    ['a browser behind a relay in a hosting system', browser, relay, true, 'browser', 'N003_relay'],
    ['a player in a datacentre', player, hosted, false, 'datacentre', 'N004_datacentre_range'],
    ['a browser in both', browser, hosted, true, 'datacentre', 'N004_datacentre_range'],
    ['a browser in a hosting system', browser, NOWHERE, true, 'datacentre', 'N005_datacentre_asn'],
    ['a player at home', player, NOWHERE, false, 'player', 'A202_apple_media'],
    [
      'a browser behind a relay that is nowhere hosted',
      browser,
      relay,
      false,
      'browser',
      'A604_desktop_platform',
    ],
    ['a tool in a datacentre stays what it says', tool, hosted, true, 'tool', 'A302_command_line'],
    [
      'a browser at a crawler that it does not name',
      browser,
      google,
      false,
      'browser',
      'A604_desktop_platform',
    ],
  ] as const)('%s', (_what, agent, facts, asn, hitClass, rule) => {
    const verdict = judgeHit(agent, facts, asn);
    expect([verdict.class, verdict.rule]).toEqual([hitClass, rule]);
  });

  it('reaches each network rule in the cases above', () => {
    const reached = [
      judgeHit(googlebot, google, false),
      judgeHit(googlebot, NOWHERE, false),
      judgeHit(player, hostedRelay, false),
      judgeHit(player, hosted, false),
      judgeHit(player, NOWHERE, true),
    ];
    expect(reached.map(({ rule }) => rule)).toEqual([...NETWORK_RULES]);
  });
});

describe('the shipped lists', () => {
  const shipped = makeNetworks(listsOf(SHIPPED_FILES));
  const judge = (text: string) => {
    const ip = parseIp(text);
    if (!ip.ok) throw new Error(`must be an address, got ${text}`);
    return ip.version === 4 ? shipped.judge4(ip.ip) : shipped.judge6(ip.hi, ip.lo);
  };

  it('say where they come from, when, and that they are abridged', () => {
    for (const file of Object.values(SHIPPED_FILES)) {
      expect(file.source).not.toBe('');
      expect(file.licence).not.toBe('');
      expect(file.date).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(file.note).toMatch(/Abridged|Full list/);
    }
  });

  it('hold the long-standing block of Googlebot', () => {
    expect(judge('66.249.66.1').crawlers).toEqual(['googlebot']);
    expect(judge('2001:4860:4801:10::1').crawlers).toEqual(['googlebot']);
    expect(judge('66.249.96.1').crawlers).toEqual([]);
  });

  // The well-known impostor: its reverse name says googlebot.com, the address is a hoster's.
  it('do not hold an address whose reverse name alone says Googlebot', () => {
    expect(judge('95.216.227.158').crawlers).toEqual([]);
  });

  it('hold no documentation address', () => {
    for (const text of ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1']) {
      expect(judge(text)).toEqual(NOWHERE);
    }
  });
});
