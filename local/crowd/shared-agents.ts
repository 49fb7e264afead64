import { type CrowdAgent, PEOPLE_AGENTS } from './agents';

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);

const phone = (agentClass: 'player' | 'browser', text: string): CrowdAgent => ({
  text,
  class: agentClass,
  device: 'phone',
});

const MODELS = 'SM-S928B SM-A546B SM-G991U SM-A155F SM-S911B SM-A346E SM-F946B SM-M336B'.split(' ');

const ALL: readonly CrowdAgent[] = [
  ...PEOPLE_AGENTS.filter(({ device }) => device === 'phone'),
  ...range(16, 18).flatMap((major) =>
    range(0, 7).map((minor) =>
      phone(
        'browser',
        `Mozilla/5.0 (iPhone; CPU iPhone OS ${major}_${minor} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${major}.${minor} Mobile/15E148 Safari/604.1`,
      ),
    ),
  ),
  ...MODELS.flatMap((model) =>
    range(20, 26).map((version) =>
      phone(
        'browser',
        `Mozilla/5.0 (Linux; Android 13; ${model}) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/${version}.0 Chrome/11${version % 10}.0.0.0 Mobile Safari/537.36`,
      ),
    ),
  ),
  ...range(0, 9).flatMap((minor) =>
    range(11, 15).map((android) =>
      phone(
        'player',
        `FinalApp/2.${minor}.0 (Linux;Android ${android}) ExoPlayerLib/2.18.${minor}`,
      ),
    ),
  ),
  ...range(20, 79).map((build) =>
    phone(
      'player',
      `AppleCoreMedia/1.0.0.21G${build} (iPhone; U; CPU OS 17_5_1 like Mac OS X; en_us)`,
    ),
  ),
  ...PEOPLE_AGENTS.filter(({ device }) => device === 'tablet' || device === 'desktop'),
];

/** What the phones of a mobile network call themselves: some hundreds of agents, the most frequent first. */
export const SHARED_AGENTS: readonly CrowdAgent[] = [
  ...new Map(ALL.map((agent) => [agent.text, agent])).values(),
];
