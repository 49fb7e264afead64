import { classifierOf } from '../../../lambdas/core/edge/classifier';
import { SHIPPED_FILES } from '../../../lambdas/core/edge/network-lists';
import { rhythmOf } from '../../../lambdas/core/guard/rules';
import type { SourceCell } from '../../../lambdas/core/guard/source-cells';
import { makeViewsReport } from '../../../lambdas/core/road/views-report';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import { cell } from '../../support/guard-facts';
import { DAYS, type SeenViewer } from '../../support/lane-entries';
import { LaneRig, packetOf } from '../../support/lane-rig';

/**
 * Goal: who becomes a suspect is a view no more, and nobody beside him is touched. Method: packets by hand; what
 * Views say of the content before and after.
 */
const DAY = 20_781;
const NOON = DAYS.startOf(DAY) + 6 * 3_600_000;
const SECOND = 6 * 3_600;
const ADDRESS = 0x00010007;
const GUARD = { rhythm: rhythmOf(6_000) };

/** Plays a minute up to noon; with 2,000 hits nobody who plays. */
const viewer = (key: number, own: Partial<SeenViewer> = {}): SeenViewer => ({
  ...{ key, address: ADDRESS, atSecond: SECOND - 60, playsSeconds: 60, hits: 20 },
  ...own,
});
const ATTACKER = viewer(1, { hits: 2_000 });

const slot = (second: number) => Math.floor(NOON / 2_000 + second / 2);
const flood = (second: number, own: Partial<SourceCell> = {}): SourceCell => ({
  ...cell({ lo: 0xc6336407, slot: slot(second), address: ADDRESS, hits: 1_000 }),
  ...own,
});

let arrivals = 0;
function packet(viewers: readonly SeenViewer[], sources: readonly SourceCell[] = []) {
  arrivals += 1;
  const arrivalMs = NOON + 10_000 + arrivals;
  return { ...packetOf({ arrivalMs, viewers: { [DAY]: viewers } }), sources };
}

/** view60 of the content, as Views have it, and how often viewers were made invalid. */
function viewsOf({ items }: LaneRig) {
  const pick = (test: (pk: string) => boolean) => items.of(test);
  const { contents } = makeViewsReport(
    pick((pk) => /^[sp]:/.test(pk)),
    pick((pk) => pk === 'contents'),
    pick((pk) => pk.startsWith('ledger#')),
    { settings: DEFAULT_SETTINGS, classifier: classifierOf(SHIPPED_FILES), options: {} },
  );
  const { verified, invalid, gross } = contents['live']!.record['view60']!;
  const corrections = pick((pk) => pk.startsWith('s:')).reduce(
    (sum, { values }) => sum + Number(values.get('co') ?? 0),
    0,
  );
  return { verified, suspect: invalid['suspect'] ?? 0, gross, corrections };
}

