import { asGeneration, CorruptionError } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bitsetBytes } from '../kernel/segment-memory.ts';
import { SCHEMA } from '../testing/arbitraries.ts';
import { MemoryDirectory } from '../testing/memory-directory.ts';
import { isDeleted, readDeletions, writeDeletions } from './deletions.ts';
import {
  decodeManifest,
  encodeManifest,
  isSameSchema,
  type Manifest,
  readManifest,
  writeManifest,
} from './manifest.ts';

/** Segments with the docIds that are deleted in each. */
const SEGMENTS = fc.uniqueArray(
  fc
    .integer({ min: 1, max: 1200 })
    .chain((docCount) =>
      fc.tuple(
        fc.constant(docCount),
        fc.uniqueArray(fc.nat(docCount - 1), { maxLength: 20 }),
        fc.integer({ min: 64, max: 10 ** 10 }),
      ),
    ),
  { selector: ([docCount]) => docCount, maxLength: 6 },
);

const MANIFEST = fc
  .record({
    generation: fc.integer({ min: 1, max: 2 ** 40 }),
    meta: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
    schema: SCHEMA,
    segments: SEGMENTS,
  })
  .map(({ generation, meta, schema, segments }) => {
    const entries = segments.map(([docCount, deleted, fileBytes]) => ({
      name: `${docCount}-${'0'.repeat(16)}.segment`,
      docCount,
      deletedCount: deleted.length,
      fileBytes,
    }));
    const manifest: Manifest = {
      generation: asGeneration(generation),
      meta: JSON.parse(JSON.stringify(meta)) as Manifest['meta'],
      schema,
      segments: entries,
      deletionsFile: entries.some((entry) => entry.deletedCount > 0) ? 'deletions-1-00000000' : undefined,
      recordCount: entries.reduce((sum, entry) => sum + entry.docCount - entry.deletedCount, 0),
    };
    return { manifest, deleted: segments.map(([, docIds]) => docIds) };
  });

test('a manifest is read as it was written, and its schema counts as the same', () => {
  fc.assert(
    fc.property(MANIFEST, ({ manifest }) => {
      const directory = new MemoryDirectory();
      expect(readManifest(directory)).toBeUndefined();
      writeManifest(directory, manifest);
      const read = readManifest(directory)!;
      expect(read).toEqual(manifest);
      expect(isSameSchema(read.schema, manifest.schema)).toBe(true);
    }),
  );
});

test('schemas are the same when they say the same, in whatever order', () => {
  fc.assert(
    fc.property(SCHEMA, SCHEMA, (a, b) => {
      const turned = Object.fromEntries(Object.entries(a).reverse()) as unknown as typeof a;
      expect(isSameSchema(a, turned)).toBe(true);
      const text = (schema: typeof a): string =>
        JSON.stringify({
          ...schema,
          text: { ...schema.text, customNormalization: [...schema.text.customNormalization] },
        });
      expect(isSameSchema(a, b)).toBe(text(a) === text(b));
    }),
  );
});

test('any bytes, and any JSON under a good checksum, are a manifest or damage', () => {
  const expectDamage = (bytes: Uint8Array): void => {
    try {
      decodeManifest(bytes, 'manifest');
    } catch (error) {
      expect(error).toBeInstanceOf(CorruptionError);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), expectDamage));
  const members = fc.constantFrom(
    'version',
    'segments',
    'schema',
    'meta',
    'generation',
    'deletionsFile',
    'recordCount',
  );
  fc.assert(
    fc.property(MANIFEST, fc.dictionary(members, fc.jsonValue()), ({ manifest }, changes) => {
      expectDamage(
        encodeManifest({ ...manifest, ...(changes as Partial<Manifest>), schema: manifest.schema }),
      );
    }),
  );
});

test('deletions are read as they were written', () => {
  fc.assert(
    fc.property(MANIFEST, ({ manifest, deleted }) => {
      const directory = new MemoryDirectory();
      const bitmaps = new Map(
        manifest.segments.map(({ name, docCount }, ordinal) => {
          const bitmap = new Uint8Array(bitsetBytes(docCount));
          for (const docId of deleted[ordinal]!) bitmap[docId >>> 3]! |= 1 << (docId & 7);
          return [name, bitmap];
        }),
      );
      const deletionsFile = writeDeletions(directory, manifest.generation, manifest.segments, bitmaps);
      const read = readDeletions(directory, { ...manifest, deletionsFile });
      for (const [ordinal, { name, docCount, deletedCount }] of manifest.segments.entries()) {
        const bitmap = read.get(name);
        expect(bitmap === undefined).toBe(deletedCount === 0);
        const found = Array.from({ length: docCount }, (_, docId) => docId).filter((docId) =>
          isDeleted(bitmap, docId),
        );
        expect(found).toEqual([...deleted[ordinal]!].sort((a, b) => a - b));
      }
    }),
  );
});
