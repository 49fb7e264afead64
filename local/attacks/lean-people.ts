/** Who is in a lean crowd: identities as numbers, because there may be millions. */
import { Addresses, type Network } from '../crowd/addresses';
import { PEOPLE_AGENTS, escapeAgent } from '../crowd/agents';
import type { Chance } from '../crowd/chance';
import { PLACES } from '../crowd/places';
import { SHARED_AGENTS } from '../crowd/shared-agents';

const CARRIER_SHARE = 0.2;
const CARRIER_PEOPLE = 40;
const SESSION_SHARE = 0.2;

/** All edges with all agents: a person's columns are two numbers. */
const AGENTS = [...PEOPLE_AGENTS, ...SHARED_AGENTS].map(({ text }) => escapeAgent(text));
const EDGES = [...new Set(PLACES.flatMap(({ edges }) => edges))];
const EDGE_AGENTS = EDGES.flatMap((edge) => AGENTS.map((agent) => `${edge}\t${agent}`));
const ORIGINS = [
  ...new Set(
    PLACES.flatMap(({ country, asns }) => asns.map((asn) => `${country || '-'}\t${asn || '-'}`)),
  ),
];

export class LeanPeople {
  readonly networks: Network[] = [];
  /** where each person's network is in `networks` */
  private readonly networkOf: Int32Array;
  private readonly edgeAgents: Uint16Array;
  private readonly origins: Uint8Array;
  /** Empty for those who send no CMCD. */
  private readonly sends: Uint8Array;
  readonly cgnatSource: string | undefined;
  private homeLeft = 0;
  private carrierLeft = 0;
  private carrier = 0;

  /** The last `cgnat` people are behind one address. */
  constructor(
    private readonly chance: Chance,
    readonly count: number,
    cgnat = 0,
  ) {
    const addresses = new Addresses(chance);
    this.networkOf = new Int32Array(count);
    this.edgeAgents = new Uint16Array(count);
    this.origins = new Uint8Array(count);
    this.sends = new Uint8Array(count);
    for (let n = 0; n < count - cgnat; n += 1) this.settle(n, addresses);
    if (cgnat === 0) return;
    const shared = addresses.carrier();
    this.cgnatSource = shared.source;
    this.networks.push(shared);
    const edge = chance.int(EDGES.length);
    const origin = chance.int(ORIGINS.length);
    for (let n = count - cgnat; n < count; n += 1) {
      this.networkOf[n] = this.networks.length - 1;
      const agent = PEOPLE_AGENTS.length + Math.floor(chance.next() ** 2 * SHARED_AGENTS.length);
      this.edgeAgents[n] = edge * AGENTS.length + agent;
      this.origins[n] = origin;
      this.sends[n] = chance.bool(SESSION_SHARE) ? 1 : 0;
    }
  }

  networkAt(person: number): Network {
    return this.networks[this.networkOf[person]!]!;
  }

  edgeAndAgent(person: number): string {
    return EDGE_AGENTS[this.edgeAgents[person]!]!;
  }

  countryAndAsn(person: number): string {
    return ORIGINS[this.origins[person]!]!;
  }

  /** Version 4, made of the person's number: to keep a million of them would be for nothing. */
  sessionId(person: number): string {
    if (this.sends[person] === 0) return '';
    const hex = (factor: number) =>
      (Math.imul(person + 1, factor) >>> 0).toString(16).padStart(8, '0');
    const [a, b, c] = [hex(0x9e37_79b1), hex(0x85eb_ca6b), hex(0xc2b2_ae35)] as const;
    return `${a}-${b.slice(0, 4)}-4${b.slice(4, 7)}-a${c.slice(0, 3)}-${c}${a.slice(4)}`;
  }

  /** How many people are behind each source. */
  sources(): Map<string, number> {
    const people = new Map<string, number>();
    for (const index of this.networkOf) {
      const { source } = this.networks[index]!;
      people.set(source, (people.get(source) ?? 0) + 1);
    }
    return people;
  }

  /** At home are one to three, behind the address of a carrier some dozens. */
  private settle(n: number, addresses: Addresses): void {
    const { chance, networks } = this;
    const isCarrier = chance.bool(CARRIER_SHARE);
    if (isCarrier) {
      if (this.carrierLeft === 0) {
        this.carrierLeft = CARRIER_PEOPLE;
        this.carrier = networks.push(addresses.carrier()) - 1;
      }
      this.carrierLeft -= 1;
      this.networkOf[n] = this.carrier;
    } else {
      if (this.homeLeft === 0) {
        this.homeLeft = chance.bool(0.25) ? 3 : 1;
        this.home = networks.push(addresses.home()) - 1;
      }
      this.homeLeft -= 1;
      this.networkOf[n] = this.home;
    }
    // Devices of one home differ; behind a carrier several people have the same.
    const agent = isCarrier
      ? chance.int(PEOPLE_AGENTS.length)
      : (this.home * 7 + this.homeLeft) % PEOPLE_AGENTS.length;
    this.edgeAgents[n] = chance.int(EDGES.length) * AGENTS.length + agent;
    this.origins[n] = chance.int(ORIGINS.length);
    this.sends[n] = chance.bool(SESSION_SHARE) ? 1 : 0;
  }

  private home = 0;
}
