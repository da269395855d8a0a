import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { asSequence, type JsonObject } from '@skein/base';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { fetchIndex, HealError, readOffer } from './heal.ts';

interface Part {
  readonly fields: JsonObject;
  readonly payload: Uint8Array;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'skein-heal-'));
  folders.push(folder);
  return join(folder, 'index');
}

const FILES = { manifest: 'the manifest', '3-first.segment': 'segment '.repeat(20) };

/** As a peer sends it, in parts of at most ten bytes. */
function sentParts(applied = 7): Part[] {
  const files = Object.entries(FILES).map(([name, text]): [string, number] => [name, text.length]);
  const parts: Part[] = [{ fields: { applied, files }, payload: new Uint8Array(0) }];
  for (const [file, text] of Object.values(FILES).entries()) {
    for (let offset = 0; offset < text.length; offset += 10) {
      const payload = Buffer.from(text.slice(offset, offset + 10));
      parts.push({ fields: { file, offset, crc32: crc32(payload) }, payload });
    }
  }
  return parts;
}

function fetched(parts: readonly Part[], folder: string): Promise<number> {
  const peer = {
    stream: async function* (): AsyncGenerator<Part> {
      yield* parts;
    },
  };
  const wanted = { application: 'A', index: 'i', atLeast: asSequence(5) };
  return fetchIndex(peer, wanted, folder, new AbortController().signal);
}

test('what a peer sends is there, byte for byte, when it is fetched', async () => {
  const folder = newFolder();
  expect(await fetched(sentParts(), folder)).toBe(7);
  expect(readdirSync(folder).sort()).toEqual(Object.keys(FILES).sort());
  for (const [name, text] of Object.entries(FILES))
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
});

test('an index that comes in part, in another order, damaged, or too old is refused', async () => {
  const changes: readonly ((parts: Part[]) => unknown)[] = [
    (parts) => parts.pop(),
    (parts) => parts.splice(2, 1),
    (parts) => parts.splice(3, 0, parts[3]!),
    (parts) => parts.reverse(),
    (parts) => parts.push(parts.at(-1)!),
    (parts) => {
      parts[4]!.payload[0]! ^= 1;
    },
    (parts) => parts.splice(0, parts.length, ...sentParts(4)),
    (parts) => parts.splice(0, parts.length),
  ];
  for (const change of changes) {
    const parts = sentParts();
    change(parts);
    await expect(fetched(parts, newFolder())).rejects.toThrow(HealError);
  }
});

test('an offer names files of one folder only, whatever a peer says', () => {
  fc.assert(
    fc.property(
      fc.record({
        applied: fc.oneof(fc.nat(), fc.jsonValue()),
        files: fc.oneof(
          fc.jsonValue(),
          fc.array(
            fc.tuple(
              fc.oneof(fc.string(), fc.constantFrom('manifest', '../x', 'a/b', '..', '.x')),
              fc.oneof(fc.nat(), fc.integer()),
            ),
          ),
        ),
      }),
      (fields) => {
        try {
          const { files } = readOffer(fields as unknown as JsonObject, 5);
          for (const { name, bytes } of files) {
            expect(name).toMatch(/^[a-z0-9][a-z0-9._-]*$/);
            expect(bytes).toBeGreaterThan(0);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(HealError);
        }
      },
    ),
  );
  expect(existsSync('x')).toBe(false);
});
