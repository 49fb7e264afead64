import { Addresses, type Network } from './addresses';
import { AGENT_LISTS, type CrowdAgent, PEOPLE_AGENTS, escapeAgent } from './agents';
import type { Chance } from './chance';
import { DATACENTRE_ASNS, PLACES } from './places';

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
  readonly host: string;
  /** Columns that are the same on each of its lines, as they stand in the log. */
  readonly columns: { readonly edgeAndAgent: string; readonly countryAndAsn: string };
}

/** Who shares an address: the agents that are taken, and the residues of session ids. */
interface Household {
  readonly network: Network;
  readonly agents: Set<CrowdAgent>;
  readonly residues: Set<number>;
  readonly clientsMax: number;
  clients: number;
}

/** What I2_session_id takes a session id modulo of. */
const SESSION_IDS_MAX = 1024;
const HOSTS = ['live.example.com', 'backup.example.net'] as const;
const CARRIER_SHARE = 0.2;
const CARRIER_CLIENTS = 40;

/** Makes the clients of one event, each with an identity of its own. */
export class Clients {
  count = 0;
  private readonly addresses: Addresses;
  private readonly carriers: Household[] = [];
  private home: Household | undefined;

  constructor(private readonly chance: Chance) {
    this.addresses = new Addresses(chance);
  }

  person(): Client {
    const { chance } = this;
    return chance.bool(CARRIER_SHARE) ? this.behindCarrier() : this.atHome();
  }

  /** A machine has an address of its own. */
  machine(agent: CrowdAgent, { isHosted = false } = {}): Client {
    const household = this.open(this.addresses.home(), 1);
    return this.make({ agent, household, isHosted, sessionId: '' });
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
    for (;;) {
      const id = uuid(this.chance);
      const residue = fnv1a(id) % SESSION_IDS_MAX;
      // A household has at most some dozens of clients, so most ids are free.
      if (residues.has(residue)) continue;
      residues.add(residue);
      return id;
    }
  }

  private make(identity: {
    agent: CrowdAgent;
    household: Household;
    sessionId: string;
    isHosted?: boolean;
  }): Client {
    const { chance } = this;
    const { agent, household, sessionId, isHosted = false } = identity;
    const place = chance.pick(PLACES);
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
      host: chance.bool(0.95) ? HOSTS[0] : HOSTS[1],
      columns: {
        edgeAndAgent: `${edge}\t${escapeAgent(agent.text)}`,
        countryAndAsn: `${place.country || '-'}\t${asn || '-'}`,
      },
    };
  }
}

/** Version 4, as players make them. */
function uuid(chance: Chance): string {
  const hex = (digits: number) =>
    chance
      .int(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(6)}${hex(6)}`;
}

/** FNV-1a, 32 bits. Ids are plain ASCII. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(n), 0x01000193);
  }
  return hash >>> 0;
}
