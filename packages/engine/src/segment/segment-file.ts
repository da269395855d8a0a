/**
 * The container of a segment: one immutable file of checksummed sections.
 *
 *   header 64 bytes | section table 48 bytes each | padding | sections, each 64-byte aligned | records
 *
 * Everything before `records` (the mapped part) is loaded as a whole; the records follow at the end of the file, are read
 * one by one and have a checksum each. Byte tables: `docs/formats/segment-v1.md`.
 *
 * The file's name follows from its content, so that members that applied the same operations hold files of the same name.
 */
import { assert, CorruptionError, crc32c } from '@skein/base';
import type { Section } from './section.ts';

export const SEGMENT_VERSION = 1;
export const SEGMENT_SUFFIX = '.segment';

const MAGIC = [0x53, 0x4b, 0x45, 0x49, 0x4e, 0x53, 0x45, 0x47]; // "SKEINSEG"
const HEADER_BYTES = 64;
const TABLE_ENTRY_BYTES = 48;
const NAME_BYTES = 28;
const SECTION_ALIGNMENT = 64;
const HEADER_CHECKSUM_AT = 40;

export interface SegmentHeader {
  readonly docCount: number;
  readonly headerBytes: number;
  /** The part that is loaded: header, table and all sections but the records. */
  readonly mappedBytes: number;
  readonly fileBytes: number;
  readonly sections: readonly SectionEntry[];
}

interface SectionEntry {
  readonly name: string;
  readonly at: number;
  readonly byteLength: number;
  readonly checksum: number;
}

export interface EncodedSegment {
  readonly name: string;
  readonly fileBytes: number;
  /** Header, sections and padding; the records' bytes follow. */
  readonly parts: readonly Uint8Array[];
}

/** Lays out the sections; the caller appends `recordsBytes` bytes of records after `parts`. */
export function encodeSegment(
  sections: readonly Section[],
  options: { readonly docCount: number; readonly recordsBytes: number },
): EncodedSegment {
  const headerBytes = alignSection(HEADER_BYTES + sections.length * TABLE_ENTRY_BYTES);
  const header = new Uint8Array(headerBytes);
  const view = new DataView(header.buffer);
  header.set(MAGIC, 0);
  view.setUint32(8, SEGMENT_VERSION, true);
  view.setUint32(12, headerBytes, true);
  view.setUint32(16, options.docCount, true);
  view.setUint32(20, sections.length, true);
  const parts: Uint8Array[] = [header];
  let at = headerBytes;
  for (const [ordinal, section] of sections.entries()) {
    assert(section.name.length <= NAME_BYTES, `section name ${section.name} is too long`);
    const entryAt = HEADER_BYTES + ordinal * TABLE_ENTRY_BYTES;
    for (let char = 0; char < section.name.length; char++)
      header[entryAt + char] = section.name.charCodeAt(char);
    view.setUint32(entryAt + 28, crc32c(section.bytes), true);
    setUint64(view, entryAt + 32, at);
    setUint64(view, entryAt + 40, section.bytes.length);
    const paddedLength = alignSection(section.bytes.length);
    parts.push(section.bytes);
    if (paddedLength > section.bytes.length) parts.push(new Uint8Array(paddedLength - section.bytes.length));
    at += paddedLength;
  }
  setUint64(view, 24, at);
  setUint64(view, 32, at + options.recordsBytes);
  view.setUint32(HEADER_CHECKSUM_AT, crc32c(header), true);
  return { name: segmentName(header, options.docCount), fileBytes: at + options.recordsBytes, parts };
}

/** Bytes that must be read to call `decodeSegmentHeader`. */
export const SEGMENT_PROLOGUE_BYTES = HEADER_BYTES;

