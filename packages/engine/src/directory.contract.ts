/**
 * What every `Directory` keeps. Call inside a test file with a function that makes an empty one:
 *
 *   directoryContract('MemoryDirectory', () => new MemoryDirectory());
 */
import { afterEach, describe, expect, test } from 'vitest';
import { type Directory, FileMissingError, LOAD_ALIGNMENT_BYTES, type LoadTarget } from './directory.ts';

export interface DirectoryContractOptions {
  /** Takes away what `create` made. */
  readonly dispose?: ((directory: Directory) => void) | undefined;
  /** A memory that `load` accepts; the default is a plain shared buffer. */
  readonly createMemory?: ((byteLength: number) => LoadTarget) | undefined;
}

export function directoryContract(
  name: string,
  create: () => Directory,
  options: DirectoryContractOptions = {},
): void {
  const createMemory =
    options.createMemory ??
    ((byteLength: number): LoadTarget => ({ buffer: new SharedArrayBuffer(byteLength) }));

  describe(`${name} keeps the contract of Directory`, () => {
    const made: Directory[] = [];
    const open = (): Directory => {
      const directory = create();
      made.push(directory);
      return directory;
    };
    afterEach(() => {
      for (const directory of made.splice(0)) options.dispose?.(directory);
    });

    test('an empty folder lists nothing', () => {
      expect(open().list()).toEqual([]);
    });

    test('a written file has the bytes of its parts, one after the other', () => {
      const directory = open();
      directory.write('a.segment', [bytes(1, 2), bytes(), bytes(3)]);
      expect(directory.byteLength('a.segment')).toBe(3);
      expect(directory.read('a.segment', 0, 3)).toEqual(bytes(1, 2, 3));
    });

    test('parts may be made one by one in the same bytes', () => {
      const directory = open();
      const shared = new Uint8Array(2);
      directory.write(
        'a',
        (function* () {
          for (const value of [1, 2, 3]) yield shared.fill(value);
        })(),
      );
      expect(directory.read('a', 0, 6)).toEqual(bytes(1, 1, 2, 2, 3, 3));
    });

    test('a write that fails while its parts are made leaves the old file', () => {
      const directory = open();
      directory.write('a', [bytes(7)]);
      const failing = (function* (): Generator<Uint8Array> {
        yield bytes(8);
        throw new Error('no more');
      })();
      expect(() => directory.write('a', failing)).toThrow('no more');
      expect(directory.read('a', 0, 1)).toEqual(bytes(7));
      expect(directory.list()).toEqual(['a']);
    });

    test('an empty file exists', () => {
      const directory = open();
      directory.write('empty', []);
      expect(directory.byteLength('empty')).toBe(0);
      expect(directory.list()).toEqual(['empty']);
      expect(directory.read('empty', 0, 0)).toEqual(bytes());
    });

    test('writing again replaces the whole file', () => {
      const directory = open();
      directory.write('a', [bytes(1, 2, 3)]);
      directory.write('a', [bytes(9)]);
      expect(directory.byteLength('a')).toBe(1);
      expect(directory.read('a', 0, 1)).toEqual(bytes(9));
    });

    test('a written file does not change with the bytes it was written from', () => {
      const directory = open();
      const source = bytes(1, 2);
      directory.write('a', [source]);
      source[0] = 7;
      expect(directory.read('a', 0, 2)).toEqual(bytes(1, 2));
    });

    test('a part that was read is the reader’s own, on memory that is not shared', () => {
      const directory = open();
      directory.write('a', [bytes(1, 2, 3)]);
      const part = directory.read('a', 1, 1);
      expect(part.buffer).toBeInstanceOf(ArrayBuffer);
      part[0] = 7;
      expect(directory.read('a', 0, 3)).toEqual(bytes(1, 2, 3));
    });

    test('reading or loading beyond the end throws', () => {
      const directory = open();
      directory.write('a', [bytes(1, 2, 3)]);
      expect(() => directory.read('a', 1, 3)).toThrow();
      expect(() =>
        directory.load('a', 4, createMemory(2 * LOAD_ALIGNMENT_BYTES), LOAD_ALIGNMENT_BYTES),
      ).toThrow();
    });

    test('list names every file once, in order', () => {
      const directory = open();
      for (const file of ['b.1', 'a_2', 'manifest.json', 'b.1']) directory.write(file, [bytes(1)]);
      expect([...directory.list()].sort()).toEqual(['a_2', 'b.1', 'manifest.json']);
    });

    test('a removed file is gone, and removing it again is no error', () => {
      const directory = open();
      directory.write('a', [bytes(1)]);
      directory.remove('a');
      directory.remove('a');
      expect(directory.list()).toEqual([]);
      expect(directory.byteLength('a')).toBeUndefined();
    });

    test('a missing file throws FileMissingError where bytes are asked for', () => {
      const directory = open();
      const memory = createMemory(2 * LOAD_ALIGNMENT_BYTES);
      expect(() => directory.read('missing', 0, 1)).toThrow(FileMissingError);
      expect(() => directory.load('missing', 1, memory, LOAD_ALIGNMENT_BYTES)).toThrow(FileMissingError);
    });

    test('load puts the beginning of a file at its place and leaves what is before', () => {
      const directory = open();
      const file = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7) & 255);
      directory.write('a', [file]);
      const memory = createMemory(4 * LOAD_ALIGNMENT_BYTES);
      const view = new Uint8Array(memory.buffer);
      view.fill(255, 0, LOAD_ALIGNMENT_BYTES);
      directory.load('a', file.length, memory, LOAD_ALIGNMENT_BYTES);
      expect(view.slice(LOAD_ALIGNMENT_BYTES, LOAD_ALIGNMENT_BYTES + file.length)).toEqual(file);
      expect(view[LOAD_ALIGNMENT_BYTES - 1]).toBe(255);
    });

    test('a part of a file can be loaded', () => {
      const directory = open();
      directory.write('a', [new Uint8Array(80_000).fill(3)]);
      const memory = createMemory(4 * LOAD_ALIGNMENT_BYTES);
      directory.load('a', 70_000, memory, LOAD_ALIGNMENT_BYTES);
      const view = new Uint8Array(memory.buffer);
      expect(view[LOAD_ALIGNMENT_BYTES]).toBe(3);
      expect(view[LOAD_ALIGNMENT_BYTES + 69_999]).toBe(3);
    });

    test('loaded bytes stay when the file is replaced or removed', () => {
      const directory = open();
      directory.write('a', [new Uint8Array(70_000).fill(1)]);
      const memory = createMemory(4 * LOAD_ALIGNMENT_BYTES);
      directory.load('a', 70_000, memory, LOAD_ALIGNMENT_BYTES);
      directory.write('a', [new Uint8Array(70_000).fill(2)]);
      directory.remove('a');
      const view = new Uint8Array(memory.buffer, LOAD_ALIGNMENT_BYTES, 70_000);
      expect(view.every((byte) => byte === 1)).toBe(true);
    });

    test('describe says where a file is', () => {
      expect(open().describe('a.segment')).toContain('a.segment');
    });
  });
}

function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values);
}
