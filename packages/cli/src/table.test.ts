import { expect, test } from 'vitest';
import { table } from './table.ts';

test('numbers stand to the right, texts to the left', () => {
  expect(
    table({
      head: ['name', 'count'],
      rows: [
        ['a', 5],
        ['bcdefg', 1234],
      ],
    }),
  ).toBe('name    count\na           5\nbcdefg   1234');
});

test('wide cells are cut to the terminal; control characters cannot move the cursor', () => {
  const text = table({ head: ['a', 'b'], rows: [['x'.repeat(50), 'one\u001b[2J\ntwo']], columnsMax: 30 });
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(30);
  expect(text).not.toContain('\u001b');
  expect(text).toContain('…');
});

test('East Asian characters take two columns', () => {
  expect(
    table({
      head: ['n', 'x'],
      rows: [
        ['東京', 'a'],
        ['abc', 'b'],
      ],
    }),
  ).toBe('n     x\n東京  a\nabc   b');
});
