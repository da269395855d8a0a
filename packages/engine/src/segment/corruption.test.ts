/**
 * Damage of any byte, at any length, in any file of an index:
 *   1. A flipped bit, wherever it is, is reported; no search ever answers from it.
 *   2. So is a file that is cut short or has grown.
 *   3. So is a file that is whole but belongs elsewhere: two files of one length swapped, an older state of a file.
 *   4. Reported means `CorruptionError` or `FileMissingError`, nothing else, and by the writer too.
 *   5. A file made on purpose, with valid checksums, can't make a reader look outside of it.
 */
import { CorruptionError, crc32c } from '@skein/base';
import { beforeAll, describe, expect, test } from 'vitest';
import { FileMissingError } from '../directory.ts';
import { IndexWriter } from '../index-writer.ts';
import { encodeManifest, MANIFEST_FILE, readManifest } from '../manifest/manifest.ts';
import { MemoryDirectory } from '../testing/memory-directory.ts';
import {
  askSmallRichIndex,
  SMALL_RICH_SCHEMA,
  type SmallRichAnswers,
  writeSmallRichIndex,
} from '../testing/small-rich-index.ts';
import { View } from '../view.ts';
import { SMALL_FILE_BYTES } from './limits.ts';
import { decodeSegmentHeader, segmentName } from './segment-file.ts';
import { SegmentReader } from './segment-reader.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const files = new Map<string, Bytes>();
let whole: SmallRichAnswers;

function directoryOf(contents: ReadonlyMap<string, Uint8Array>): MemoryDirectory {
  const directory = new MemoryDirectory();
  for (const [name, bytes] of contents) directory.write(name, [bytes]);
  return directory;
}

function contentsOf(directory: MemoryDirectory, names: readonly string[]): Map<string, Bytes> {
  return new Map(names.map((name) => [name, directory.read(name, 0, directory.byteLength(name)!)]));
}

/** What reading says: the undamaged answers, the damage, or what must not happen. */
function outcome(directory: MemoryDirectory): 'same' | 'reported' {
  let answers: SmallRichAnswers;
  try {
    answers = askSmallRichIndex(directory);
  } catch (error) {
    if (error instanceof CorruptionError || error instanceof FileMissingError) return 'reported';
    throw error;
  }
  expect(answers).toEqual(whole);
  return 'same';
}

function isRefused(directory: MemoryDirectory, name: string): boolean {
  if (!name.endsWith('.segment')) return false;
  try {
    SegmentReader.open(directory, name, SMALL_RICH_SCHEMA);
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(CorruptionError);
    return true;
  }
}

function withFile(name: string, bytes: Uint8Array): MemoryDirectory {
  return directoryOf(new Map([...files, [name, bytes]]));
}

beforeAll(() => {
  const directory = new MemoryDirectory();
  writeSmallRichIndex(directory);
  const manifest = readManifest(directory)!;
  expect(manifest.segments).toHaveLength(4);
  expect(manifest.segments.filter((segment) => segment.deletedCount > 0)).toHaveLength(3);
  const names = [MANIFEST_FILE, manifest.deletionsFile!, ...manifest.segments.map((segment) => segment.name)];
  for (const [name, bytes] of contentsOf(directory, names)) files.set(name, bytes);
  whole = askSmallRichIndex(directory);
});

test('undamaged files give the answers', () => {
  expect(outcome(directoryOf(files))).toBe('same');
});

test('1: one flipped bit is reported, in whatever byte of whatever file', { timeout: 300_000 }, () => {
  const unreported: string[] = [];
  for (const [name, bytes] of files) {
    const directory = directoryOf(files);
    const damaged = bytes.slice();
    // Every byte; of the larger segments every third, whose sections are small enough that each is hit often. DAMAGE=all: every one.
    const step = bytes.length > 5000 && process.env['DAMAGE'] !== 'all' ? 3 : 1;
    for (let at = 0; at < bytes.length; at += step) {
      // Every bit position takes its turn.
      damaged[at]! ^= 1 << (at % 8);
      directory.write(name, [damaged]);
      // Most damage shows when the segment is opened, which a View does first; a record that is deleted is read by nobody.
      const reported = isRefused(directory, name) || outcome(directory) === 'reported';
      if (!reported && !isDeletedRecord(name, at)) unreported.push(`${name} at ${at}`);
      damaged[at] = bytes[at]!;
    }
  }
  expect(unreported).toEqual([]);
});

test('2: a file cut to any length is reported', { timeout: 300_000 }, () => {
  for (const [name, bytes] of files) {
    const step = Math.max(1, Math.floor(bytes.length / 300));
    const lengths = new Set([0, 1, 8, 9, 63, 64, 65, bytes.length - 1]);
    for (let length = 0; length < bytes.length; length += step) lengths.add(length);
    for (const length of lengths) {
      if (length < bytes.length) expect(outcome(withFile(name, bytes.subarray(0, length)))).toBe('reported');
    }
  }
});

