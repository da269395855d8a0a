/** The writer against a plain map of records: what it holds, and that its files depend only on what it holds. */
import type { JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IndexWriter } from './index-writer.ts';
import type { IndexSchema } from './schema.ts';
import { runMerge } from './segment/merge.ts';
import { arbitrarySteps, type IndexStep, objectIDOf, SCHEMA } from './testing/arbitraries.ts';
import { MemoryDirectory } from './testing/memory-directory.ts';

const numRuns = Number(process.env['RUNS'] ?? 100);
/** Enough for any number of runs on a busy machine. */
const timeout = 60_000 + 500 * numRuns;

function mergeAll(directory: MemoryDirectory, writer: IndexWriter): void {
  const plan = writer.planMerge({ thorough: true });
  if (plan === undefined) return;
  writer.commitMerge(plan, runMerge(directory, plan));
  writer.publish({});
}

/** Takes the steps; `reopen` opens a new writer after every publish. */
function written(
  schema: IndexSchema,
  steps: readonly IndexStep[],
  reopen: boolean,
): { directory: MemoryDirectory; writer: IndexWriter; records: Map<string, JsonObject> } {
  const directory = new MemoryDirectory();
  const records = new Map<string, JsonObject>();
  let writer = IndexWriter.open(directory, { schema });
  for (const step of steps) {
    switch (step.kind) {
      case 'put':
        writer.put(objectIDOf(step.record), step.record, JSON.stringify(step.record));
        records.set(objectIDOf(step.record), step.record);
        break;
      case 'delete':
        expect(writer.delete(step.objectID)).toBe(records.delete(step.objectID));
        break;
      case 'publish':
        writer.publish({});
        if (reopen) writer = IndexWriter.open(directory, { schema });
        break;
      case 'merge':
        mergeAll(directory, writer);
        break;
    }
  }
  return { directory, writer, records };
}

function expectHolds(writer: IndexWriter, records: ReadonlyMap<string, JsonObject>): void {
  expect(writer.recordCount).toBe(records.size);
  for (const [objectID, record] of records) expect(writer.get(objectID)).toBe(JSON.stringify(record));
  for (let id = 0; id < 30; id++) if (!records.has(`r${id}`)) expect(writer.get(`r${id}`)).toBeUndefined();
}

test('a writer holds the latest of every record, published or not, also after it is opened again', {
  timeout,
}, () => {
  fc.assert(
    fc.property(SCHEMA, arbitrarySteps(60), fc.boolean(), (schema, steps, reopen) => {
      const { directory, writer, records } = written(schema, steps, reopen);
      expectHolds(writer, records);
      const manifest = writer.publish({ applied: 7 });
      expect(manifest.recordCount).toBe(records.size);
      expectHolds(writer, records);
      const opened = IndexWriter.open(directory, { schema });
      expect(opened.manifest).toEqual(manifest);
      expectHolds(opened, records);
    }),
    { numRuns },
  );
});

test('records deleted while a merge runs stay deleted', { timeout }, () => {
  fc.assert(
    fc.property(SCHEMA, arbitrarySteps(40), arbitrarySteps(20), (schema, before, meanwhile) => {
      const { directory, writer, records } = written(schema, before, false);
      writer.publish({});
      const plan = writer.planMerge({ thorough: true });
      for (const step of meanwhile) {
        if (step.kind === 'put') {
          writer.put(objectIDOf(step.record), step.record, JSON.stringify(step.record));
          records.set(objectIDOf(step.record), step.record);
        } else if (step.kind === 'delete') {
          writer.delete(step.objectID);
          records.delete(step.objectID);
        }
      }
      if (plan !== undefined) writer.commitMerge(plan, runMerge(directory, plan));
      writer.publish({});
      expectHolds(writer, records);
      expectHolds(IndexWriter.open(directory, { schema }), records);
    }),
    { numRuns },
  );
});

test('files that no manifest names any more are removed', { timeout }, () => {
  fc.assert(
    fc.property(SCHEMA, arbitrarySteps(40), (schema, steps) => {
      const { directory, writer } = written(schema, steps, false);
      writer.publish({});
      const previous = new Set(writer.manifest?.segments.map((segment) => segment.name));
      mergeAll(directory, writer);
      writer.publish({});
      const named = new Set(writer.manifest?.segments.map((segment) => segment.name));
      const segments = directory.list().filter((name) => name.endsWith('.segment'));
      for (const name of segments) expect(named.has(name) || previous.has(name)).toBe(true);
      for (const name of named) expect(segments).toContain(name);
    }),
    { numRuns },
  );
});

test('the same records give the same segment file, whatever way they came together', { timeout }, () => {
  fc.assert(
    fc.property(SCHEMA, arbitrarySteps(40), (schema, steps) => {
      const grown = written(schema, steps, false);
      grown.writer.publish({});
      mergeAll(grown.directory, grown.writer);
      const segments = grown.writer.publish({}).segments;
      fc.pre(schema.searchable.length > 0 && segments.length === 1 && segments[0]!.deletedCount === 0);
      const atOnce = [...grown.records.values()].map((record): IndexStep => ({ kind: 'put', record }));
      const fresh = written(schema, atOnce, false).writer.publish({}).segments;
      expect(fresh).toEqual(segments);
    }),
    { numRuns },
  );
});
