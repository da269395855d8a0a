/**
 * CRC-32C (Castagnoli, polynomial 0x82f63b78 reflected), slicing by eight.
 * The checksum of journal entries, manifests and segments.
 */
const TABLES = makeTables();

/** Shorter inputs are not worth a view of their words. */
const WORDS_BYTES_MIN = 64;
const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** CRC-32C of `bytes`, continuing from `previous` (0 at the start); an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  if (bytes.length < WORDS_BYTES_MIN || !isLittleEndian)
    return ~addBytes(~previous, bytes, 0, bytes.length) >>> 0;
  // Reading whole words more than doubles the speed.
  const head = -bytes.byteOffset & 3;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, ((bytes.length - head) >>> 3) * 2);
  const crc = addWords(addBytes(~previous, bytes, 0, head), words);
  return ~addBytes(crc, bytes, head + words.byteLength, bytes.length) >>> 0;
}

function addWords(start: number, words: Uint32Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  let crc = start;
  for (let at = 0; at < words.length; at += 2) {
    const low = crc ^ words[at]!;
    const high = words[at + 1]!;
    crc =
      t7[low & 255]! ^
      t6[(low >>> 8) & 255]! ^
      t5[(low >>> 16) & 255]! ^
      t4[low >>> 24]! ^
      t3[high & 255]! ^
      t2[(high >>> 8) & 255]! ^
      t1[(high >>> 16) & 255]! ^
      t0[high >>> 24]!;
  }
  return crc;
}

function addBytes(start: number, bytes: Uint8Array, from: number, end: number): number {
  const t0 = TABLES[0];
  let crc = start;
  for (let at = from; at < end; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 255]!;
  return crc;
}

type Tables = readonly [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

function makeTables(): Tables {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256));
  for (let value = 0; value < 256; value++) {
    let crc = value;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[0]![value] = crc;
  }
  for (let value = 0; value < 256; value++) {
    for (let slice = 1; slice < 8; slice++) {
      const before = tables[slice - 1]![value]!;
      tables[slice]![value] = (before >>> 8) ^ tables[0]![before & 255]!;
    }
  }
  return tables as unknown as Tables;
}
