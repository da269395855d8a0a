/**
 * What members tell each other of checkpoints:
 *
 *   checkpoint-open     → { id, lastSequence, bytes }, and as payload the list of files: JSON [[path, bytes], …]
 *   checkpoint-read     { id, file, offset } → parts { file, offset, crc32 } with bytes as payload: from there to the end of the last file
 *   checkpoint-release  { id }
 *
 * Paths are relative to the data folder, with `/`. Only what belongs to a copy is accepted as a path: never one that leads elsewhere.
 */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

export interface CheckpointFile {
  readonly path: string;
  readonly bytes: number;
}

export interface CheckpointOffer {
  /** Names the copy, for as long as the member keeps it. */
  readonly id: string;
  /** The last operation in it; the log goes on behind. */
  readonly lastSequence: number;
  readonly bytes: number;
  readonly files: readonly CheckpointFile[];
}

/** Where reading goes on: `file` is a place in the offer's list. */
export interface CheckpointPlace {
  readonly file: number;
  readonly offset: number;
}

export interface CheckpointPart extends CheckpointPlace {
  readonly bytes: Uint8Array;
  /** Of the bytes, as `node:zlib` computes it. */
  readonly crc32: number;
}

/** What came from a peer is not what was asked for. */
export class CheckpointFormatError extends Error {
  override readonly name = 'CheckpointFormatError';
}

const NAME = '[A-Za-z0-9_%-]+';
const FILE_NAME = '[a-z0-9][a-z0-9._-]*';
const PATHS = [
  'recent-operations\\.json',
  'journal/\\d{16}\\.journal',
  `apps/${NAME}/(application\\.json|fql-secret)`,
  `apps/${NAME}/documents/(documents\\.mdb|durable\\.bin)`,
  `apps/${NAME}/indexes/${NAME}\\.(deleted|damaged)`,
  `apps/${NAME}/indexes/${NAME}/${FILE_NAME}`,
];
const PATH = new RegExp(`^(${PATHS.join('|')})$`);

export function isCheckpointPath(path: string): boolean {
  return PATH.test(path);
}

export function encodeOffer({ id, lastSequence, bytes, files }: CheckpointOffer): {
  readonly fields: JsonObject;
  readonly payload: Uint8Array;
} {
  const list = files.map(({ path, bytes: length }) => [path, length]);
  return { fields: { id, lastSequence, bytes }, payload: Buffer.from(JSON.stringify(list)) };
}

/** Throws `CheckpointFormatError`. */
export function decodeOffer(fields: JsonObject, payload: Uint8Array): CheckpointOffer {
  const { id, lastSequence, bytes } = fields as { id?: Json; lastSequence?: Json; bytes?: Json };
  if (typeof id !== 'string' || !isCount(lastSequence) || !isCount(bytes)) {
    throw new CheckpointFormatError('expected id, lastSequence and bytes of a checkpoint');
  }
  let list: Json;
  try {
    list = JSON.parse(Buffer.from(payload).toString('utf8')) as Json;
  } catch (error) {
    throw new CheckpointFormatError('expected a list of files', { cause: error });
  }
  if (!Array.isArray(list)) throw new CheckpointFormatError('expected a list of files');
  const seen = new Set<string>();
  const files = (list as readonly Json[]).map((entry): CheckpointFile => {
    const [path, length] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
    if (typeof path !== 'string' || !isCheckpointPath(path) || !isCount(length) || seen.has(path))
      throw new CheckpointFormatError('expected a path of a checkpoint, once, with its length');
    seen.add(path);
    return { path, bytes: length };
  });
  if (files.reduce((sum, file) => sum + file.bytes, 0) !== bytes)
    throw new CheckpointFormatError(`expected files of ${bytes} bytes together`);
  return { id, lastSequence, bytes, files };
}

/** Throws `CheckpointFormatError`. */
export function readPlace(fields: JsonObject): CheckpointPlace {
  const { file, offset } = fields as { file?: Json; offset?: Json };
  if (!isCount(file) || !isCount(offset)) throw new CheckpointFormatError('expected file and offset');
  return { file, offset };
}

/** Throws `CheckpointFormatError`. */
export function readPart(fields: JsonObject, bytes: Uint8Array): CheckpointPart {
  const { crc32 } = fields as { crc32?: Json };
  if (!isCount(crc32)) throw new CheckpointFormatError('expected crc32');
  return { ...readPlace(fields), crc32, bytes };
}

/** Throws `CheckpointFormatError`. */
export function readId(fields: JsonObject): string {
  const { id } = isJsonObject(fields) ? fields : {};
  if (typeof id !== 'string') throw new CheckpointFormatError('expected the id of a checkpoint');
  return id;
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
