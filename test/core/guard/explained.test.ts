import { devicesOf, explainedHits } from '../../../lambdas/core/guard/explained';
import { rhythmOf } from '../../../lambdas/core/guard/rules';
import { type FactsOptions, facts } from '../../support/guard-facts';

/** Goal: G is what section G of docs/GUARD.md says. Method: each number just reached and just missed. */
const SLOW = rhythmOf(6_000); // 1 2/3 playlists and 20 hits in 10 s

describe('devicesOf (G3)', () => {
  it.each([
    [0, 0],
    [1, 5],
    [2, 12],
    [59, 59 * 63],
    [60, 60 * 64],
    [61, 61 * 64],
    [5_000, 5_000 * 64],
  ])('%i viewers stand for %i devices', (viewers, devices) => {
    expect(devicesOf(viewers)).toBe(devices);
  });
});

describe('explainedHits', () => {
  it.each<[string, FactsOptions, number, number]>([
    ['G5: nobody', { agents: 0 }, 0, 20],
    ['G5: one agent', { agents: 1 }, 0, 30],
    ['G5: eight agents', { agents: 8 }, 0, 100],
    ['G5: nine agents', { agents: 9 }, 0, 100],
    ['G4: one viewer is five devices', { agents: 1 }, 1, 130],
    ['G6: assets below 30 for a page', { window: { hits: 30, asks: 1, pages: 1 } }, 0, 59],
    ['G6: 30 assets for a page', { window: { hits: 31, asks: 1, pages: 1 } }, 0, 60],
    ['G6: 31 assets for a page', { window: { hits: 32, asks: 1, pages: 1 } }, 0, 60],
    ['G6: four pages', { window: { hits: 500, asks: 4, pages: 4 } }, 0, 150],
    ['G6: five pages of an agent', { window: { hits: 500, asks: 5, pages: 5 } }, 0, 150],
    ['G6: five of two', { window: { hits: 500, asks: 5, pages: 5 }, agents: 2 }, 0, 190],
    ['G7: one failure and two more', { window: { hits: 3, unserved: 1, asks: 3 } }, 0, 33],
    ['G7: ten failures of an agent', { window: { hits: 90, unserved: 10, asks: 90 } }, 0, 60],
    ['G7: eleven', { window: { hits: 90, unserved: 11, asks: 90 } }, 0, 60],
    ['G7: 40 of two agents', { window: { hits: 90, unserved: 40, asks: 90 }, agents: 2 }, 0, 160],
    ['G7: 41 of two', { window: { hits: 90, unserved: 41, asks: 90 }, agents: 2 }, 0, 160],
    ['G7: no end', { window: { hits: 9, unserved: 1e6, asks: 9 }, agents: 65 }, 0, 100 + 124_800],
    ['G5: two who poll are among the arrivals', { window: { manifests: 30 }, agents: 2 }, 0, 40],
  ])('%s', (_, options, viewers, explained) => {
    expect(explainedHits(facts(options), viewers, SLOW)).toBe(explained);
  });

  it.each<[string, FactsOptions, number, number]>([
    ['two seconds, an agent that polls little', { window: { manifests: 10 } }, 5, 20 + 10],
    ['two seconds, an agent that polls two playlists', { window: { manifests: 20 } }, 5, 20 + 20],
    ['two seconds, and no more than two', { window: { manifests: 21 } }, 5, 20 + 20],
    ['two seconds, 2 agents', { window: { manifests: 90 }, agents: 2 }, 5, 20 + 40],
    ['two seconds, 9 agents', { window: { manifests: 900 }, agents: 9 }, 5, 20 + 160],
    ['parts, an agent that polls one playlist', { window: { manifests: 30 } }, 30, 20 + 30],
    ['parts, an agent that polls two', { window: { manifests: 120 } }, 30, 20 + 120],
    ['parts, and no more than two', { window: { manifests: 121 } }, 30, 20 + 120],
    ['parts, nobody polls', {}, 30, 20 + 10],
    ['parts, and 60 fail', { window: { unserved: 60 } }, 30, 20 + 10 + 180],
    ['parts, and 61 fail', { window: { unserved: 61 } }, 30, 20 + 10 + 180],
  ])('G5 and G7 go by the rhythm: %s', (_, options, perPlaylist, explained) => {
    const rhythm = rhythmOf(10_000 / perPlaylist);
    expect(explainedHits(facts(options), 0, rhythm)).toBe(explained);
  });
});