/** Length of header and table, from the first `SEGMENT_PROLOGUE_BYTES` bytes. */
export function segmentHeaderBytes(prologue: Uint8Array, file: string): number {
  if (prologue.length < HEADER_BYTES || MAGIC.some((byte, at) => prologue[at] !== byte)) {
    throw new CorruptionError({ file, offset: 0, expected: 'the signature of a segment' });
  }
  const view = new DataView(prologue.buffer, prologue.byteOffset, prologue.byteLength);
  const version = view.getUint32(8, true);
  if (version !== SEGMENT_VERSION) {
    throw new CorruptionError({
      file,
      offset: 8,
      expected: `format version ${SEGMENT_VERSION}, found ${version}`,
    });
  }
  const headerBytes = view.getUint32(12, true);
  const expected = alignSection(HEADER_BYTES + view.getUint32(20, true) * TABLE_ENTRY_BYTES);
  if (headerBytes !== expected) {
    throw new CorruptionError({ file, offset: 12, expected: `a header of ${expected} bytes` });
  }
  return headerBytes;
}

/** Throws `CorruptionError` unless the header is whole, of the file of this name, and its sections fill the file as `encodeSegment` would. */
export function decodeSegmentHeader(
  header: Uint8Array,
  of: { readonly name: string; readonly file: string; readonly fileBytes: number },
): SegmentHeader {
  const { file, fileBytes } = of;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const checksum = view.getUint32(HEADER_CHECKSUM_AT, true);
  view.setUint32(HEADER_CHECKSUM_AT, 0, true);
  const actual = crc32c(header);
  view.setUint32(HEADER_CHECKSUM_AT, checksum, true);
  if (actual !== checksum)
    throw new CorruptionError({ file, offset: HEADER_CHECKSUM_AT, expected: 'a valid header' });
  const docCount = view.getUint32(16, true);
  // Another segment under this name would be whole in itself, and give the answers of other records.
  if (segmentName(header, docCount) !== of.name) {
    throw new CorruptionError({ file, offset: 0, expected: 'the segment that has this name' });
  }
  const promisedBytes = getUint64(view, 32);
  if (promisedBytes !== fileBytes) {
    throw new CorruptionError({ file, offset: fileBytes, expected: `a file of ${promisedBytes} bytes` });
  }
  const mappedBytes = getUint64(view, 24);
  const sections = Array.from({ length: view.getUint32(20, true) }, (_, ordinal) =>
    decodeEntry(view, HEADER_BYTES + ordinal * TABLE_ENTRY_BYTES),
  );
  const end = sections.reduce((at, section) => {
    if (section.at === at) return at + alignSection(section.byteLength);
    throw new CorruptionError({
      file,
      offset: at,
      expected: `section ${section.name} behind the one before`,
    });
  }, header.length);
  if (end !== mappedBytes || mappedBytes > fileBytes) {
    throw new CorruptionError({ file, offset: end, expected: 'sections that end where the records begin' });
  }
  return { docCount, headerBytes: header.length, mappedBytes, fileBytes, sections };
}

function decodeEntry(view: DataView, entryAt: number): SectionEntry {
  let name = '';
  for (let at = entryAt; at < entryAt + NAME_BYTES && view.getUint8(at) !== 0; at++) {
    name += String.fromCharCode(view.getUint8(at));
  }
  return {
    name,
    checksum: view.getUint32(entryAt + 28, true),
    at: getUint64(view, entryAt + 32),
    byteLength: getUint64(view, entryAt + 40),
  };
}

/** The name of a segment with this header. */
export function segmentName(header: Uint8Array, docCount: number): string {
  // Two independent hashes of the header, which holds the checksums of all sections: 64 bits tell contents apart.
  let second = 0x811c9dc5;
  for (const byte of header) second = Math.imul(second ^ byte, 0x01000193);
  const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
  return `${docCount}-${hex(crc32c(header))}${hex(second)}${SEGMENT_SUFFIX}`;
}

/** Where the next section begins. */
export function alignSection(bytes: number): number {
  return Math.ceil(bytes / SECTION_ALIGNMENT) * SECTION_ALIGNMENT;
}

function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

function getUint64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