describe('a lane with a guard', () => {
  it('makes the viewers of a suspect invalid, and leaves who conforms beside them', () => {
    const rig = new LaneRig({ guard: GUARD });
    rig.fold(packet([ATTACKER, viewer(2), viewer(3), viewer(4, { address: ADDRESS + 1 })]));
    expect(viewsOf(rig)).toEqual({ verified: 4, suspect: 0, gross: 4, corrections: 0 });
    const { batch } = rig.fold(packet([], [flood(1)]));
    const origin = { asn: 64_500, content: 'final' };
    expect(batch!.suspects).toMatchObject([
      { cidr: '198.51.100.7/32', verifiedViewers: 2, origin },
    ]);
    expect(viewsOf(rig)).toEqual({ verified: 3, suspect: 1, gross: 4, corrections: 1 });
  });

  it('does so too when all comes in one packet, where nothing was told before', () => {
    const rig = new LaneRig({ guard: GUARD });
    rig.fold(packet([ATTACKER, viewer(2)], [flood(1)]));
    expect(viewsOf(rig)).toMatchObject({ verified: 1, suspect: 1, gross: 2 });
  });

  it('changes nothing more when the suspect is told again, or goes on', () => {
    const rig = new LaneRig({ guard: GUARD });
    rig.fold(packet([ATTACKER, viewer(2)], [flood(1)]));
    const views = viewsOf(rig);
    const told = [3, 6, 11, 12, 24].map((second) => {
      const { batch } = rig.fold(packet([ATTACKER], [flood(second)]));
      expect(viewsOf(rig)).toEqual(views);
      return batch?.suspects.length ?? 0;
    });
    expect(told).toEqual([0, 0, 1, 0, 1]);
  });

  it('is the same when its state is put back from blobs', () => {
    const rig = new LaneRig({ guard: GUARD });
    rig.fold(packet([ATTACKER, viewer(2)], [flood(1)]));
    const views = viewsOf(rig);
    rig.restart();
    // The viewer comes again, and is what it was; the new guard knows nobody yet.
    const more = viewer(1, { hits: 1, atSecond: SECOND, playsSeconds: 10 });
    expect(
      rig.fold(packet([more], [flood(2, { counts: cell({ lo: 1, slot: 1 }).counts })])).loaded,
    ).toEqual([DAY]);
    expect(viewsOf(rig)).toEqual(views);
  });

  it('marks who comes later from the address of a suspect only if it waits in vain', () => {
    const rig = new LaneRig({ guard: GUARD });
    rig.fold(packet([viewer(2)], [flood(1)]));
    const lazy = viewer(5, { playsSeconds: 0, atSecond: SECOND });
    const { corrections } = viewsOf(rig);
    // Its first hit is a second old: it may yet get its media. The other has had it.
    rig.fold(packet([lazy, viewer(6, { atSecond: SECOND, playsSeconds: 4 })], [flood(2)]));
    expect(viewsOf(rig).corrections).toBe(corrections);
    const later = (second: number) => {
      rig.fold(packet([{ ...lazy, atSecond: SECOND + second }], [flood(second)]));
      return viewsOf(rig).corrections - corrections;
    };
    expect([later(9), later(10), later(12)]).toEqual([0, 1, 1]);
  });

  it('leaves everybody alone without a guard', () => {
    const rig = new LaneRig();
    expect(rig.fold(packet([ATTACKER, viewer(2)], [flood(1)])).batch).toBeUndefined();
    expect(viewsOf(rig)).toEqual({ verified: 2, suspect: 0, gross: 2, corrections: 0 });
  });

  it('knows from packets of whatever lanes whether anybody has media', () => {
    const waiting = { hits: 6_000, asks: 6_000, manifests: 6_000, agents: 0xffffffff };
    const told = (mediaHits: number): number => {
      const rig = new LaneRig({ guard: GUARD });
      return Array.from({ length: 45 }, (_, n) => {
        // A minute in which nobody of this lane asks for much, then a crowd that polls.
        const own = n < 35 ? { hits: 1 } : waiting;
        const sources = [cell({ lo: 0xc6336407, slot: slot(2 * n), address: ADDRESS, ...own })];
        // All that says of the media is what packets say of other lanes.
        const facts = packetOf({ arrivalMs: NOON + 2_000 * n + 1_999 });
        const media = n % 9 === 0 ? mediaHits : 0;
        return rig.fold({ ...facts, sources, mediaHits: media }).batch?.suspects.length ?? 0;
      }).reduce((sum, n) => sum + n, 0);
    };
    expect(told(0)).toBe(0);
    expect(told(30_000)).toBeGreaterThan(0);
  });

  it.each([
    [0, true],
    [1, false],
  ])('of packets with %i sources too many is settled: %p', (sourcesDropped, isSettled) => {
    const rig = new LaneRig({ guard: GUARD });
    rig.fold(packet([viewer(2)], [cell({ lo: 1, slot: slot(0), hits: 1 })]));
    const late = { ...flood(0), slot: slot(80) };
    const facts = packetOf({ arrivalMs: NOON + 90_000 });
    const { batch } = rig.fold({ ...facts, sources: [late], sourcesDropped });
    expect(batch).toMatchObject({ isSettled });
  });

  it('judges a packet once: a duplicate feeds no window', () => {
    const rig = new LaneRig({ guard: GUARD });
    const quiet = packet(
      [viewer(2)],
      [flood(1, { counts: cell({ lo: 1, slot: 1, hits: 25 }).counts })],
    );
    for (let n = 0; n < 40; n += 1) expect(rig.fold(quiet).batch).toBeUndefined();
    expect(rig.ledger['duplicate']).toBe(39);
  });
});
