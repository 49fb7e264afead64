/**
 * What people do while a stream fails: reload. Numbers, of each person: the player tries each request three
 * times within 1 to 4 s; then the person waits and begins again, with the page and its four assets in 60 % of
 * the reloads. Waits begin at 1.5 s and grow by half each time up to 30 s; one person in seven is impatient,
 * begins at 0.4 s and never waits more than 8 s. That is up to 3 requests a second at first, and one in four
 * to ten seconds after some minutes. Each wait is the last one for one in 200.
 */
import type { Chance } from './chance';
import type { Client } from './client';
import type { Act } from './act';
import type { Player, Script, Stage } from './player';

export const IMPATIENT_SHARE = 0.15;
export const GIVE_UP_SHARE = 0.005;
export const PAGE_SHARE = 0.6;

/** How long a person waits before reload `level`, from 0. */
export function reloadWaitMs(chance: Chance, level: number, isImpatient: boolean): number {
  const [first, growth, most] = isImpatient ? [400, 1.3, 8_000] : [1_500, 1.5, 30_000];
  // From the twentieth on it is the most anyway.
  return Math.ceil(Math.min(most, first * growth ** Math.min(level, 20)) * (0.5 + chance.next()));
}

/** Plays to a moment and through an outage; who gives up or meets other trouble is gone. */
export function* playThrough(
  client: Client,
  stage: Stage,
  { player, untilMs, page }: { player: Player; untilMs: number; page: PageReader },
): Script {
  const { chance, origin } = stage;
  let isImpatient: boolean | undefined;
  for (let level = 0; ; level += 1) {
    yield* player.play(untilMs);
    if (player.now >= untilMs || !origin.drawsReloads(player.now)) return;
    if (chance.bool(GIVE_UP_SHARE)) return;
    isImpatient ??= chance.bool(IMPATIENT_SHARE);
    player.now += reloadWaitMs(chance, level, isImpatient);
    // Pages have no session ids: two readers of one pair would be one.
    if (client.isLonePair && chance.bool(PAGE_SHARE)) {
      for (const one of page(client, stage, player.now)) {
        yield one;
        player.now = one.atMs;
      }
    }
    player.takeHeart();
  }
}

type PageReader = (client: Client, stage: Stage, fromMs: number) => Act[];
