/**
 * What people do while a stream fails: reload. Numbers, of each person: the player tries each request three
 * times within 1 to 4 s; then the person waits and begins again, with the page and its four assets in 60 % of
 * the reloads. Waits begin at 1.5 s and grow by half each time up to 30 s; one person in seven is impatient,
 * begins at 0.4 s and never waits more than 8 s. That is up to 3 requests a second at first, and one in four
 * to ten seconds after some minutes. Each wait is the last one for one in 200.
 *
 * A stream that is not there yet: hls.js takes a 404 for final and tries no second time, so the page begins
 * anew, after 1, 2, 4 and then each 8 s. In one of four pages that goes on without end; in the others the person
 * has soon had enough and reloads, as above. Playlists that stand still are polled at half the target duration,
 * and whoever looks at a picture that does not come reloads after 100 s or so.
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

/** How long a page waits before it asks for a missing stream once more, for the time `tries`, from 0. */
export function missingWaitMs(chance: Chance, tries: number): number {
  return Math.ceil(1_000 * 2 ** Math.min(tries, 3) * (0.9 + 0.2 * chance.next()));
}

/** Whether a person's page asks for a missing stream without end. */
export const asksWithoutEnd = (one: number) => one % 4 === 0;

/** How long a person looks at a picture that stands before a reload, on average. */
export const STARE_MS = 100_000;

/** Between two looks at a playlist that did not change: half of its target duration (RFC 8216, 6.3.4). */
export function stillWaitMs(chance: Chance, segmentMs: number): number {
  return segmentMs / 2 - 200 + chance.int(400);
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
