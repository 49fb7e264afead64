import { makeDemoEdge } from '../../local/demo-edge';
import { makeWafAccount } from '../../local/waf-account';
import { Prng, seeds } from '../support/prng';

const Scope = 'CLOUDFRONT' as const;

/** An account with a set of each list and family, and the edge before it. */
function makeScene(propagationMs = 0, exempt: string[] = []) {
  let nowMs = 1_000_000;
  const account = makeWafAccount({ now: () => nowMs, propagationMs });
  const lists = ['block', 'block', 'count'] as const;
  const families = ['IPV4', 'IPV6', 'IPV4'] as const;
  const sets = lists.map((list, n) => {
    const { id } = account.provide({ name: `set-${n}`, scope: Scope, family: families[n]! });
    return { id, list };
  });
  const edge = makeDemoEdge({ source: account, sets, exempt });
  return {
    edge,
    account,
    fill: (n: number, addresses: string[]) => account.edit(sets[n]!.id, () => addresses),
    pass: (ms: number) => void (nowMs += ms),
    ask: (address: string) => edge.answers(address, nowMs),
  };
}

describe('makeDemoEdge', () => {
  it('refuses what a set of the list block holds, to its last address', () => {
    const { ask, fill, pass } = makeScene();
    fill(0, ['192.0.2.64/26', '198.51.100.7/32']);
    fill(1, ['2001:db8:0:8000::/49']);
    pass(1);
    const served = ['192.0.2.63', '192.0.2.128', '198.51.100.6', '198.51.100.8', '203.0.113.1'];
    const refused = ['192.0.2.64', '192.0.2.127', '198.51.100.7'];
    expect(served.map(ask)).toEqual(served.map(() => 'served'));
    expect(refused.map(ask)).toEqual(refused.map(() => 'refused'));
    expect(ask('2001:db8:0:7fff:ffff::')).toBe('served');
    expect(ask('2001:db8:0:8000::')).toBe('refused');
    expect(ask('2001:0DB8:0:ffff:ffff:ffff:ffff:ffff')).toBe('refused');
    expect(ask('2001:db8:1::')).toBe('served');
    expect(ask('-')).toBe('served');
  });

  it('counts what a set of the list count holds, refuses none of it, and counts no refusal twice', () => {
    const { ask, edge, fill } = makeScene();
    fill(0, ['192.0.2.0/25']);
    fill(2, ['192.0.2.0/24']);
    expect(['192.0.2.1', '192.0.2.1', '192.0.2.200', '203.0.113.1'].map(ask)).toEqual([
      'refused',
      'refused',
      'served',
      'served',
    ]);
    expect(edge.counts()).toEqual({ block: 2, count: 1 });
  });

  it('spares what is exempt, and still counts it', () => {
    const { ask, edge, fill } = makeScene(0, ['192.0.2.7/32', '2001:db8:1::/48']);
    fill(0, ['192.0.2.0/24']);
    fill(1, ['2001:db8::/32']);
    fill(2, ['192.0.2.0/24']);
    const asked = ['192.0.2.7', '192.0.2.8', '2001:db8:1::9', '2001:db8:2::9'];
    expect(asked.map(ask)).toEqual(['served', 'refused', 'served', 'refused']);
    expect(edge.counts()).toEqual({ block: 2, count: 1 });
  });

  it('obeys an update when it has spread, in both directions', () => {
    const { ask, fill, pass } = makeScene(5_000);
    fill(0, ['192.0.2.0/24']);
    pass(4_999);
    expect(ask('192.0.2.1')).toBe('served');
    pass(1);
    expect(ask('192.0.2.1')).toBe('refused');
    fill(0, []);
    pass(4_999);
    expect(ask('192.0.2.1')).toBe('refused');
    pass(1);
    expect(ask('192.0.2.1')).toBe('served');
  });

  it.each(seeds(60))('answers as whoever looks at each range does (SEED=%i)', (seed) => {
    const prng = new Prng(seed);
    const { ask, fill, pass } = makeScene();
    for (let turn = 0; turn < 3; turn += 1) {
      const ranges = Array.from({ length: prng.between(0, 40) }, () => {
        const bits = prng.between(1, 32);
        const size = 2 ** (32 - bits);
        const at = 0xc000_0200 + prng.int(1_024); // some of them lie within each other
        return { first: at - (at % size), size, bits };
      });
      fill(
        0,
        ranges.map(({ first, bits }) => `${dotted(first)}/${bits}`),
      );
      pass(1);
      for (let n = 0; n < 40; n += 1) {
        const at = 0xc000_0200 + prng.int(1_024);
        const isIn = ranges.some(({ first, size }) => at >= first && at < first + size);
        expect(ask(dotted(at))).toBe(isIn ? 'refused' : 'served');
      }
    }
  });

  it('reads a set again only when other content of it has arrived', () => {
    let version = 1;
    let reads = 0;
    const source = {
      edgeContent: () => ({
        version,
        get addresses() {
          reads += 1;
          return ['192.0.2.0/24'];
        },
      }),
    };
    const edge = makeDemoEdge({ source, sets: [{ id: 'x', list: 'block' }] });
    for (let n = 0; n < 100; n += 1) edge.answers(`192.0.2.${n}`, n);
    const first = reads;
    version = 2;
    for (let n = 100; n < 200; n += 1) edge.answers(`192.0.2.${n}`, n);
    expect([first, reads]).toEqual([1, 2]);
  });
});

function dotted(ip: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(ip / 2 ** shift) % 256).join('.');
}
