import { recountText } from '../../../lambdas/core/recount';
import { DEFAULT_SETTINGS } from '../../../lambdas/core/settings';
import { REALTIME_FIELDS, W3C_HEADER, realtimeLine, w3cLine } from '../../support/edge-lines';

const settings = { ...DEFAULT_SETTINGS, realtimeFields: REALTIME_FIELDS as never };
const GOOD = {
  timestamp: '1795550400.000',
  'c-ip': '192.0.2.1',
  'sc-status': '200',
  'cs-method': 'GET',
  'cs-host': 'live.example',
  'cs-uri-stem': '/live/1.ts',
  'cs-user-agent':
    'AppleCoreMedia/1.0.0.21F90%20(iPhone;%20U;%20CPU%20OS%2017_5%20like%20Mac%20OS%20X)',
};
const count = (...lines: Readonly<Record<string, string>>[]) => {
  const text = lines.map((line) => `${realtimeLine({ ...GOOD, ...line })}\n`).join('');
  return recountText(new TextEncoder().encode(text), settings);
};

const standard = w3cLine({
  date: '2026-11-24',
  time: '20:00:00',
  'c-ip': '192.0.2.1',
  'cs-method': 'GET',
  'x-host-header': 'live.example',
  'cs-uri-stem': '/live/1.ts',
  'sc-status': '200',
});

/** One valid line, one field broken or odd. */
describe('makeHitReader', () => {
  it.each([
    ['a good line', {}, {}],
    ['no time', { timestamp: '-' }, { bad_timestamp: 1 }],
    ['a time before 2000', { timestamp: '946684799.999' }, { bad_timestamp: 1 }],
    ['no address', { 'c-ip': '-' }, { bad_address: 1 }],
    ['a masked address', { 'c-ip': 'x.x.x.x' }, { bad_address: 1 }],
    ['status 000', { 'sc-status': '000' }, {}],
    ['status 599', { 'sc-status': '599' }, {}],
    ['status 600', { 'sc-status': '600' }, { bad_status: 1 }],
    ['no status', { 'sc-status': '-' }, { bad_status: 1 }],
    ['no agent', { 'cs-user-agent': '-' }, {}],
    ['no path', { 'cs-uri-stem': '-' }, {}],
    ['a malformed escape', { 'cs-uri-stem': '/live/%zz%E0%A4%A.ts' }, {}],
  ])('reads %s', (_, fields, bad) => {
    // A good line before it, by which the format is found.
    const { ledger } = count({}, fields);
    expect(ledger.bad).toEqual(bad);
    expect(ledger.lines).toBe(2);
  });

  it('takes the distribution where there is no Host header, line by line', () => {
    const report = count(
      { 'cs-host': '-', 'x-host-header': 'd1.example' },
      { 'cs-host': '-', 'x-host-header': 'd2.example' },
      {},
    );
    expect(Object.keys(report.contents)).toEqual([
      'd1.example/live',
      'd2.example/live',
      'live.example/live',
    ]);
  });

  it('keeps a page and a stream of one name apart, whatever comes first', () => {
    const page = {
      'cs-uri-stem': '/live',
      'cs-user-agent': 'Mozilla/5.0%20(X11;%20Linux)%20Firefox/1',
    };
    const [one, other] = [count(page, {}), count({}, page)];
    expect(Object.keys(one.contents)).toEqual(['live.example/live', 'live.example/live (page)']);
    expect(other).toEqual(one);
    expect(one.contents['live.example/live']!.kind).toBe('stream');
  });

  it.each(['__proto__', 'constructor', 'toString'])('counts the edge location %s', (edge) => {
    const { contents } = count({ 'x-edge-location': edge });
    expect(Object.entries(contents['live.example/live']!.by.edge)).toEqual([[edge, { hits: 1 }]]);
    expect(({} as Record<string, unknown>)['hits']).toBeUndefined();
  });

  it('survives a value of the longest kind that is no UTF-8', () => {
    const bytes = new Uint8Array(65_000).fill(0xff);
    const head =
      '{"timestamp(ms)":"1795550400000","c-ip":"192.0.2.1","sc-status":"200","x-edge-location":"';
    const encode = (text: string) => new TextEncoder().encode(text);
    const line = Uint8Array.from([...encode(head), ...bytes, ...encode('"}\n')]);
    const good = encode('{"timestamp(ms)":"1795550400000","c-ip":"192.0.2.1","sc-status":"200"}\n');
    const { ledger } = recountText(Uint8Array.from([...good, ...line, ...good]), settings);
    expect(ledger).toMatchObject({ lines: 3, hits: 3 });
  });

  it.each(['damaged', 'damaged\tmore'])(
    'finds the format past a first record that is %j',
    (first) => {
      const rows = [W3C_HEADER.split('\n')[1]!, first, standard, standard, standard];
      const headed = recountText(new TextEncoder().encode(rows.join('\n')), settings);
      expect(headed.ledger).toMatchObject({ lines: 4, hits: 3, bad: { too_few_fields: 1 } });
      const cut = standard.split('\t').slice(0, 3).join('\t');
      const bare = [cut, ...rows.slice(2)].join('\n');
      const { ledger } = recountText(new TextEncoder().encode(bare), settings);
      expect(ledger).toMatchObject({ lines: 4, hits: 3, bad: { too_few_fields: 1 } });
    },
  );

  it('cuts the query off the path, and reads CMCD in it', () => {
    const cmcd = 'CMCD=od%3D2000%2Cot%3Dv%2Csid%3D%226e2fb550-c457-11e9-bb97-0800200c9a66%22';
    const { contents } = count(
      { 'cs-uri-stem': `/live/1.ts?token=a&${cmcd}` },
      { 'cs-uri-stem': '/live/1.ts?token=b' },
    );
    const { record } = contents['live.example/live']!;
    // With the id another viewer, and two seconds instead of the default six.
    expect(record['viewers']!.gross).toBe(2);
    expect(record['watchSeconds']!.gross).toBe(8);
  });
});
