/**
 * The dumps in `docs/formats/` are what the writer writes today. A difference means that the format has changed: a new version when
 * the old one was released, else `WRITE_FORMATS=1` writes the pages anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { DEFAULT_SCHEMA, type Directory, IndexWriter } from '@skein/engine';
import { MemoryDirectory } from '@skein/engine/testing';
import { expect, test } from 'vitest';

const PAGES = new URL('../../docs/formats/', import.meta.url);
const LINE_BYTES = 16;
const JSON_LINE_LENGTH = 110;

function put(writer: IndexWriter, objectID: string, text: string): void {
  const record = { objectID, t: text };
  writer.put(objectID, record, JSON.stringify(record));
}

function bytesOf(directory: Directory, name: string): Uint8Array {
  return directory.read(name, 0, directory.byteLength(name) ?? 0);
}

/** As `hexdump -C` prints it, without lines that are all zero. */
function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    const line = [...bytes.subarray(at, at + LINE_BYTES)];
    if (at > 0 && line.every((byte) => byte === 0)) continue;
    const hex = line.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = line.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(LINE_BYTES * 3 - 1)}  ${text}`);
  }
  return lines.join('\n');
}

function brokenLines(text: string): string {
  const [checksum, json] = text.split('\n') as [string, string];
  const lines: string[] = [];
  for (let at = 0; at < json.length; at += JSON_LINE_LENGTH)
    lines.push(json.slice(at, at + JSON_LINE_LENGTH));
  return [checksum, ...lines].join('\n');
}

/** The page has `dump` behind the mark. */
function expectDump(page: string, mark: string, dump: string): void {
  const path = new URL(page, PAGES);
  const comment = `<!-- written by tests/formats/format-pages.test.ts: ${mark} -->\n`;
  const block = `\n\`\`\`text\n${dump}\n\`\`\`\n`;
  const [before, behind = ''] = readFileSync(path, 'utf8').split(comment);
  if (process.env['WRITE_FORMATS'] === '1') {
    const rest = behind.replace(/^\n```text\n[^`]*\n```\n/, '');
    writeFileSync(path, before + comment + block + rest);
  } else {
    expect(behind.slice(0, block.length)).toBe(block);
  }
}

test('the dump of the smallest segment is what is written', () => {
  const directory = new MemoryDirectory();
  const writer = IndexWriter.open(directory, { schema: DEFAULT_SCHEMA });
  put(writer, 'a', 'b');
  const [segment] = writer.publish({}).segments;
  expectDump('segment-v1.md', 'segment', hexDump(bytesOf(directory, segment!.name)));
});

test('the dumps of the smallest manifest and deletions are what is written', () => {
  const directory = new MemoryDirectory();
  const writer = IndexWriter.open(directory, { schema: DEFAULT_SCHEMA });
  put(writer, 'a', 'b');
  put(writer, 'b', 'b');
  writer.publish({});
  writer.delete('b');
  const { deletionsFile } = writer.publish({});
  expectDump(
    'manifest-v1.md',
    'manifest',
    brokenLines(new TextDecoder().decode(bytesOf(directory, 'manifest'))),
  );
  expectDump('manifest-v1.md', 'deletions', hexDump(bytesOf(directory, deletionsFile!)));
});
