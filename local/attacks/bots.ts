/** The bots of each active shape: how many, where, what they ask for and how often. */
import type { Network } from '../crowd/addresses';
import { AGENTS, rotatedAgent, somePlace } from './bot-agents';
import * as asks from './bot-asks';
import {
  type BotOptions,
  type Bots,
  Gang,
  countOf,
  lowHalf,
  someRate,
  spread,
  steady,
} from './gang';

export type BotShape =
  | 'single-source'
  | 'botnet'
  | 'rotating-agents'
  | 'one-slash-64'
  | 'cache-busting'
  | 'manifest-hammering'
  | 'slow-scrapers'
  | 'behind-cgnat'
  | 'home-devices';

export function makeBots(shape: BotShape, options: BotOptions): Bots {
  return MAKERS[shape](options);
}

const MAKERS: Readonly<Record<BotShape, (options: BotOptions) => Bots>> = {
  'single-source'(options) {
    const { chance, networks, scale, perSecond = 50 } = options;
    const gang = new Gang(options);
    const agents = [chance.pick(chance.bool(0.5) ? AGENTS.tools : AGENTS.browsers)];
    gang.add(networks.hosted24(), {
      ask: asks.askMixture,
      agents,
      perSecond: perSecond * scale,
      isHosted: true,
      backsOff: false,
    });
    return gang.done();
  },

  botnet(options) {
    const { chance, networks, perSecond = 3 } = options;
    const gang = new Gang({ ...options, rampMs: options.rampMs ?? 20_000 });
    for (let n = countOf(options, 50_000); n > 0; n -= 1) {
      const isHosted = chance.bool(0.6);
      gang.add(isHosted ? networks.hosted24() : networks.residential(), {
        ask: asks.askMixture,
        agents: [chance.pick(isHosted ? AGENTS.browsers : AGENTS.people)],
        perSecond: someRate(chance, perSecond),
        isHosted,
        ...(options.requestsMax === undefined ? {} : { turnsMax: options.requestsMax }),
      });
    }
    return gang.done();
  },

  'rotating-agents': makeRotating,

  /** A thousand loops at a time, each through its part of the addresses, one request for each. */
  'one-slash-64'(options) {
    const { chance, networks, lengthMs } = options;
    const gang = new Gang(options);
    const count = countOf(options, 1_000_000);
    const loops = Math.min(1000, count);
    const network = networks.some64();
    const offender = gang.addName({ source: network.source, kind: 'slash64', holdsViewers: false });
    const [high, low] = [chance.int(2 ** 30), chance.int(2 ** 30)];
    for (let loop = 0; loop < loops; loop += 1) {
      const turnsMax = Math.ceil((count - loop) / loops);
      gang.add(network, {
        ...spread(lengthMs, turnsMax, chance),
        offender,
        turnsMax,
        ask: asks.askMixture,
        agents: AGENTS.browsers,
        backsOff: false,
        lowHalf: (turn) => lowHalf(high, low, turn * loops + loop),
      });
    }
    return gang.done();
  },

  'cache-busting'(options) {
    const { chance, networks, perSecond = 20 } = options;
    const gang = new Gang(options);
    for (let n = countOf(options, 20); n > 0; n -= 1) {
      const isHosted = chance.bool(0.5);
      gang.add(isHosted ? networks.hosted24() : networks.residential(), {
        ask: asks.askBusting,
        agents: [chance.pick(AGENTS.browsers)],
        perSecond: someRate(chance, perSecond),
        isHosted,
      });
    }
    return gang.done();
  },

  'manifest-hammering'(options) {
    const { chance, networks, perSecond = 10 } = options;
    const gang = new Gang(options);
    for (let n = countOf(options, 50); n > 0; n -= 1) {
      const rate = someRate(chance, perSecond);
      const agents = [chance.pick(AGENTS.players)];
      gang.add(networks.residential(), {
        ask: asks.askManifest,
        agents,
        perSecond: rate,
        gapMs: steady(rate),
      });
    }
    return gang.done();
  },

  'slow-scrapers'(options) {
    const { chance, networks, perSecond = 0.25 } = options;
    const gang = new Gang(options);
    for (let n = countOf(options, 200); n > 0; n -= 1) {
      const isHosted = chance.bool(0.5);
      const rate = someRate(chance, perSecond);
      gang.add(isHosted ? networks.hosted24() : networks.residential(), {
        ask: asks.askScrape,
        agents: [chance.pick(AGENTS.browsers)],
        perSecond: rate,
        gapMs: steady(rate),
        isHosted,
      });
    }
    return gang.done();
  },

  'behind-cgnat'(options) {
    const { chance, cgnatSource, perSecond = 3 } = options;
    if (cgnatSource === undefined) {
      throw new Error(
        'cgnatSource of an attack behind-cgnat: got none, expected the address of a crowd',
      );
    }
    const gang = new Gang(options);
    const network: Network = { text: cgnatSource, isV6: false, source: cgnatSource };
    const offender = gang.addName({ source: cgnatSource, kind: 'address', holdsViewers: true });
    const place = somePlace(chance, false);
    for (let n = countOf(options, 50); n > 0; n -= 1) {
      const agents = [chance.pick(AGENTS.phones)];
      gang.add(network, {
        ...place,
        offender,
        ask: asks.askMixture,
        agents,
        perSecond: someRate(chance, perSecond),
      });
    }
    return gang.done();
  },

  'home-devices': makeHomeDevices,
};

