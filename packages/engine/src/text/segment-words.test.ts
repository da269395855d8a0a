import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

const MODULE = new URL('segment-words.ts', import.meta.url).href;

/** The words of texts that a new process cuts, in this order. */
function wordsInFreshProcess(texts: readonly string[]): string[][] {
  const script = `
    import { segmentWords } from ${JSON.stringify(MODULE)};
    const words = ${JSON.stringify(texts)}.map((text) => {
      const words = [];
      segmentWords(text, { start: 0, end: text.length }, 'und', (start, end) => words.push(text.slice(start, end)));
      return words;
    });
    process.stdout.write(JSON.stringify(words));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  ) as string[][];
}

test('a text is cut alike whether it is the first of a process or not', () => {
  const texts = ['ー語', 'ーあ中', 'ไทยๆคน', '々語'];
  const later = wordsInFreshProcess(['日本語', 'ภาษาไทย', ...texts]).slice(2);
  for (const [at, text] of texts.entries()) expect(wordsInFreshProcess([text])).toEqual([later[at]]);
  expect(later[0]).toEqual(['ー', '語']);
});
