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
import { countOf, decodeSchema, listOf, objectOf, parseObject, ShapeError, textOf } from './decode.ts';

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
  try {
    return manifestOf(parseObject(utf8Decode(json)));
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new CorruptionError({ file, offset: CHECKSUM_DIGITS + 1, expected: error.message });
  }
}

function manifestOf(stored: JsonObject): Manifest {
  if (stored['version'] !== MANIFEST_VERSION) throw new ShapeError(`manifest version ${MANIFEST_VERSION}`);
  const segments = listOf(stored['segments'], 'segments', decodeEntry);
  if (new Set(segments.map(({ name }) => name)).size < segments.length) {
    throw new ShapeError('segments, each once');
  }
  const { deletionsFile } = stored;
  const recordCount = segments.reduce((sum, entry) => sum + entry.docCount - entry.deletedCount, 0);
  if (recordCount !== stored['recordCount']) throw new ShapeError(`${recordCount} records`);
  if (segments.some((entry) => entry.deletedCount > 0) !== (deletionsFile !== undefined)) {
    throw new ShapeError('a file of deletions where records are deleted');
  }
  return {
    generation: asGeneration(countOf(stored['generation'], 'generation')),
    meta: objectOf(stored['meta'], 'meta'),
    schema: decodeSchema(stored['schema']),
    segments,
    deletionsFile: deletionsFile === undefined ? undefined : fileNameOf(deletionsFile, 'deletionsFile'),
    recordCount,
  };
}

function decodeEntry(value: unknown, what: string): SegmentEntry {
  const stored = objectOf(value, what);
  const name = fileNameOf(stored['name'], what);
  const docCount = countOf(stored['docCount'], what);
  const deletedCount = countOf(stored['deletedCount'], what);
  // The name holds the count, and the segment is checked against its name: so bitmaps of this length fit it.
  if (!name.startsWith(`${docCount}-`)) throw new ShapeError(`${name} with the count of its records`);
  if (deletedCount > docCount) throw new ShapeError(`${name} with at most ${docCount} deleted records`);
  return { name, docCount, deletedCount, fileBytes: countOf(stored['fileBytes'], what) };
}

/** A name that leads nowhere but to a file of the index's folder. */
function fileNameOf(value: unknown, what: string): string {
  const name = textOf(value, what);
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) throw new ShapeError(what);
  return name;
}

/** Whether segments built with one schema serve the other. */
export function isSameSchema(a: IndexSchema, b: IndexSchema): boolean {
  return a === b || canonicalText(a) === canonicalText(b);
}

/** Equal for equal schemas, in whatever order their members were written. */
function canonicalText(schema: IndexSchema): string {
  return JSON.stringify(storedSchema(decodeSchema(storedSchema(schema))));
}

function storedSchema(schema: IndexSchema): object {
  const { text } = schema;
  return { ...schema, text: { ...text, customNormalization: [...text.customNormalization] } };
}