/**
 * About one request for each address: 10,372 of them in 7 minutes, as somebody's archive saw it. One in thirty
 * comes a second time. The offenders are the networks: no address did anything to speak of.
 */
function makeRotating(options: BotOptions): Bots {
  const { chance, networks, lengthMs, networksHoldViewers: holdsViewers } = options;
  const gang = new Gang(options);
  const firsts = networks.some20(NETWORKS, holdsViewers);
  const count = countOf(options, 10_372);
  if (count > ADDRESSES_MAX) {
    throw new Error(
      `addresses of rotating-agents: got ${count}, expected at most ${ADDRESSES_MAX}`,
    );
  }
  firsts.forEach((first) => {
    const bytes = [first >>> 24, (first >>> 16) & 255, (first >>> 8) & 255];
    gang.addName({ source: `${bytes.join('.')}.0/20`, kind: 'network', holdsViewers });
  });
  for (let n = 0; n < count; n += 1) {
    const offender = n % NETWORKS;
    gang.add(networks.in20(firsts[offender]!), {
      offender,
      ask: asks.askDear,
      agents: [rotatedAgent(chance)],
      fromMs: Math.floor(chance.next() * lengthMs),
      gapMs: (its) => 5_000 + its.int(60_000),
      turnsMax: chance.bool(1 / 30) ? 2 : 1,
      isHosted: !holdsViewers,
    });
  }
  return gang.done();
}

const NETWORKS = 8;
/** So that a /20 has room for them beside viewers. */
const ADDRESSES_MAX = NETWORKS * 2500;

/**
 * Televisions at home, taken over. Half of them play much too fast: playlist, segment, playlist, eight requests
 * a second. The others keep a player's time at twice its rhythm and never get a segment whole. What gives them
 * away: fast ones ask for the segment of this moment again and again, so hits are many times what their presence
 * explains; hollow ones have no media delivered at all. What does not: agent, device, network, country, paths and
 * their order are those of players. A tenth lives behind the address of a viewer.
 */
function makeHomeDevices(options: BotOptions): Bots {
  const { chance, networks, hasHomes, perSecond = 8 } = options;
  const gang = new Gang(options);
  const shared = new Map<string, number>();
  for (let n = countOf(options, 2000); n > 0; n -= 1) {
    const holdsViewers = hasHomes && chance.bool(0.1);
    const network = holdsViewers ? networks.ofViewer() : networks.residential();
    const isFast = chance.bool(0.5);
    const rate = isFast ? someRate(chance, perSecond) : 0.7;
    const offender =
      shared.get(network.source) ??
      gang.addName({
        source: network.source,
        kind: network.isV6 ? 'slash64' : 'address',
        holdsViewers,
      });
    shared.set(network.source, offender);
    gang.add(network, {
      offender,
      ask: isFast ? asks.askTooFast : asks.askHollow,
      agents: [chance.pick(AGENTS.televisions)],
      perSecond: rate,
      gapMs: steady(rate),
    });
  }
  return gang.done();
}
