import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { type Format, RecordSource, type SourceItem, sniffFormat } from './record-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(
  name: string,
  content: string | Buffer,
  format: Format = 'auto',
  numbers: 'convert' | 'keep-text' = 'convert',
): Promise<SourceItem[]> {
  const file = join(folder, name);
  writeFileSync(file, content);
  const source = new RecordSource({ file, format, csv: { numbers }, stdin: Readable.from([]) });
  const items: SourceItem[] = [];
  for await (const item of source.items()) items.push(item);
  expect(source.bytesRead).toBe(source.bytesTotal);
  return items;
}

const two = [
  { text: '{"a":1}', line: 1 },
  { text: '{"a":2}', line: 2 },
];

test('one JSON file may hold an array or lines of records', async () => {
  expect(await read('a.json', '[{"a":1},\n{"a":2}]')).toEqual(two);
  expect(await read('b.json', '{"a":1}\n{"a":2}\n')).toEqual(two);
  expect(await read('c.json', '{\n"a":1}')).toEqual([{ text: '{\n"a":1}', line: 1 }]);
  expect(await read('empty.json', '')).toEqual([]);
});

test('gzip is told from the bytes, not from the name', async () => {
  expect(await read('d.ndjson', gzipSync('{"a":1}\n{"a":2}\n'))).toEqual(two);
  expect(await read('e.json.gz', gzipSync('[{"a":1},\n{"a":2}]'))).toEqual(two);
});

test('a broken NDJSON line costs only itself', async () => {
  expect(await read('f.ndjson', '{"a":"\n{"a":2}\n')).toEqual([{ text: '{"a":"', line: 1 }, two[1]]);
});

test('CSV cells become numbers only where nothing is lost; empty cells are left out', async () => {
  const [first, second] = await read(
    'g.csv',
    '\uFEFFobjectID,name,zip,price,sale\n1,"Lamp, big",007,9.5,true\n2,Oak,1e5,,false\n',
  );
  expect(JSON.parse(first!.text)).toEqual({
    objectID: '1',
    name: 'Lamp, big',
    zip: '007',
    price: 9.5,
    sale: true,
  });
  expect(JSON.parse(second!.text)).toEqual({ objectID: '2', name: 'Oak', zip: '1e5', sale: false });
  const [text] = await read('h.csv', 'name,price\nLamp,9.5\n', 'auto', 'keep-text');
  expect(JSON.parse(text!.text)).toEqual({ name: 'Lamp', price: '9.5' });
});

test('a CSV line with too many cells is told with its line; the others go on', async () => {
  const items = await read('i.csv', 'a,b\n1,2\n1,2,3\n3,4\n');
  expect(items.map(({ reason }) => reason === undefined)).toEqual([true, false, true]);
});

test('a truncated gzip file is an error that names the file', async () => {
  const bytes = gzipSync('{"a":1}\n'.repeat(10_000));
  await expect(read('j.ndjson.gz', bytes.subarray(0, bytes.length - 20))).rejects.toThrow(/j\.ndjson\.gz: /);
});

test('the format is told from the name, else from the first bytes', () => {
  const format = (name: string, content: string) => sniffFormat(Buffer.from(content), name);
  expect(format('x.jsonl.gz', '')).toBe('ndjson');
  expect(format('x.tsv', '{')).toBe('tsv');
  expect(format('-', 'objectID,name\n')).toBe('csv');
  expect(format('-', '  [1]')).toBe('json');
  expect(format('-', '{"a":1}\n{')).toBe('ndjson');
});

test('bytes that are no UTF-8 are rejected, not replaced; a U+FFFD that is in the file is text', async () => {
  const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
  for (const [name, content] of [
    ['l.json', '[{"a":"caf\u00e9"},{"a":"x"}]'],
    ['l.ndjson', '{"a":"caf\u00e9"}\n{"a":"x"}\n'],
    ['l.csv', 'a\ncaf\u00e9\nx\n'],
  ] as const) {
    const [first, second] = await read(name, latin1(content));
    expect(first?.reason, name).toContain('not UTF-8');
    expect(second?.reason, name).toBeUndefined();
    expect(second?.text, name).toBe('{"a":"x"}');
  }
  for (const [name, content] of [
    ['m.json', '[{"a":"\uFFFD\u00e9"}]'],
    ['m.ndjson', '{"a":"\uFFFD\u00e9"}'],
    ['m.csv', 'a\n\uFFFD\u00e9'],
  ] as const) {
    const items = await read(name, content);
    expect(items[0]?.text, name).toBe('{"a":"\uFFFD\u00e9"}');
    expect(items[0]?.reason, name).toBeUndefined();
  }
});
