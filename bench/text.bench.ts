/**
 * How fast does text become words? Names in many languages and English prose.
 *
 *   SIZE=100000 node bench/text.bench.ts
 */
import { DEFAULT_TEXT_OPTIONS, Tokeniser } from '@skein/engine';
import { bench, do_not_optimize, group, run } from 'mitata';
import { loadCityNames } from './datasets/cities.ts';
import { loadSynonymSets } from './datasets/wordnet.ts';
import { machineHeader } from './machine.ts';

const size = Number(process.env['SIZE'] ?? 100_000);
const tokeniser = new Tokeniser(DEFAULT_TEXT_OPTIONS);
const texts = {
  'names of cities': loadCityNames().slice(0, size),
  glosses: loadSynonymSets()
    .slice(0, size)
    .map(({ gloss }) => gloss),
  Japanese: Array.from({ length: Math.ceil(size / 50) }, () => '東京都に住んでいる人々は毎日電車に乗る'),
};
for (const line of machineHeader()) console.log(line);

group('normalise', () => {
  for (const [name, each] of Object.entries(texts)) {
    const characters = each.reduce((sum, text) => sum + text.length, 0);
    bench(`${name} (${characters} characters)`, () => {
      for (const text of each) do_not_optimize(tokeniser.normalise(text));
    });
  }
});
group('tokenise', () => {
  for (const [name, each] of Object.entries(texts)) {
    const tokens = each.reduce((sum, text) => sum + tokenCount(text), 0);
    bench(`${name} (${tokens} tokens)`, () => {
      for (const text of each) do_not_optimize(tokenCount(text));
    });
  }
});

await run();

function tokenCount(text: string): number {
  return tokeniser.tokenise(text, { camelCase: false, compounds: true }).count;
}
