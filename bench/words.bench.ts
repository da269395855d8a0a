/**
 * How much does a second word cost, and a third, and a typo, highlighting, facets? On the mixed real records, in memory.
 *
 *   SIZE=250000 node bench/words.bench.ts
 */
import { defaultSearchQuery, IndexWriter, type SearchQuery, View } from '@skein/engine';
import { MemoryDirectory } from '@skein/engine/testing';
import { bench, do_not_optimize, group, run } from 'mitata';
import { mixedDataset } from './datasets/mixed.ts';
import { machineHeader } from './machine.ts';

const dataset = mixedDataset(Number(process.env['SIZE'] ?? 250_000));
const directory = new MemoryDirectory();
const writer = IndexWriter.open(directory, { schema: dataset.schema });
let recordBytes = 0;
for (let at = 0; at < dataset.recordCount; at++) {
  const record = dataset.record(at);
  const json = JSON.stringify(record);
  recordBytes += json.length;
  writer.put(String(record['objectID'] as string), record, json);
}
const view = View.open(directory, writer.publish({}));
for (const line of machineHeader()) console.log(line);
console.log(
  `${dataset.recordCount} records; ${(view.mappedBytes / dataset.recordCount).toFixed(0)} bytes per record, of which the JSON is ${(recordBytes / dataset.recordCount).toFixed(0)}`,
);

const plain = defaultSearchQuery();
const highlight = {
  attributesToHighlight: undefined,
  attributesToSnippet: [],
  preTag: '<em>',
  postTag: '</em>',
  snippetEllipsisText: '…',
  restrictArrays: false,
};

function measure(text: string, changes: Partial<SearchQuery> = {}, what = ''): void {
  const query: SearchQuery = { ...plain, ...changes, text };
  const { hitCount } = view.search(query);
  bench(`"${text}"${what} (${hitCount})`, () => do_not_optimize(view.search(query)));
}

group('words', () => {
  for (const text of ['small ', 'small island ', 'small island in ', 'small island in the ']) measure(text);
});
group('letters', () => {
  for (const text of ['i', 'is', 'isl', 'isla', 'islan', 'island']) measure(text);
});
group('typos', () => {
  measure('island ');
  measure('islnad ');
  measure('islnad ', { typoTolerance: 'false' }, ', no typos');
});
group('what else is asked for', () => {
  measure('island');
  measure('island', { highlight }, ', highlights');
  measure('island', { facets: ['topic'] }, ', facets');
  measure('island', { filter: dataset.filter }, ', filter');
});

await run();
