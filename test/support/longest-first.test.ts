import { sourcesUnder } from './source-files';

const { LONGEST } = jest.requireActual<{ LONGEST: readonly string[] }>('./longest-first.js');

/** Goal: no name in the list is one of yesterday, which would order nothing and tell nobody. */
describe('the longest tests', () => {
  const files = sourcesUnder('test/').filter((file) => file.endsWith('.test.ts'));

  it.each(LONGEST)('%s are there', (part) => {
    expect(files.filter((file) => file.startsWith(part))).not.toEqual([]);
  });
});