test('2: a file that has grown is reported', () => {
  for (const [name, bytes] of files) {
    for (const added of [1, 7, 64, 4096]) {
      for (const fill of [0, 255]) {
        const grown = new Uint8Array(bytes.length + added).fill(fill);
        grown.set(bytes);
        expect(outcome(withFile(name, grown))).toBe('reported');
      }
    }
  }
});

test('a missing file is reported as missing, so that a reader looks for a newer manifest', () => {
  for (const name of files.keys()) {
    if (name === MANIFEST_FILE) continue;
    const directory = directoryOf(files);
    directory.remove(name);
    expect(() => askSmallRichIndex(directory)).toThrow(FileMissingError);
  }
});

test('1: damage in records that are read one by one is reported when they are read', () => {
  const directory = new MemoryDirectory();
  const writer = IndexWriter.open(directory, { schema: SMALL_RICH_SCHEMA });
  const jsonOf = (number: number): string =>
    JSON.stringify({ objectID: `${number}`, padding: 'x'.repeat(9000) });
  for (let number = 0; number < 10; number++)
    writer.put(`${number}`, JSON.parse(jsonOf(number)), jsonOf(number));
  const manifest = writer.publish({});
  const { name, fileBytes } = manifest.segments[0]!;
  expect(fileBytes).toBeGreaterThan(SMALL_FILE_BYTES);
  const bytes = directory.read(name, 0, fileBytes);
  const recordsAt = fileBytes - 10 * jsonOf(0).length;
  for (let at = recordsAt; at < fileBytes; at += 997) {
    const damaged = bytes.slice();
    damaged[at]! ^= 1 << (at % 8);
    directory.write(name, [damaged]);
    const view = View.open(directory, manifest);
    const results = Array.from({ length: 10 }, (_, number) => {
      try {
        return view.get(`${number}`) === jsonOf(number);
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptionError);
        return false;
      }
    });
    expect(results.filter((whole) => !whole)).toHaveLength(1);
  }
});

describe('3: a whole file in the wrong place', () => {
  test('two segments of one length swapped are reported', () => {
    const make = (title: string): MemoryDirectory => {
      const directory = new MemoryDirectory();
      const writer = IndexWriter.open(directory, { schema: SMALL_RICH_SCHEMA });
      for (const word of [title, 'four']) {
        writer.put(word, { objectID: word, title: word }, JSON.stringify({ objectID: word, title: word }));
        writer.flush();
      }
      writer.publish({});
      return directory;
    };
    const directory = make('five');
    const [first, second] = readManifest(directory)!.segments.map((segment) => segment.name);
    const contents = contentsOf(directory, [MANIFEST_FILE, first!, second!]);
    expect(contents.get(first!)).toHaveLength(contents.get(second!)!.length);
    const swapped = new Map(contents).set(first!, contents.get(second!)!).set(second!, contents.get(first!)!);
    expect(() => askSmallRichIndex(directoryOf(swapped))).toThrow(CorruptionError);
    expect(() => askSmallRichIndex(directoryOf(contents))).not.toThrow();
  });

  test('a file that holds another file of the index is reported', () => {
    for (const name of files.keys()) {
      for (const other of files.keys()) {
        if (name !== other) expect(outcome(withFile(name, files.get(other)!))).toBe('reported');
      }
    }
  });

  test('deletions of another time, as many and as long, are reported', () => {
    const deletionsWithout = (objectID: string): { directory: MemoryDirectory; name: string } => {
      const directory = directoryOf(files);
      const writer = IndexWriter.open(directory, { schema: SMALL_RICH_SCHEMA });
      writer.delete(objectID);
      return { directory, name: writer.publish({}).deletionsFile! };
    };
    const published = deletionsWithout('r5');
    const other = deletionsWithout('r6');
    const bytes = other.directory.read(other.name, 0, other.directory.byteLength(other.name)!);
    expect(bytes).toHaveLength(published.directory.byteLength(published.name)!);
    expect(askSmallRichIndex(published.directory).recordCount).toBe(whole.recordCount - 1);
    published.directory.write(published.name, [bytes]);
    expect(() => askSmallRichIndex(published.directory)).toThrow(CorruptionError);
  });
});

test('4: a writer reports damage too, before it changes anything', () => {
  for (const [name, bytes] of files) {
    const step = Math.max(1, Math.floor(bytes.length / 100));
    for (let at = 0; at < bytes.length; at += step) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      const directory = withFile(name, damaged);
      try {
        const writer = IndexWriter.open(directory, { schema: SMALL_RICH_SCHEMA });
        // Records are checked when they are read.
        for (let number = 0; number < 24; number++) writer.get(`r${number}`);
        const plan = writer.planMerge({ thorough: true });
        expect(plan).toBeDefined();
        expect.unreachable(`byte ${at} of ${name} went unnoticed`);
      } catch (error) {
        if (!(error instanceof CorruptionError)) expect(isDeletedRecord(name, at)).toBe(true);
      }
      expect(directory.list()).toEqual([...files.keys()].sort());
    }
  }
});

