/**
 * Manifest: what is published of an index. One small file, replaced atomically, so that a reader sees either the state before
 * or after a publish.
 *
 *   crc32c of the rest, 8 hex digits | newline | JSON
 *
 * Invariant, kept by `IndexWriter`: every file that a manifest names was written and synced before the manifest.
 */
import {
  asGeneration,
  CorruptionError,
  crc32c,
  type Generation,
  type JsonObject,
  utf8Decode,
  utf8Encode,
} from '@skein/base';
import type { Directory } from '../directory.ts';
import type { IndexSchema } from '../schema.ts';

export const MANIFEST_FILE = 'manifest';
const MANIFEST_VERSION = 1;
const CHECKSUM_DIGITS = 8;

export interface Manifest {
  readonly generation: Generation;
  /** The caller's own: settings, applied sequence, times. The engine only keeps it. */
  readonly meta: JsonObject;
  readonly schema: IndexSchema;
  /** Oldest first. */
  readonly segments: readonly SegmentEntry[];
  /** File with the deleted records of all segments; undefined: none is deleted. */
  readonly deletionsFile: string | undefined;
  /** Records that are not deleted. */
  readonly recordCount: number;
}

export interface SegmentEntry {
  readonly name: string;
  readonly docCount: number;
  readonly deletedCount: number;
  readonly fileBytes: number;
}

/** Undefined when nothing was ever published. Throws `CorruptionError`. */
export function readManifest(directory: Directory): Manifest | undefined {
  const byteLength = directory.byteLength(MANIFEST_FILE);
  if (byteLength === undefined) return undefined;
  return decodeManifest(directory.read(MANIFEST_FILE, 0, byteLength), directory.describe(MANIFEST_FILE));
}

export function writeManifest(directory: Directory, manifest: Manifest): void {
  directory.write(MANIFEST_FILE, [encodeManifest(manifest)]);
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  const json = utf8Encode(
    JSON.stringify({ version: MANIFEST_VERSION, ...manifest, schema: storedSchema(manifest.schema) }),
  );
  const checksum = utf8Encode(`${crc32c(json).toString(16).padStart(CHECKSUM_DIGITS, '0')}\n`);
  const bytes = new Uint8Array(checksum.length + json.length);
  bytes.set(checksum);
  bytes.set(json, checksum.length);
  return bytes;
}

export function decodeManifest(bytes: Uint8Array, file: string): Manifest {
  const json = bytes.subarray(CHECKSUM_DIGITS + 1);
  const checksum = utf8Decode(bytes.subarray(0, CHECKSUM_DIGITS + 1));
  if (checksum !== `${crc32c(json).toString(16).padStart(CHECKSUM_DIGITS, '0')}\n`) {
    throw new CorruptionError({ file, offset: 0, expected: 'a manifest with its checksum' });
  }
  const stored = JSON.parse(utf8Decode(json)) as StoredManifest;
  if (stored.version !== MANIFEST_VERSION) {
    throw new CorruptionError({ file, offset: 0, expected: `manifest version ${MANIFEST_VERSION}` });
  }
  const { schema } = stored;
  return {
    generation: asGeneration(stored.generation),
    meta: stored.meta,
    schema: {
      ...schema,
      // JSON has no undefined: what is absent is.
      numericFilterable: schema.numericFilterable,
      distinctAttribute: schema.distinctAttribute,
      text: { ...schema.text, customNormalization: new Map(schema.text.customNormalization) },
    },
    segments: stored.segments,
    deletionsFile: stored.deletionsFile,
    recordCount: stored.recordCount,
  };
}

/** Whether segments built with one schema serve the other. */
export function isSameSchema(a: IndexSchema, b: IndexSchema): boolean {
  return a === b || JSON.stringify(storedSchema(a)) === JSON.stringify(storedSchema(b));
}

function storedSchema(schema: IndexSchema): StoredManifest['schema'] {
  const { text } = schema;
  return { ...schema, text: { ...text, customNormalization: [...text.customNormalization] } };
}

interface StoredManifest {
  readonly version: number;
  readonly generation: number;
  readonly meta: JsonObject;
  readonly schema: Omit<IndexSchema, 'text'> & {
    readonly text: Omit<IndexSchema['text'], 'customNormalization'> & {
      readonly customNormalization: readonly [string, string][];
    };
  };
  readonly segments: readonly SegmentEntry[];
  readonly deletionsFile: string | undefined;
  readonly recordCount: number;
}
