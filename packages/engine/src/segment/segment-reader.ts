/**
 * An open segment: its loaded part in a memory of its own, with readers over the sections.
 *
 * Every section's checksum is verified before the first answer; a record's when it is read. Cost of opening: one pass over the
 * loaded part, which also brings it into the page cache.
 */
import { CorruptionError, crc32c } from '@skein/base';
import { ColumnsReader } from '../columns/columns-reader.ts';
import { type Directory, FileMissingError } from '../directory.ts';
import { bitsetBytes, SegmentMemory } from '../kernel/segment-memory.ts';
import { isDeleted } from '../manifest/deletions.ts';
import { ObjectIDsReader } from '../object-ids/object-ids-reader.ts';
import { attributeLevels, valueBelowLevels } from '../postings/attribute-levels.ts';
import { PostingsReader } from '../postings/postings-reader.ts';
import { SOLE, TermDocsReader } from '../postings/term-docs.ts';
import { WORK_BYTES } from '../query/score-plan.ts';
import { RecordsReader } from '../records/records-reader.ts';
import type { IndexSchema } from '../schema.ts';
import { TermsReader } from '../terms/terms-reader.ts';
import { SMALL_FILE_BYTES, WHOLE_FILE_BYTES_MAX } from './limits.ts';
import { requiredSection, type SectionLookup, type SectionPlace } from './section.ts';
import { checkShapes } from './section-shapes.ts';
import {
  alignSection,
  decodeSegmentHeader,
  SEGMENT_PROLOGUE_BYTES,
  segmentHeaderBytes,
} from './segment-file.ts';
import { textFrom } from './shared-text.ts';

/** Bytes verified between two breaths of `openSteps`, of however many sections. */
const VERIFY_STEP_BYTES = 4 << 20;

export class SegmentReader {
  readonly name: string;
  readonly docCount: number;
  readonly fileBytes: number;
  /** Bytes of memory that the loaded part takes (shared with other processes where it is mapped). */
  readonly mappedBytes: number;
  readonly memory: SegmentMemory;
  readonly fieldPaths: readonly string[];
  readonly terms: TermsReader;
  readonly postings: PostingsReader;
  /** Records by level of the attribute criterion; see `postings/attribute-levels.ts`. */
  readonly levels: readonly { readonly value: number; readonly docs: TermDocsReader }[];
  /** What records in no level are not below. */
  readonly valueBelowLevels: number;
  readonly sole: TermDocsReader;
  readonly columns: ColumnsReader;
  readonly objectIDs: ObjectIDsReader;
  readonly records: RecordsReader;
  /** See `forward-stream.ts`. */
  readonly forwardOffsets: Uint32Array;
  readonly forwardEntries: Uint32Array;
  readonly forwardOffsetsAt: number;
  readonly forwardEntriesAt: number;
  /** u16 per term, all zero between queries: what the query says of a term. */
  readonly tagsAt: number;
  /** Work area of the scoring kernel, all zero between queries where it must be. */
  readonly workAt: number;
  /** Bitset of the records that are not deleted, as of `liveOf`. */
  readonly liveAt: number;
  /** The deletions that `liveAt` holds now. */
  liveOf: Uint8Array | undefined;

  #groupsAt: number | undefined;

  static open(directory: Directory, name: string, schema: IndexSchema): SegmentReader {
    const steps = SegmentReader.openSteps(directory, name, schema);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  }

  /** As `open`, giving way to the caller between pieces of the verification. */
  static *openSteps(
    directory: Directory,
    name: string,
    schema: IndexSchema,
  ): Generator<undefined, SegmentReader> {
    const file = directory.describe(name);
    const fileBytes = directory.byteLength(name);
    if (fileBytes === undefined) throw new FileMissingError(`${file} does not exist`);
    if (fileBytes < SEGMENT_PROLOGUE_BYTES) {
      throw new CorruptionError({ file, offset: fileBytes, expected: 'a whole header' });
    }
    const headerBytes = segmentHeaderBytes(directory.read(name, 0, SEGMENT_PROLOGUE_BYTES), file);
    if (headerBytes > fileBytes) {
      throw new CorruptionError({ file, offset: fileBytes, expected: 'a whole section table' });
    }
    const header = decodeSegmentHeader(directory.read(name, 0, headerBytes), { name, file, fileBytes });
    const wholeBytesMax = directory.maps ? WHOLE_FILE_BYTES_MAX : SMALL_FILE_BYTES;
    const loadedBytes = fileBytes <= wholeBytesMax ? fileBytes : header.mappedBytes;
    const memory = SegmentMemory.create(loadedBytes);
    directory.load(name, loadedBytes, memory, memory.fileAt);
    const places = new Map<string, SectionPlace>();
    let verifiedBytes = 0;
    for (const section of header.sections) {
      const at = memory.fileAt + section.at;
      let checksum = 0;
      for (let from = 0; from < section.byteLength; from += VERIFY_STEP_BYTES) {
        const to = Math.min(section.byteLength, from + VERIFY_STEP_BYTES);
        checksum = crc32c(memory.u8.subarray(at + from, at + to), checksum);
        verifiedBytes += to - from;
        if (verifiedBytes >= VERIFY_STEP_BYTES) {
          verifiedBytes = 0;
          yield;
        }
      }
      if (checksum !== section.checksum) {
        throw new CorruptionError({
          file,
          offset: section.at,
          expected: `section ${section.name} with its checksum`,
        });
      }
      const end = at + section.byteLength;
      const padding = memory.u8.subarray(end, memory.fileAt + alignSection(end - memory.fileAt));
      if (padding.some((byte) => byte !== 0)) {
        throw new CorruptionError({ file, offset: end - memory.fileAt, expected: 'zeros behind a section' });
      }
      places.set(section.name, { at, byteLength: section.byteLength });
    }
    return new SegmentReader({ directory, name, schema, memory, header, places, loadedBytes });
  }

