/**
 * Damage on the disk, where files are mapped: any flipped bit, any cut is a `CorruptionError`, or was where nobody looked; never another answer,
 * and never the end of the process. (Every byte in turn: `packages/engine/src/segment/corruption.test.ts`.)
 */
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CorruptionError } from '@skein/base';
import {
  DEFAULT_SCHEMA,
  defaultSearchQuery,
  FileMissingError,
  IndexWriter,
  readManifest,
  View,
} from '@skein/engine';
import { FileDirectory } from '@skein/member';
import { afterAll, describe, expect, test } from 'vitest';

const RECORD_COUNT = 1500;
const WORDS = ['lamp', 'table', 'chair', 'desk', 'window', 'garden', 'paper', 'light', 'small', 'large'];
const folder = mkdtempSync(join(tmpdir(), 'skein-damaged-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function jsonOf(number: number): string {
  const words = Array.from({ length: 12 }, (_, at) => WORDS[(number * 7 + at * at) % WORDS.length]);
  return JSON.stringify({
    objectID: `${number}`,
    title: words.join(' '),
    color: WORDS[number % 7],
    price: number,
  });
}

function writeIndex(): readonly string[] {
  const directory = new FileDirectory(folder, { loading: 'read' });
  const schema = {
    ...DEFAULT_SCHEMA,
    facets: [{ path: 'color', searchable: true, filterOnly: false, afterDistinct: false }],
  };
  const writer = IndexWriter.open(directory, { schema });
  for (let number = 0; number < RECORD_COUNT; number++) {
    if (number === 900) writer.flush();
    writer.put(`${number}`, JSON.parse(jsonOf(number)), jsonOf(number));
  }
  writer.publish({});
  for (let number = 0; number < RECORD_COUNT; number += 17) writer.delete(`${number}`);
  const { segments, deletionsFile } = writer.publish({});
  return ['manifest', deletionsFile!, ...segments.map((segment) => segment.name)];
}

function answers(loading: 'map' | 'read'): unknown {
  const directory = new FileDirectory(folder, { loading });
  const view = View.open(directory, readManifest(directory)!);
  const all = { ...defaultSearchQuery(), facets: ['color'] };
  return [
    ...['', 'l', 'lamp', 'lmap', 'smal lihgt', 'garden paper'].map((text) => view.search({ ...all, text })),
    view.browse(all, undefined, 200),
  ];
}

const names = writeIndex();
/** Files below this are read, whatever was asked for. */
const MAPPED_BYTES_MIN = 65_536;
const whole = answers('read');

describe.each(['map', 'read'] as const)('files that are loaded by %s', (loading) => {
  function expectSameOrReported(): void {
    let found: unknown;
    try {
      found = answers(loading);
    } catch (error) {
      if (error instanceof CorruptionError || error instanceof FileMissingError) return;
      throw error;
    }
    expect(found).toEqual(whole);
  }

  test('undamaged files answer alike', () => {
    const segments = names.filter((name) => name.endsWith('.segment'));
    for (const name of segments) expect(statSync(join(folder, name)).size).toBeGreaterThan(MAPPED_BYTES_MIN);
    expect(answers(loading)).toEqual(whole);
  });

  test('a flipped bit is reported', () => {
    for (const name of names) {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      const step = Math.ceil(bytes.length / 15);
      for (let at = 0; at < bytes.length; at += step) {
        const damaged = Uint8Array.from(bytes);
        damaged[at]! ^= 1 << (at % 8);
        writeFileSync(path, damaged);
        expectSameOrReported();
      }
      writeFileSync(path, bytes);
    }
  });

  test('a file that was cut is reported', () => {
    for (const name of names) {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      for (const share of [0, 0.01, 0.3, 0.7, 0.99]) {
        truncateSync(path, Math.floor(bytes.length * share));
        expect(() => answers(loading)).toThrow(CorruptionError);
        writeFileSync(path, bytes);
      }
      rmSync(path);
      if (name !== 'manifest') expect(() => answers(loading)).toThrow(FileMissingError);
      writeFileSync(path, bytes);
    }
  });
});
