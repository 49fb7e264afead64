import { cutMiddle, layTable, plainText, wrapText } from '../../bin/commands/text-table';

describe('cutMiddle', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abc…fg'],
    ['abcdefg', 5, 'ab…fg'],
    ['漢漢漢漢', 8, '漢漢漢漢'],
    ['漢漢漢漢', 7, '漢漢…漢'],
    ['abc', 1, '…'],
  ])('%s in %i columns is %s', (text, columns, cut) => {
    expect(cutMiddle(text, columns)).toBe(cut);
  });
});

describe('wrapText', () => {
  it('breaks at words, and cuts a word that is too long', () => {
    expect(wrapText('  ab cd ef', 7, '    ')).toEqual(['  ab cd', '    ef']);
    expect(wrapText('  ab cd ef', 10, '    ')).toEqual(['  ab cd ef']);
    expect(wrapText('ab cdefghijkl', 6, ' ')).toEqual(['ab', ' cd…kl']);
    expect(wrapText('', 6)).toEqual(['']);
  });
});

describe('plainText', () => {
  it('keeps what can be seen', () => {
    expect(plainText('a é漢🎉…\t\u0085\u200b\ud800')).toBe('a é漢🎉…????');
  });
});

describe('layTable', () => {
  const rows = [
    { label: 'one', cells: ['1', '22', '333'] },
    { label: 'a longer label', cells: ['1', '2'] },
  ];
  it('aligns numbers at the right', () => {
    expect(layTable(['a', 'b', 'c'], rows, 40)).toEqual([
      '                a   b    c',
      'one             1  22  333',
      'a longer label  1   2     ',
    ]);
  });
  it.each([
    [26, 3],
    [25, 6],
    [18, 9],
  ])('in %i columns takes %i lines', (columns, count) => {
    const lines = layTable(['a', 'b', 'c'], rows, columns);
    expect(lines).toHaveLength(count);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  });
});
