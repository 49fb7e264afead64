import { asnsIn, rangesIn, readLists } from '../../../bin/update-lists';
import { makeDeclaredBots } from '../../../bin/declared-bots';
import declared from '../../../lambdas/core/edge/data/declared-bots.json';
import { listsOf } from '../../../lambdas/core/edge/network-lists';
import { makeNetworks } from '../../../lambdas/core/edge/network';

describe('the generated list of bots', () => {
  it('is what the generator makes of the installed packages: nobody edits it by hand', () => {
    expect(makeDeclaredBots(declared.date)).toEqual(declared);
  });

  it('gives a reason for each pattern that it leaves out', () => {
    expect(Object.values(declared.leftOut).filter((reason) => reason === '')).toEqual([]);
    expect(declared.leftOut).toHaveProperty('okhttp');
  });
});

describe('the formats of publishers', () => {
  it('JSON with prefixes, whatever else stands in it', () => {
    const text =
      '{"creationTime":"2026-11-24","prefixes":[{"ipv4Prefix":"192.0.2.0/24"},{"ipv6Prefix":"2001:db8::/32"}]}';
    expect(rangesIn(text)).toEqual(['192.0.2.0/24', '2001:db8::/32']);
  });

  it('CSV with the range first, or one range a line, bare addresses too', () => {
    expect(rangesIn('192.0.2.0/31,US,US-CA,Town,\n')).toEqual(['192.0.2.0/31']);
    expect(rangesIn('# probes\r\n192.0.2.9\r\n\n2001:db8::9 # x\n')).toEqual([
      '192.0.2.9',
      '2001:db8::9',
    ]);
  });

  it('refuses a page of errors, instead of taking it for an empty list', () => {
    expect(() => rangesIn('<html>busy</html>')).toThrow('each line must begin with a range');
    expect(() => asnsIn('<html>busy</html>')).toThrow('each line must begin with AS<number>');
  });

  it('numbers of systems with their names', () => {
    expect(asnsIn('# hosters\nAS64496 # EXAMPLE\nAS64497\n')).toEqual([64496, 64497]);
  });
});

describe('readLists', () => {
  const sources = {
    name: 'a test',
    crawler: async () => ['192.0.2.0/24\n192.0.2.0/24\n'],
    relay: async () => ['198.51.100.0/24\n'],
    datacentres: async () => ['AS64497\nAS64496\nAS64496\n'],
  };

  it('gives files that the program can read', async () => {
    const files = await readLists(sources, '2026-11-24');
    expect(files.crawlers.ranges.bing).toEqual(['192.0.2.0/24']);
    expect(files.datacentres.asns).toEqual([64496, 64497]);
    expect(makeNetworks(listsOf(files)).judge4(0xc6336401).relay).toBe(true);
  });

  it.each([
    ['a crawler', { crawler: async () => [''] }, 'crawlers.googlebot must hold at least one range'],
    ['the relay', { relay: async () => ['{}'] }, 'relay must hold at least one range'],
    [
      'the datacentres',
      { datacentres: async () => [] },
      'datacentres must hold at least one number',
    ],
  ])('refuses an empty list of %s', async (_what, broken, message) => {
    await expect(readLists({ ...sources, ...broken }, '2026-11-24')).rejects.toThrow(message);
  });
});
