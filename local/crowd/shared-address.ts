import type { CrowdAgent } from './agents';
import type { Chance } from './chance';
import type { Client, Household, Identity } from './client';
import { someSessionId } from './session-id';
import { SHARED_AGENTS } from './shared-agents';

/** Players that send CMCD, as elsewhere in the crowd. */
const SESSION_SHARE = 0.25;
/** Of one agent more ids than this could not be told apart for long: there are 1,024 residues. */
const SESSIONS_OF_AGENT_MAX = 700;

/**
 * One address with thousands of people behind it. Those of one agent without a session id are one viewer to
 * whoever reads the log (I1_viewer), so they are one client here, with as many scripts as people.
 */
export class SharedAddress {
  private readonly lone = new Map<CrowdAgent, Client>();
  private readonly residues = new Map<CrowdAgent, Set<number>>();

  constructor(
    private readonly chance: Chance,
    private readonly household: Household,
  ) {}

  next(make: (identity: Identity) => Client): Client {
    const { chance, household, lone } = this;
    const agent = someAgent(chance);
    const residues = this.residuesOf(agent);
    if (chance.bool(SESSION_SHARE) && residues.size < SESSIONS_OF_AGENT_MAX) {
      return make({ agent, household, sessionId: someSessionId(chance, residues) });
    }
    let client = lone.get(agent);
    if (client === undefined) lone.set(agent, (client = make({ agent, household, sessionId: '' })));
    return client;
  }

  private residuesOf(agent: CrowdAgent): Set<number> {
    let residues = this.residues.get(agent);
    if (residues === undefined) this.residues.set(agent, (residues = new Set()));
    return residues;
  }
}

/** New versions are on many phones and old ones on few: the square pulls towards the front of the list. */
function someAgent(chance: Chance): CrowdAgent {
  return SHARED_AGENTS[Math.floor(chance.next() ** 2 * SHARED_AGENTS.length)]!;
}
