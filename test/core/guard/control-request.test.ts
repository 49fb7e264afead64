import { parseRequest, refuseBlock, wrongParts } from '../../../lambdas/core/guard/control-request';
import { exemptList } from '../../../lambdas/core/guard/exempt';

describe('parseRequest', () => {
  const good = { action: 'block', cidr: '198.51.100.7', reason: 'floods us' };

  it.each([
    ['198.51.100.7', '198.51.100.7/32'],
    ['198.51.100.7/24', '198.51.100.0/24'],
    ['2001:DB8::7', '2001:db8::/64'],
    ['2001:0db8:0000:0001:0000:0000:0000:0000/64', '2001:db8:0:1::/64'],
  ])('takes %s as %s', (cidr, canonical) => {
    const parsed = parseRequest({ ...good, cidr }, 0);
    expect(parsed).toMatchObject({ ok: true, request: { cidr: canonical, untilMs: 3_600_000 } });
  });

  it.each([
    [{ reason: 'ab' }, /reason: expected 3 to 500 characters, got 2/],
    [{ reason: 'a'.repeat(501) }, /got 501/],
    [{ forMinutes: 0 }, /forMinutes/],
    [{ forMinutes: 43_201 }, /forMinutes/],
    [{ forMinutes: 1.5 }, /forMinutes/],
    [{ cidr: '198.51.100.0/33' }, /cidr/],
    [{ cidr: '0.0.0.0/0' }, /cidr/],
    [{ cidr: undefined }, /cidr/],
    [{ action: 'delete' }, /action/],
    [{ author: 'me' }, /author: expected one of/],
    [{ mode: 'off' }, /mode: expected none/],
    [{ action: 'mode', mode: 'fast', cidr: undefined }, /mode: expected block, count, hold, off/],
  ])('refuses %j', (wrong, problem) => {
    const parsed = parseRequest({ ...good, ...wrong }, 0);
    expect(parsed.ok ? [] : parsed.problems.join('\n')).toMatch(problem);
  });

  it.each([
    ['allow', '10.0.0.0/8', undefined],
    [
      'allow',
      '10.0.0.0/7',
      /^cidr: 10\.0\.0\.0\/7 is too wide to be spared, expected \/8 or longer$/,
    ],
    ['unblock', '10.0.0.0/8', undefined],
    ['unblock', '10.0.0.0/7', /too wide to be spared/],
    ['allow', '2001:c000::/19', undefined],
    ['allow', '2001:c000::/18', /^cidr: 2001:c000::\/18 is too wide .* \/19 or longer$/],
    // What was allowed before there was a limit can be taken back.
    ['disallow', '10.0.0.0/7', undefined],
  ])('%s %s: %p', (action, cidr, problem) => {
    const parsed = parseRequest({ ...good, action, cidr }, 0);
    if (problem === undefined) expect(parsed.ok).toBe(true);
    else expect(parsed.ok ? '' : parsed.problems.join('\n')).toMatch(problem);
  });

  it('takes both ends of reason and minutes', () => {
    for (const more of [
      { reason: 'abc' },
      { reason: 'a'.repeat(500) },
      { forMinutes: 43_200 },
      { forMinutes: 1 },
    ]) {
      expect(parseRequest({ ...good, ...more }, 0).ok).toBe(true);
    }
  });
});

describe('wrongParts', () => {
  it.each([
    [{ cidr: '198.51.100.7/33', reason: 'a' }, ['reason', 'cidr']],
    [{ '198.51.100.7': true }, ['unknown']],
    [{ action: '198.51.100.7' }, ['action']],
    [{ forMinutes: '198.51.100.7' }, ['forMinutes']],
  ])('of %j names the parts, and nothing of what was sent', (wrong, parts) => {
    const good = { action: 'block', cidr: '198.51.100.7', reason: 'floods us' };
    const parsed = parseRequest({ ...good, ...wrong }, 0);
    expect(parsed.ok ? [] : wrongParts(parsed.problems)).toEqual(parts);
  });
});

describe('refuseBlock', () => {
  const exempt = exemptList('own', ['203.0.113.0/24']);

  it.each([
    ['198.51.96.0/20', undefined],
    ['198.51.96.0/19', /too wide/],
    ['2001:db8::/40', undefined],
    ['2001:db8::/39', /too wide/],
    ['203.0.113.9/32', /list own/],
    ['203.0.112.0/20', /list own/],
    ['192.0.2.0/24', /list allow/],
  ])('answers %s with %p', (cidr, why) => {
    const answer = refuseBlock(cidr, exempt, [{ cidr: '192.0.2.1/32', untilMs: 1 }]);
    if (why === undefined) expect(answer).toBeUndefined();
    else expect(answer).toMatch(why);
  });
});
