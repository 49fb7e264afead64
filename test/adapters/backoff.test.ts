import {
  backoffMs,
  isThrottling,
  retryThrottled,
  THROTTLED_ATTEMPTS_MAX,
} from '../../lambdas/adapters/backoff';
import { failureOf } from '../contract/world';

const named = (name: string) => Object.assign(new Error(`said ${name}`), { name });

describe('backoffMs', () => {
  it.each([
    [1, 49],
    [2, 99],
    [7, 3_199],
    [8, 4_999],
    [9, 4_999],
    [1_000, 4_999],
  ])('waits after attempt %i at most %i ms, and perhaps not at all', (attempt, most) => {
    expect(backoffMs(attempt, () => 0.999999)).toBe(most);
    expect(backoffMs(attempt, () => 0)).toBe(0);
  });
});

describe('isThrottling', () => {
  it.each([
    ['ProvisionedThroughputExceededException', true],
    ['ThrottlingException', true],
    ['RequestLimitExceeded', true],
    ['TransactionConflictException', true],
    ['ConditionalCheckFailedException', false],
    ['ValidationException', false],
    ['TimeoutError', false],
  ])('%s: %s', (name, expected) => {
    expect(isThrottling(named(name))).toBe(expected);
  });
});

describe('retryThrottled', () => {
  const play = async (refusals: number, name = 'ThrottlingException') => {
    const waits: number[] = [];
    let calls = 0;
    const patience = { pause: async (ms: number) => void waits.push(ms), random: () => 0.5 };
    const work = async () => {
      calls += 1;
      if (calls <= refusals) throw named(name);
      return 'done';
    };
    const result = retryThrottled(patience, work);
    const answer = await result.catch(({ message }: Error) => message);
    return { answer, calls, waits };
  };

  it('waits longer after each refusal', async () => {
    expect(await play(3)).toEqual({ answer: 'done', calls: 4, waits: [25, 50, 100] });
  });

  it('takes the last attempt, and no more', async () => {
    expect(await play(THROTTLED_ATTEMPTS_MAX - 1)).toMatchObject({ answer: 'done' });
    expect(await play(THROTTLED_ATTEMPTS_MAX)).toMatchObject({
      answer: 'said ThrottlingException',
      calls: THROTTLED_ATTEMPTS_MAX,
    });
  });

  it('does not try again what is no throttling', async () => {
    expect(await play(1, 'ValidationException')).toEqual({
      answer: 'said ValidationException',
      calls: 1,
      waits: [],
    });
    const patience = { pause: async () => undefined, random: () => 0 };
    const thrown = retryThrottled(patience, () => Promise.reject('no error at all'));
    expect(await failureOf(thrown)).toBe('no error at all');
  });
});
