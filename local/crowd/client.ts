import { Addresses, type Network } from './addresses';
import { AGENT_LISTS, type CrowdAgent, PEOPLE_AGENTS, escapeAgent } from './agents';
import type { Chance } from './chance';
import { DATACENTRE_ASNS, PLACES, type Place } from './places';
import { someSessionId } from './session-id';
import { SharedAddress } from './shared-address';

export type ClientClass = CrowdAgent['class'] | 'datacentre';

/**
 * Whoever asks, a person's device or a machine. Each is one viewer by I1_viewer and I2_session_id:
 * no two have the same network, agent and CMCD session id, so truth may count clients.
 */
export interface Client {
  /** from 0 */
  readonly id: number;
  readonly class: ClientClass;
  readonly device: string;
  readonly country: string;
  readonly network: Network;
  readonly edge: string;
  /** Empty if it sends no CMCD. */
  readonly sessionId: string;
  /** CMCD as a query argument, else as request headers. */
  readonly sendsQuery: boolean;
  /** Whether the pair of network and agent is its own, without the session id. */
  readonly isLonePair: boolean;
  readonly isPerson: boolean;
  readonly host: string;
  /** Columns that are the same on each of its lines, as they stand in the log. */
  readonly columns: { readonly edgeAndAgent: string; readonly countryAndAsn: string };
}

/** Who shares an address: the agents that are taken, and the residues of session ids. */
export interface Household {
  readonly network: Network;
  /** Undefined: each client is somewhere else. */
  readonly place?: Place;
  readonly agents: Set<CrowdAgent>;
  readonly residues: Set<number>;
  readonly clientsMax: number;
  clients: number;
}

export interface Identity {
  readonly agent: CrowdAgent;
  readonly household: Household;
  readonly sessionId: string;
  readonly isHosted?: boolean;
  readonly isPerson?: boolean;
}

const HOSTS = ['live.example.com', 'backup.example.net'] as const;
const CARRIER_SHARE = 0.2;
const CARRIER_CLIENTS = 40;

/** Makes the clients of one event, each with an identity of its own. */
export class Clients {
  count = 0;
  private readonly addresses: Addresses;
  private readonly carriers: Household[] = [];
  private home: Household | undefined;
  private shared: SharedAddress | undefined;

  constructor(private readonly chance: Chance) {
    this.addresses = new Addresses(chance);
  }

  person(): Client {
    const { chance } = this;
    return chance.bool(CARRIER_SHARE) ? this.behindCarrier() : this.atHome();
  }

  /** One of the thousands behind the one address that `CrowdOptions.cgnat` asks for. */
  personAtSharedAddress(): Client {
    const { chance } = this;
    if (this.shared === undefined) {
      const place = chance.pick(PLACES);
      const household = this.open(this.addresses.carrier(), Infinity);
      const placed = { ...household, place: { ...place, asns: [chance.pick(place.asns)] } };
      this.shared = new SharedAddress(chance, placed);
    }
    return this.shared.next((identity) => this.make(identity));
  }

  /** A machine has an address of its own. */
  machine(agent: CrowdAgent, { isHosted = false } = {}): Client {
    const household = this.open(this.addresses.home(), 1);
    return this.make({ agent, household, isHosted, isPerson: false, sessionId: '' });
  }

  /** At home several devices are behind one address, each with its own agent. */
  private atHome(): Client {
    const { chance } = this;
    const isFull = this.home === undefined || this.home.clients >= this.home.clientsMax;
    if (isFull) this.home = this.open(this.addresses.home(), chance.bool(0.25) ? 3 : 1);
    const household = this.home!;
    const agent = this.freeAgent(household)!;
    const sessionId = chance.bool(0.2) ? this.newSessionId(household) : '';
    return this.make({ agent, household, sessionId });
  }

  /**
   * Behind a carrier's address are dozens. Some are told apart by their agents; the others have the
   * agent of somebody else there and can be told apart by their session ids alone.
   */
  private behindCarrier(): Client {
    const { chance, carriers } = this;
    let household = carriers.at(-1);
    if (household === undefined || household.clients >= household.clientsMax) {
      household = this.open(this.addresses.carrier(), CARRIER_CLIENTS);
      carriers.push(household);
    } else if (chance.bool(0.5)) {
      const other = chance.pick(carriers);
      if (other.clients < other.clientsMax) household = other;
    }
    const agent = chance.bool(0.5) ? this.freeAgent(household) : undefined;
    if (agent !== undefined) return this.make({ agent, household, sessionId: '' });
    const common = PEOPLE_AGENTS[0]!;
    const agentOfAll = chance.bool(0.7) ? common : this.someAgent();
    return this.make({ agent: agentOfAll, household, sessionId: this.newSessionId(household) });
  }

  private open(network: Network, clientsMax: number): Household {
    return { network, agents: new Set(), residues: new Set(), clientsMax, clients: 0 };
  }

  private someAgent(): CrowdAgent {
    return this.chance.pick(this.chance.pick(AGENT_LISTS));
  }

  /** An agent that nobody of the household has; undefined if some tries find none. */
  private freeAgent({ agents }: Household): CrowdAgent | undefined {
    for (let n = 0; n < 20; n += 1) {
      const agent = this.someAgent();
      if (agents.has(agent)) continue;
      agents.add(agent);
      return agent;
    }
    return PEOPLE_AGENTS.find((agent) => !agents.has(agent));
  }

  /** Ids whose public hashes are alike modulo 1024 would make one viewer of two (I2_session_id). */
  private newSessionId({ residues }: Household): string {
    // A household has at most some dozens of clients, so most ids are free.
    return someSessionId(this.chance, residues);
  }

  private make(identity: Identity): Client {
    const { chance } = this;
    const { agent, household, sessionId, isHosted = false, isPerson = true } = identity;
    const place = household.place ?? chance.pick(PLACES);
    const edge = chance.pick(place.edges);
    const asn = isHosted ? chance.pick(DATACENTRE_ASNS) : chance.pick(place.asns);
    household.clients += 1;
    this.count += 1;
    return {
      id: this.count - 1,
      class: isHosted ? 'datacentre' : agent.class,
      device: agent.device,
      country: place.country,
      network: household.network,
      edge,
      sessionId,
      sendsQuery: chance.bool(0.5),
      isLonePair: sessionId === '',
      isPerson,
      host: chance.bool(0.95) ? HOSTS[0] : HOSTS[1],
      columns: {
        edgeAndAgent: `${edge}\t${escapeAgent(agent.text)}`,
        countryAndAsn: `${place.country || '-'}\t${asn || '-'}`,
      },
    };
  }
}
