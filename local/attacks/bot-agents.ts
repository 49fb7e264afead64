import { PEOPLE_AGENTS, POSED_BROWSERS, escapeAgent } from '../crowd/agents';
import { TOOLS } from '../crowd/agents';
import type { Chance } from '../crowd/chance';
import { DATACENTRE_ASNS, PLACES } from '../crowd/places';
import { SHARED_AGENTS } from '../crowd/shared-agents';

const texts = (agents: readonly { readonly text: string }[]) =>
  agents.map(({ text }) => escapeAgent(text));

/** As they stand in the log. */
export const AGENTS = {
  browsers: texts(POSED_BROWSERS),
  people: texts(PEOPLE_AGENTS),
  players: texts(PEOPLE_AGENTS.filter((agent) => agent.class === 'player')),
  televisions: texts(PEOPLE_AGENTS.filter(({ device }) => device === 'tv')),
  phones: texts(SHARED_AGENTS),
  tools: texts(TOOLS),
} as const;

/** A browser with versions that are all different: tens of thousands of them. */
export function rotatedAgent(chance: Chance): string {
  const [major, build, patch] = [
    chance.between(96, 131),
    chance.int(7000),
    chance.int(200),
  ] as const;
  const system = chance.pick([
    'Windows%20NT%2010.0;%20Win64;%20x64',
    'X11;%20Linux%20x86_64',
    'Macintosh;%20Intel%20Mac%20OS%20X%2010_15_7',
  ]);
  return `Mozilla/5.0%20(${system})%20AppleWebKit/537.36%20(KHTML,%20like%20Gecko)%20Chrome/${major}.0.${build}.${patch}%20Safari/537.36`;
}

/** Edge, country and autonomous system of a bot. */
export function somePlace(
  chance: Chance,
  isHosted: boolean,
): { edge: string; countryAndAsn: string } {
  const place = chance.pick(PLACES);
  const asn = chance.pick(isHosted ? DATACENTRE_ASNS : place.asns);
  return {
    edge: chance.pick(place.edges),
    countryAndAsn: `${place.country || '-'}\t${asn || '-'}`,
  };
}
