/**
 * What the writer leaves in the folder, and what Views of it see:
 *   1. Files that were written but never published are removed when the index is opened for writing; published ones stay.
 *   2. Files of the generation before stay until the next publish, so that a reader that is just opening it finds them.
 *   3. `clear` deletes published and unpublished records; a merge that was planned before has no effect.
 *   4. A View never changes, whatever is published later, also while it shares segments with newer Views.
 *   5. Segments are shared with an earlier View only under the same schema.
 *   6. When records are flushed makes no difference to what is published.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IndexWriter } from './index-writer.ts';
import { defaultSearchQuery } from './query/default-query.ts';
import { DEFAULT_SCHEMA, type IndexSchema } from './schema.ts';
import { runMerge } from './segment/merge.ts';
import { arbitrarySteps, objectIDOf, SCHEMA, SEARCH_QUERY } from './testing/arbitraries.ts';
import { MemoryDirectory } from './testing/memory-directory.ts';
import { View } from './view.ts';

function put(writer: IndexWriter, ...objectIDs: readonly string[]): void {
  for (const objectID of objectIDs) {
    const record = { objectID, name: `lamp ${objectID}` };
    writer.put(objectID, record, JSON.stringify(record));
  }
}

function open(directory: MemoryDirectory, schema: IndexSchema = DEFAULT_SCHEMA): IndexWriter {
  return IndexWriter.open(directory, { schema });
}

function found(view: View, text = ''): readonly string[] {
  const { hits } = view.search({ ...defaultSearchQuery(text), length: 1000 });
  return hits.map(({ recordJson }) => (JSON.parse(recordJson) as { objectID: string }).objectID).sort();
}

test('1: what was never published is removed at the next opening, what was published stays', () => {
  const directory = new MemoryDirectory();
  const writer = open(directory);
  put(writer, 'a', 'b');
  writer.publish({});
  writer.delete('b');
  const { deletionsFile } = writer.publish({});
  const published = directory.list();
  expect(published).toContain(deletionsFile);
  put(writer, 'c');
  writer.flush();
  directory.write('deletions-9-00000000', [new Uint8Array(4)]);
  expect(directory.list()).toHaveLength(published.length + 2);
  const again = open(directory);
  expect(directory.list()).toEqual(published);
  expect([again.get('a') === undefined, again.get('b'), again.get('c')]).toEqual([
    false,
    undefined,
    undefined,
  ]);
});

test('2: the files of the generation before stay for one more publish', () => {
  const directory = new MemoryDirectory();
  const writer = open(directory);
  put(writer, 'a');
  writer.publish({});
  put(writer, 'b');
  const before = writer.publish({});
  const plan = writer.planMerge({ thorough: true })!;
  writer.commitMerge(plan, runMerge(directory, plan));
  const after = writer.publish({});
  expect(found(View.open(directory, before))).toEqual(['a', 'b']);
  expect(found(View.open(directory, after))).toEqual(['a', 'b']);
  writer.publish({});
  expect(directory.list()).toEqual(['manifest', ...after.segments.map(({ name }) => name)].sort());
});

test('3: clear deletes everything, and a merge planned before it changes nothing', () => {
  const directory = new MemoryDirectory();
  const writer = open(directory);
  put(writer, 'a');
  writer.flush();
  put(writer, 'b');
  writer.publish({});
  const plan = writer.planMerge({ thorough: true })!;
  put(writer, 'c');
  writer.clear();
  expect([writer.recordCount, writer.get('a'), writer.get('c'), writer.changed]).toEqual([
    0,
    undefined,
    undefined,
    true,
  ]);
  expect(writer.commitMerge(plan, runMerge(directory, plan))).toBe(false);
  put(writer, 'd');
  expect(found(View.open(directory, writer.publish({})))).toEqual(['d']);
  writer.clear();
  const empty = writer.publish({});
  expect([empty.recordCount, empty.segments, empty.deletionsFile]).toEqual([0, [], undefined]);
  expect(found(View.open(directory, empty))).toEqual([]);
});

test('4: a View answers the same after everything that is published later', () => {
  fc.assert(
    fc.property(SCHEMA, arbitrarySteps(50), SEARCH_QUERY, (schema, steps, query) => {
      const directory = new MemoryDirectory();
      const writer = open(directory, schema);
      const answersOf = (view: View) => ({
        search: view.search(query),
        matching: [...view.matching(query)].sort(),
        browse: view.browse(query, undefined, 1000),
        records: ['r1', 'r2', 'r3', 'r4'].map((objectID) => view.get(objectID)),
      });
      const opened: { readonly view: View; readonly answers: ReturnType<typeof answersOf> }[] = [];
      for (const step of steps) {
        if (step.kind === 'put')
          writer.put(objectIDOf(step.record), step.record, JSON.stringify(step.record));
        else if (step.kind === 'delete') writer.delete(step.objectID);
        else {
          const plan = step.kind === 'merge' ? writer.planMerge({ thorough: true }) : undefined;
          if (plan !== undefined) writer.commitMerge(plan, runMerge(directory, plan));
          const view = View.open(directory, writer.publish({}), opened.at(-1)?.view);
          opened.push({ view, answers: answersOf(view) });
        }
      }
      for (const { view, answers } of opened.toReversed()) expect(answersOf(view)).toEqual(answers);
    }),
    { numRuns: 60 },
  );
});

test('5: a View under another schema reads the segments anew', () => {
  const directory = new MemoryDirectory();
  const writer = open(directory);
  const record = { objectID: 'a', price: 3 };
  writer.put('a', record, JSON.stringify(record));
  const manifest = writer.publish({});
  const filter = { kind: 'compare', path: 'price', operator: '=', value: 3, score: 0 } as const;
  const query = { ...defaultSearchQuery(), filter };
  const before = View.open(directory, manifest);
  expect(before.search(query).hitCount).toBe(1);
  const closed = { ...manifest, schema: { ...manifest.schema, numericFilterable: [] } };
  expect(View.open(directory, closed, before).search(query).hitCount).toBe(0);
  expect(View.open(directory, manifest, before).search(query).hitCount).toBe(1);
});

test('6: flushing in between changes nothing that can be seen', () => {
  const directory = new MemoryDirectory();
  const writer = open(directory);
  put(writer, 'a', 'b', 'c');
  writer.delete('b');
  put(writer, 'c');
  writer.flush();
  put(writer, 'a', 'd');
  writer.flush();
  writer.delete('d');
  const manifest = writer.publish({ applied: 3 });
  expect(manifest).toMatchObject({ generation: 1, recordCount: 2, meta: { applied: 3 } });
  expect(found(View.open(directory, manifest), 'lamp')).toEqual(['a', 'c']);
  expect(writer.changed).toBe(false);
});