/** Whether byte `at` of a file belongs to a record that is deleted. */
function isDeletedRecord(name: string, at: number): boolean {
  const directory = directoryOf(files);
  const bytes = files.get(name)!;
  if (!name.endsWith('.segment')) return false;
  const { mappedBytes } = decodeSegmentHeader(bytes.slice(0, headerBytesOf(bytes)), {
    name,
    file: name,
    fileBytes: bytes.length,
  });
  const { records, objectIDs, docCount } = SegmentReader.open(directory, name, SMALL_RICH_SCHEMA);
  let start = mappedBytes;
  for (let docId = 0; docId < docCount; docId++) {
    const end = start + records.byteLength(docId);
    if (at >= start && at < end) {
      const number = Number(objectIDs.objectID(docId).slice(1));
      return whole.records[number] !== records.json(docId);
    }
    start = end;
  }
  return false;
}

function headerBytesOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(12, true);
}

describe('5: files made on purpose, with valid checksums', () => {
  /** Opens a segment whose header was changed and sealed again, under the name that it then has. */
  function openForged(change: (view: DataView) => void): void {
    const directory = directoryOf(files);
    const name = directory.list().find((file) => file.endsWith('.segment'))!;
    const forged = files.get(name)!.slice();
    const header = forged.subarray(0, headerBytesOf(forged));
    const view = new DataView(header.buffer, 0, header.length);
    change(view);
    view.setUint32(40, 0, true);
    view.setUint32(40, crc32c(header), true);
    const forgedName = segmentName(header, view.getUint32(16, true));
    directory.write(forgedName, [forged]);
    SegmentReader.open(directory, forgedName, SMALL_RICH_SCHEMA);
  }

  test('a header that was only sealed again opens', () => {
    expect(() => openForged(() => {})).not.toThrow();
  });

  test('sections that lie outside of the file, or not where they should, are damage', () => {
    const changes: ((view: DataView) => void)[] = [
      (view) => view.setUint32(64 + 32, 0xffff_ff00, true),
      (view) => view.setUint32(64 + 36, 5, true),
      (view) => view.setUint32(64 + 40, 0xffff_0000, true),
      (view) => view.setUint32(64 + 32, 129, true),
      (view) => view.setUint32(24, 1 << 30, true),
      (view) => view.setUint32(28, 1, true),
      (view) => view.setUint32(20, 0x7fff_ffff, true),
      (view) => view.setUint32(12, 0x7fff_ffc0, true),
      (view) => view.setUint32(16, 1, true),
      (view) => view.setUint32(16, 0x7fff_ffff, true),
      (view) => view.setUint8(64, 0x78),
    ];
    for (const change of changes) expect(() => openForged(change)).toThrow(CorruptionError);
  });
});

describe('a manifest with a valid checksum and another shape', () => {
  const sealed = (json: string): Bytes => {
    const text = new TextEncoder().encode(json);
    const checksum = new TextEncoder().encode(`${crc32c(text).toString(16).padStart(8, '0')}\n`);
    return Uint8Array.from([...checksum, ...text]);
  };

  test('is damage, whatever is missing or of another kind', () => {
    const json = JSON.parse(new TextDecoder().decode(files.get(MANIFEST_FILE)!.subarray(9))) as Record<
      string,
      unknown
    >;
    for (const name of Object.keys(json)) {
      for (const value of [undefined, null, 'x', -1, 1.5, [], [null], {}]) {
        // Any object may be the caller's, and any name may be a file's.
        if (
          (JSON.stringify(value) === '{}' && name === 'meta') ||
          (value === 'x' && name === 'deletionsFile')
        )
          continue;
        const directory = withFile(MANIFEST_FILE, sealed(JSON.stringify({ ...json, [name]: value })));
        expect(() => readManifest(directory), `${name} ${JSON.stringify(value)}`).toThrow(CorruptionError);
      }
    }
    for (const text of ['', '{', 'null', '[]', '1', '"x"']) {
      expect(() => readManifest(withFile(MANIFEST_FILE, sealed(text)))).toThrow(CorruptionError);
    }
  });

  test('may not name files outside of the folder', () => {
    const manifest = readManifest(directoryOf(files))!;
    const [segment] = manifest.segments;
    const path = `${segment!.docCount}-/../../other.segment`;
    const bytes = encodeManifest({ ...manifest, segments: [{ ...segment!, name: path }] });
    expect(() => readManifest(withFile(MANIFEST_FILE, bytes))).toThrow(CorruptionError);
  });
});
