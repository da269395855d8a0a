/**
 * What must hold between the sections of a segment before anybody reads them: checksums say that bytes are as they were
 * written, shapes that they were written as this version reads them.
 */
import { CorruptionError } from '@skein/base';
import { bitsetBytes, type SegmentMemory } from '../kernel/segment-memory.ts';
import type { SectionLookup } from './section.ts';

const U32 = 4;

/** Throws `CorruptionError` when a section is missing or its length disagrees with the others. */
export function checkShapes(
  memory: SegmentMemory,
  sectionAt: SectionLookup,
  segment: {
    readonly file: string;
    readonly docCount: number;
    readonly recordsBytes: number;
    /** Names of the relations of terms and records that the schema asks for. */
    readonly termDocs: readonly string[];
  },
): void {
  const { file, docCount, recordsBytes } = segment;
  const expect = (holds: boolean, expected: string): void => {
    if (!holds) throw new CorruptionError({ file, offset: 0, expected });
  };
  const lengthOf = (name: string): number => {
    const section = sectionAt(name);
    if (section === undefined) throw new CorruptionError({ file, offset: 0, expected: `a section ${name}` });
    return section.byteLength;
  };
  const expectBytes = (name: string, bytes: number): void =>
    expect(lengthOf(name) === bytes, `section ${name} of ${bytes} bytes`);
  /** Offsets of `count` items end where the items do. */
  const expectOffsets = (name: string, count: number, end: number): void => {
    expectBytes(name, (count + 1) * U32);
    const last = memory.u32[(sectionAt(name)!.at >>> 2) + count];
    expect(last === end, `section ${name} that ends with ${end}`);
  };
  lengthOf('fields');
  const termCount = lengthOf('terms.offsets') / U32 - 1;
  expect(Number.isInteger(termCount) && termCount >= 0, 'whole offsets of terms');
  expectOffsets('terms.offsets', termCount, lengthOf('terms.text') / 2);
  expectBytes('terms.nodes', (lengthOf('terms.labels') / 2 + 1) * 8);
  expectBytes('postings.docCounts', termCount * U32);
  expectBytes('postings.places', termCount * U32);
  lengthOf('postings.lists');
  expect(lengthOf('postings.dense') % Math.max(1, bitsetBytes(docCount)) === 0, 'whole bitsets of terms');
  expectBytes('prefixes.bitsets', (lengthOf('prefixes.ranges') / 8) * bitsetBytes(docCount));
  for (const name of segment.termDocs) {
    expectOffsets(`${name}.starts`, lengthOf(`${name}.terms`) / U32, lengthOf(`${name}.docs`) / U32);
  }
  expectOffsets('forward.offsets', docCount, lengthOf('forward.entries') / U32);
  expectOffsets('ids.offsets', docCount, lengthOf('ids.text'));
  const slotCount = lengthOf('ids.table') / U32;
  // An empty slot must be there, or a look-up of an unknown id would not end.
  expect(Number.isInteger(Math.log2(slotCount)) && slotCount > docCount, 'a table of ids with free slots');
  expectOffsets('records.offsets', docCount, recordsBytes);
  expectBytes('records.checksums', docCount * U32);
}
