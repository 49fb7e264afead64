import { LaneVoice } from '../../../lambdas/core/guard/lane-voice';
import { cell } from '../../support/guard-facts';

/** Goal: a lane speaks when F1 and F3 need it, and else is silent: a batch is a write. Method: slots by hand. */

const FROM = 897_000_000;
const QUIET = { hasSuspects: false, isDue: false };
const SUSPECT = { hasSuspects: true, isDue: false };

/** Each source is so many viewers. */
const each = (viewers: number) => () => viewers;
const refused = (lo: number, slot: number, requests = 9) => cell({ lo, slot, refused: requests });

describe('LaneVoice', () => {
  it('says nothing where nobody is a suspect and nobody is refused', () => {
    const voice = new LaneVoice();
    for (let n = 0; n < 400; n += 1) {
      voice.note([cell({ lo: 7, slot: FROM + n, hits: 5 })], FROM + n);
      expect(voice.speak(FROM + n, QUIET, each(9))).toBeUndefined();
    }
  });

  it('goes on each minute for ten minutes after a suspect, and then is silent', () => {
    const voice = new LaneVoice();
    expect(voice.speak(FROM, SUSPECT, each(0))).toBe(0);
    const spoke: number[] = [];
    for (let n = 1; n < 500; n += 1) {
      if (voice.speak(FROM + n, QUIET, each(0)) !== undefined) spoke.push(n);
    }
    expect(spoke).toEqual([30, 60, 90, 120, 150, 180, 210, 240, 270, 300]);
  });

  it('says within four seconds that viewers are refused, each ten seconds how many, and once that none are', () => {
    const voice = new LaneVoice();
    const spoke: (readonly [number, number])[] = [];
    for (let n = 0; n < 40; n += 1) {
      // One slot after a look, for 20 slots.
      if (n >= 1 && n < 21) voice.note([refused(7, FROM + n)], FROM + n);
      const said = voice.speak(FROM + n, QUIET, each(9));
      if (said !== undefined) spoke.push([n, said]);
    }
    // The window holds what was refused last for 4 slots more.
    expect(spoke).toEqual([
      [2, 9],
      [8, 9],
      [14, 9],
      [20, 9],
      [26, 0],
    ]);
  });

  it('says at once that more are refused', () => {
    const voice = new LaneVoice();
    voice.note([refused(7, FROM)], FROM);
    expect(voice.speak(FROM, QUIET, each(9))).toBe(9);
    voice.note([refused(7, FROM + 2), refused(8, FROM + 2)], FROM + 2);
    expect(voice.speak(FROM + 2, QUIET, each(9))).toBe(18);
  });

  it.each([
    [4, 9],
    [5, 0],
  ])('counts a source %i slots after it was refused as %i viewers', (slots, viewers) => {
    const voice = new LaneVoice();
    voice.note([refused(7, FROM)], FROM);
    expect(voice.speak(FROM + slots, SUSPECT, each(9))).toBe(viewers);
  });

  it.each([
    [[8], 8],
    [[9], 9],
    [[10], 9],
    [[1], 1],
    [[3, 0, 4], 7],
    [[3, 3, 3, 3, 3], 9],
    // What was refused before the window counts no more.
    [[9, 0, 0, 0, 0, 2], 2],
  ])('counts no more of 9 viewers than requests were refused: %j are %i', (requests, viewers) => {
    const voice = new LaneVoice();
    requests.forEach((count, n) => voice.note([refused(7, FROM + n, count)], FROM + n));
    expect(voice.speak(FROM + requests.length - 1, SUSPECT, each(9))).toBe(viewers);
  });

  it('adds up what several packets say of a slot, and of several sources', () => {
    const voice = new LaneVoice();
    voice.note([refused(7, FROM, 2), refused(7, FROM, 3), refused(8, FROM, 50)], FROM);
    expect(voice.speak(FROM, SUSPECT, each(9))).toBe(5 + 9);
  });

  it('takes a clock that is ahead for now', () => {
    const voice = new LaneVoice();
    voice.note([refused(7, FROM + 30)], FROM);
    expect(voice.speak(FROM + 5, SUSPECT, each(9))).toBe(0);
  });

  it('says again what nobody heard, and nothing if it had said nothing', () => {
    const voice = new LaneVoice();
    voice.note([refused(7, FROM)], FROM);
    expect(voice.speak(FROM, QUIET, each(9))).toBe(9);
    voice.untell();
    expect(voice.speak(FROM + 1, QUIET, each(9))).toBe(9);
    expect(voice.speak(FROM + 2, QUIET, each(9))).toBeUndefined();
    voice.untell();
    expect(voice.speak(FROM + 3, QUIET, each(9))).toBeUndefined();
  });
});