  private constructor(parts: {
    readonly directory: Directory;
    readonly name: string;
    readonly schema: IndexSchema;
    readonly memory: SegmentMemory;
    readonly header: { readonly docCount: number; readonly mappedBytes: number; readonly fileBytes: number };
    readonly places: ReadonlyMap<string, SectionPlace>;
    readonly loadedBytes: number;
  }) {
    const { directory, name, memory, header, places } = parts;
    const { docCount } = header;
    const file = directory.describe(name);
    const sectionAt: SectionLookup = (section) => places.get(section);
    const levels = attributeLevels(parts.schema);
    checkShapes(memory, sectionAt, {
      file,
      docCount,
      recordsBytes: header.fileBytes - header.mappedBytes,
      termDocs: [SOLE, ...levels.map((level) => level.name)],
    });
    this.name = name;
    this.docCount = docCount;
    this.fileBytes = header.fileBytes;
    this.mappedBytes = header.mappedBytes;
    this.memory = memory;
    this.fieldPaths = decodeFields(memory, sectionAt, file);
    this.objectIDs = new ObjectIDsReader(memory, sectionAt, docCount);
    this.terms = new TermsReader(memory, sectionAt);
    this.postings = new PostingsReader(memory, sectionAt, docCount);
    this.levels = levels.map((level) => ({
      value: level.value,
      docs: new TermDocsReader(memory, sectionAt, level.name),
    }));
    this.valueBelowLevels = valueBelowLevels(parts.schema);
    this.sole = new TermDocsReader(memory, sectionAt, SOLE);
    this.columns = new ColumnsReader({
      memory,
      sectionAt,
      docCount,
      schema: parts.schema,
      findObjectID: (objectID) => this.objectIDs.find(objectID, this.isLive),
    });
    this.records = new RecordsReader({
      directory,
      file: name,
      memory,
      sectionAt,
      docCount,
      recordsAt: header.mappedBytes,
      loaded: parts.loadedBytes === header.fileBytes,
    });
    const offsets = requiredSection(sectionAt, 'forward.offsets');
    const entries = requiredSection(sectionAt, 'forward.entries');
    this.forwardOffsetsAt = offsets.at;
    this.forwardEntriesAt = entries.at;
    this.forwardOffsets = new Uint32Array(memory.buffer, offsets.at, docCount + 1);
    this.forwardEntries = new Uint32Array(memory.buffer, entries.at, entries.byteLength / 4);
    this.tagsAt = memory.allocatePersistent(this.terms.termCount * 2 + 64);
    this.liveAt = memory.allocatePersistent(bitsetBytes(docCount));
    this.workAt = memory.allocatePersistent(WORK_BYTES);
  }

  /** Puts the live records of a View at `liveAt` (`deleted`: a bit per deleted record, or none are). */
  showLive(deleted: Uint8Array | undefined): void {
    if (this.liveOf === deleted) return;
    this.liveOf = deleted;
    if (deleted === undefined) return;
    const bytes = bitsetBytes(this.docCount);
    this.memory.u8.set(deleted.subarray(0, bytes), this.liveAt);
    this.memory.kernel.bitsetNot(this.liveAt, this.docCount, bytes);
  }

  /** Address of a u32 array docId → number of its group, for distinct. Made at the first call. */
  get groupsAt(): number {
    if (this.#groupsAt === undefined) {
      const at = this.memory.allocatePersistent(this.docCount * 4);
      const groups = this.memory.u32.subarray(at >>> 2, (at >>> 2) + this.docCount);
      for (let docId = 0; docId < this.docCount; docId++) groups[docId] = this.columns.distinctOrdinal(docId);
      this.#groupsAt = at;
    }
    return this.#groupsAt;
  }

  /** As of the last `showLive`. */
  get hasDeletions(): boolean {
    return this.liveOf !== undefined;
  }

  /** As of the last `showLive`. */
  readonly isLive = (docId: number): boolean => !isDeleted(this.liveOf, docId);
}

function decodeFields(memory: SegmentMemory, sectionAt: SectionLookup, file: string): readonly string[] {
  const { at, byteLength } = requiredSection(sectionAt, 'fields');
  const paths = parseJson(textFrom(memory.u8, at, at + byteLength));
  if (Array.isArray(paths) && paths.every((path): path is string => typeof path === 'string')) return paths;
  throw new CorruptionError({
    file,
    offset: at - memory.fileAt,
    expected: 'the attribute path of each field',
  });
}

/** Undefined: it is none. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
