import { CorruptionError, type JsonObject } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestIndex } from './index-digest.ts';
import { IndexWriter } from './index-writer.ts';
import { readManifest } from './manifest/manifest.ts';
import { DEFAULT_SCHEMA } from './schema.ts';
import { runMerge } from './segment/merge.ts';
import { arbitrarySteps, type IndexStep, objectIDOf } from './testing/arbitraries.ts';
import { MemoryDirectory } from './testing/memory-directory.ts';

function digestOf(directory: MemoryDirectory, records: 'verified' | 'trusted' = 'trusted'): string {
  const steps = digestIndex(directory, readManifest(directory)!, { records });
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function written(steps: readonly IndexStep[]): MemoryDirectory {
  const directory = new MemoryDirectory();
  const writer = IndexWriter.open(directory, { schema: DEFAULT_SCHEMA });
  for (const step of steps) {
    if (step.kind === 'put') writer.put(objectIDOf(step.record), step.record, JSON.stringify(step.record));
    else if (step.kind === 'delete') writer.delete(step.objectID);
    else if (step.kind === 'publish') writer.publish({});
    else {
      const plan = writer.planMerge({ thorough: true });
      if (plan !== undefined) writer.commitMerge(plan, runMerge(directory, plan));
    }
  }
  writer.publish({});
  return directory;
}

test('the same records give the same digest, however they were published and merged', () => {
  fc.assert(
    fc.property(arbitrarySteps(60), (steps) => {
      const plain = digestOf(written(steps.filter(({ kind }) => kind === 'put' || kind === 'delete')));
      const directory = written(steps);
      expect(digestOf(directory)).toBe(plain);
      expect(digestOf(directory, 'verified')).toBe(plain);
    }),
  );
});

test('a record that is changed, missing or more gives another digest', () => {
  fc.assert(
    fc.property(
      arbitrarySteps(40),
      fc.nat(),
      fc.constantFrom('change', 'remove', 'add'),
      (steps, at, how) => {
        const ids = new Set<string>();
        for (const step of steps) {
          if (step.kind === 'put') ids.add(objectIDOf(step.record));
          else if (step.kind === 'delete') ids.delete(step.objectID);
        }
        fc.pre(ids.size > 0);
        const objectID = how === 'add' ? 'another' : [...ids][at % ids.size]!;
        const record: JsonObject = { objectID, changed: at };
        const step: IndexStep = how === 'remove' ? { kind: 'delete', objectID } : { kind: 'put', record };
        expect(digestOf(written([...steps, step]))).not.toBe(digestOf(written(steps)));
      },
    ),
  );
});

test('two records that changed their contents with each other give another digest', () => {
  const put = (objectID: string, text: string): IndexStep => ({ kind: 'put', record: { objectID, text } });
  const one = digestOf(written([put('a', 'x'), put('b', 'y')]));
  expect(digestOf(written([put('a', 'y'), put('b', 'x')]))).not.toBe(one);
  expect(digestOf(written([put('b', 'y'), put('a', 'x')]))).toBe(one);
});

test('a changed byte of a file is found by a digest that verifies records, wherever it is', () => {
  const steps = Array.from({ length: 40 }, (_, at): IndexStep => {
    return { kind: 'put', record: { objectID: `r${at}`, text: `some words ${at}` } };
  });
  const sound = written([...steps, { kind: 'publish' }, { kind: 'delete', objectID: 'r7' }]);
  const files = sound.list().filter((name) => name !== 'manifest');
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (file, place, change) => {
      const directory = new MemoryDirectory();
      for (const name of sound.list()) directory.write(name, [sound.read(name, 0, sound.byteLength(name)!)]);
      const name = files[file % files.length]!;
      const bytes = Uint8Array.from(directory.read(name, 0, directory.byteLength(name)!));
      bytes[place % bytes.length]! ^= change;
      directory.write(name, [bytes]);
      expect(() => digestOf(directory, 'verified')).toThrow(CorruptionError);
    }),
  );
});
