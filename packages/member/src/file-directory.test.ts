import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileMissingError } from '@skein/engine';
import { directoryContract } from '@skein/engine/directory.contract';
import { afterEach, describe, expect, test } from 'vitest';
import { FileDirectory } from './file-directory.ts';

const folders: string[] = [];
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-directory-'));
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}
interface Platform {
  readonly WebAssembly: {
    readonly Memory: new (of: { initial: number; maximum: number; shared: true }) => WasmMemory;
  };
}
/** No `lib` of this package declares WebAssembly. */
const { WebAssembly } = globalThis as unknown as Platform;

const PAGE = 65_536;
const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 255);

for (const loading of ['map', 'read'] as const) {
  directoryContract(`FileDirectory (${loading})`, () => new FileDirectory(temporaryFolder(), { loading }), {
    createMemory: (byteLength) => {
      const pages = Math.ceil(byteLength / PAGE);
      return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    },
  });
}

describe.each(['map', 'read'] as const)('FileDirectory that loads by %s', (loading) => {
  test('a written file is listed, measured and read in parts', () => {
    const directory = new FileDirectory(join(temporaryFolder(), 'made/by/write'), { loading });
    expect(directory.list()).toEqual([]);
    directory.write('a.bin', [pattern(10), new Uint8Array(0), pattern(5)]);
    expect(directory.list()).toEqual(['a.bin']);
    expect(directory.byteLength('a.bin')).toBe(15);
    expect([...directory.read('a.bin', 8, 4)]).toEqual([
      ...pattern(10).subarray(8),
      ...pattern(5).subarray(0, 2),
    ]);
  });

  test('many parts arrive in order', () => {
    const directory = new FileDirectory(temporaryFolder(), { loading });
    directory.write(
      'a.bin',
      Array.from({ length: 3000 }, (_, at) => Uint8Array.of(at & 255)),
    );
    expect([...directory.read('a.bin', 2990, 10)]).toEqual(
      Array.from({ length: 10 }, (_, at) => (2990 + at) & 255),
    );
  });

  test.each([0, 1, 100, PAGE - 1, PAGE, PAGE + 1, 5 * PAGE + 4097])(
    'a file of %i bytes is loaded whole',
    (length) => {
      const directory = new FileDirectory(temporaryFolder(), { loading });
      directory.write('a.bin', [pattern(length)]);
      const memory = new WebAssembly.Memory({ initial: 10, maximum: 20, shared: true });
      new Uint8Array(memory.buffer).fill(7);
      directory.load('a.bin', length, memory, PAGE);
      const loaded = new Uint8Array(memory.buffer, PAGE, length);
      expect(Buffer.compare(loaded.slice(), pattern(length))).toBe(0);
      // What lies before, and the pages behind, stay the memory's own.
      expect(new Uint8Array(memory.buffer)[PAGE - 1]).toBe(7);
      const behind = PAGE + Math.ceil(length / PAGE) * PAGE;
      new Uint8Array(memory.buffer)[behind] = 9;
      expect(new Uint8Array(memory.buffer)[behind]).toBe(9);
    },
  );

  test('loaded bytes outlive replacing and removing the file, and growth of the memory', () => {
    const directory = new FileDirectory(temporaryFolder(), { loading });
    const length = 3 * PAGE;
    directory.write('a.bin', [pattern(length)]);
    const memory = new WebAssembly.Memory({ initial: 8, maximum: 200, shared: true });
    directory.load('a.bin', length, memory, PAGE);
    directory.write('a.bin', [new Uint8Array(length)]);
    memory.grow(100);
    directory.remove('a.bin');
    expect(Buffer.compare(new Uint8Array(memory.buffer, PAGE, length).slice(), pattern(length))).toBe(0);
  });

  test('memory that is not shared WebAssembly memory is read into', () => {
    const directory = new FileDirectory(temporaryFolder(), { loading });
    directory.write('a.bin', [pattern(2 * PAGE)]);
    for (const buffer of [new ArrayBuffer(4 * PAGE), new SharedArrayBuffer(4 * PAGE)]) {
      directory.load('a.bin', 2 * PAGE, { buffer }, PAGE);
      expect(Buffer.compare(new Uint8Array(buffer, PAGE, 2 * PAGE).slice(), pattern(2 * PAGE))).toBe(0);
    }
  });

  test('a file shorter than asked for is damage, a missing one is missing', () => {
    const folder = temporaryFolder();
    const directory = new FileDirectory(folder, { loading });
    directory.write('a.bin', [pattern(3 * PAGE)]);
    truncateSync(join(folder, 'a.bin'), 2 * PAGE);
    const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
    expect(() => directory.load('a.bin', 3 * PAGE, memory, PAGE)).toThrow('damaged at byte 131072');
    expect(() => directory.read('a.bin', 2 * PAGE - 1, 2)).toThrow('damaged at byte 131072');
    expect(() => directory.load('b.bin', 1, memory, PAGE)).toThrow(FileMissingError);
    expect(() => directory.read('b.bin', 0, 1)).toThrow(FileMissingError);
    expect(directory.byteLength('b.bin')).toBeUndefined();
    expect(() => directory.remove('b.bin')).not.toThrow();
  });

  test('a write that a crash cut short is not listed, and cleaned away', () => {
    const folder = temporaryFolder();
    const directory = new FileDirectory(folder, { loading });
    directory.write('a.bin', [pattern(3)]);
    writeFileSync(join(folder, '.writing-a.bin'), 'half');
    expect(directory.list()).toEqual(['a.bin']);
    directory.removeTemporaries();
    expect(readdirSync(folder)).toEqual(['a.bin']);
  });
});

test('on Linux files are really mapped, so that processes share them', () => {
  if (process.platform !== 'linux') return;
  const folder = temporaryFolder();
  const directory = new FileDirectory(folder, { loading: 'map' });
  directory.write('mapped.bin', [pattern(4 * PAGE)]);
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
  directory.load('mapped.bin', 4 * PAGE, memory, PAGE);
  expect(readFileSync('/proc/self/maps', 'utf8')).toContain('mapped.bin');
  expect(new Uint8Array(memory.buffer)[PAGE + 1]).toBe(31);
});
