import { guardCases } from '../../bench/guard-cases';
import { playNight } from '../../bench/guard-night';
import { mixEvent } from '../../local/attacks/mix-event';

/**
 * Goal: what `npm run guard` judges at size holds in the small, and a block that hits people ends on its time.
 * Method: made-up events whose generator knows who attacks and who watches, in event time.
 */

const START_AT_MS = Date.UTC(2026, 10, 24, 20);
const SMALL = { seeds: 1, flashViewers: 5_000, waiting: 400 };
const QUICK = ['single source', 'manifest hammering', 'cache-busting', 'slow scrapers'];

describe('playNight', () => {
  it.each(guardCases(SMALL).filter(({ name }) => QUICK.includes(name)))(
    'finds what is wanted of $name',
    ({ make, faultsOf }) => {
      const result = playNight({ event: make(4_711)! });
      expect(result.attackers).toBeGreaterThan(0);
      expect(faultsOf(result)).toEqual([]);
    },
  );

  it('blocks nobody who comes with a crowd', () => {
    const flash = guardCases(SMALL).find(({ name }) => name.startsWith('flash crowd, 0'))!;
    const result = playNight({ event: flash.make(4_712)! });
    expect(result.lines).toBeGreaterThan(50_000);
    expect(result.viewerSuspects).toEqual([]);
    expect(flash.faultsOf(result)).toEqual([]);
  });

  // Who waits has no media, so nothing but our own failure speaks for them.
  it.each(guardCases(SMALL).filter(({ name }) => /^late start.*botnet|in the middle/.test(name)))(
    'finds what is wanted of $name',
    ({ make, faultsOf }) => {
      const event = make(4_713)!;
      const result = playNight({ event });
      expect(Math.max(...event.viewerSources().values())).toBe(SMALL.waiting);
      expect(result.lines).toBeGreaterThan(30_000);
      expect(faultsOf(result)).toEqual([]);
    },
  );

  it('says what is not as it is wanted (canary: blocks that never come into force)', () => {
    const single = guardCases(SMALL).find(({ name }) => name === 'single source')!;
    const result = playNight({ event: single.make(4_711)!, delayMs: 3_600_000 });
    expect(single.faultsOf(result)).not.toEqual([]);
  });
});

describe('a block that hits people', () => {
  // A flood from a carrier's address is worth more than the few who watch behind it, if the fuse allows.
  const event = mixEvent({
    seed: 17,
    viewers: 400,
    minutes: 6,
    startAtMs: START_AT_MS,
    cgnat: 12,
    shapes: [{ shape: 'behind-cgnat', perSecond: 150, seconds: 20 }],
  });
  const guard = { blockPrivate: true, firstMinutes: 1, collateralPercentMax: 5 };
  const night = () => playNight({ event: { ...event, config: { ...event.config, guard } } });

  it('stands in the collateral figure, and ends at its first expiry though its players retry', () => {
    const result = night();
    const own = result.blocks.filter(({ cidr }) => cidr === `${event.cgnatSource}/32`);
    expect(own).toHaveLength(1);
    expect(own[0]!.verifiedViewers).toBeGreaterThan(0);
    expect(own[0]!.strikes).toBe(1);
    const lastedMs = own[0]!.untilMs - own[0]!.atMs;
    expect(lastedMs).toBeLessThanOrEqual(60_000);
    expect(lastedMs).toBeGreaterThan(50_000);
    expect(result.viewerRequestsRefused).toBeGreaterThan(10);
  });

  it('is not made where the fuse forbids it', () => {
    const result = playNight({
      event: {
        ...event,
        config: { ...event.config, guard: { ...guard, collateralPercentMax: 0.1 } },
      },
    });
    expect(result.viewersBlocked).toBe(0);
    expect(result.viewerSuspects).toContain(`${event.cgnatSource}/32`);
  });
});
