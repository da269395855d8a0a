/**
 * Builds a segment: records come in by arrival, `finish` puts them in custom-ranking order and lays out the bytes.
 *
 * Fresh records are tokenised; records of other segments (merges) are taken over from their forward streams and columns.
 * The bytes depend only on the records and the schema, and for merges on the order in which segments are taken over.
 *
 * Memory: about 4 bytes per token, the record's bytes, and one string per distinct term, until `finish`, which needs the
 * same again.
 */
import { assert, type JsonObject, utf8Encode } from '@skein/base';
import { ColumnsBuilder } from '../columns/columns-builder.ts';
import { buildObjectIDs } from '../object-ids/object-ids-builder.ts';
import { buildPostings } from '../postings/postings-builder.ts';
import { buildTermDocs } from '../postings/term-docs.ts';
import type { IndexSchema } from '../schema.ts';
import { buildTerms } from '../terms/terms-builder.ts';
import { Tokeniser } from '../text/tokenise.ts';
import { flatText } from './flat-text.ts';
import { CONTROL_FIELD, controlEntry, ELEMENT_GAP, isControl, tokenEntry } from './forward-stream.ts';
import { GrowingUint32 } from './growing-array.ts';
import { DOC_COUNT_MAX, TERM_COUNT_MAX } from './limits.ts';
import { moveBuffer } from './move-buffer.ts';
import { BufferedRecords, MergedRecords, type RecordSource } from './record-source.ts';
import type { Section } from './section.ts';
import { sectionBytes } from './section-bytes.ts';
import { encodeSegment } from './segment-file.ts';
import type { SegmentReader } from './segment-reader.ts';
import { TextFields } from './text-fields.ts';

export interface BuiltSegment {
  readonly name: string;
  readonly docCount: number;
  readonly fileBytes: number;
  /** To be written as they come: record bytes are produced on the way. */
  readonly parts: Iterable<Uint8Array>;
}

/** Records are written in pieces of about this size. */
const WRITE_BYTES = 1 << 20;

export class SegmentBuilder {
  readonly #schema: IndexSchema;
  readonly #fields: TextFields;
  readonly #tokeniser: Tokeniser;
  readonly #camelCase: readonly string[];
  readonly #columns: ColumnsBuilder;
  readonly #termIds = new Map<string, number>();
  readonly #terms: string[] = [];
  readonly #tokens = new GrowingUint32(1 << 12);
  readonly #tokenEnds = new GrowingUint32();
  readonly #objectIDs: string[] = [];
  readonly #buffered = new BufferedRecords();
  readonly #merged = new MergedRecords();
  #source: RecordSource | undefined;
  #field = -1;
  /** Running position of the stream, and where the text goes on. */
  #position = 0;
  #target = 0;
  #elementEnded = false;

  constructor(schema: IndexSchema) {
    this.#schema = schema;
    this.#fields = new TextFields(schema);
    this.#tokeniser = new Tokeniser(schema.text);
    this.#camelCase = schema.text.camelCaseAttributes;
    this.#columns = new ColumnsBuilder(schema);
  }

  get docCount(): number {
    return this.#objectIDs.length;
  }

  /** Whether no further record may be added: the numbers of the format would run out. */
  get full(): boolean {
    return this.#terms.length > TERM_COUNT_MAX - TERMS_PER_RECORD_MAX || this.docCount >= DOC_COUNT_MAX;
  }

  /** Estimated bytes held. */
  get byteLength(): number {
    return (
      this.#tokens.byteLength +
      this.#buffered.byteLength +
      this.#merged.byteLength +
      this.#terms.length * BYTES_PER_TERM +
      this.#objectIDs.length * BYTES_PER_RECORD
    );
  }

  /** Adds a fresh record; returns its arrival number. */
  add(objectID: string, record: JsonObject, recordJson: string): number {
    this.#from(this.#buffered);
    this.#field = -1;
    this.#fields.collect(record, this.#addText);
    this.#tokenEnds.push(this.#tokens.count);
    this.#columns.addRecord(record, objectID);
    this.#buffered.add(recordJson);
    return this.#objectIDs.push(objectID) - 1;
  }

  /** JSON text of a record added with `add`. */
  recordJson(arrival: number): string {
    return this.#buffered.jsonOf(arrival);
  }

  /** Interns terms ahead: when they come in order, `finish` need not sort them. */
  addTerm(term: string): number {
    let id = this.#termIds.get(term);
    if (id === undefined) {
      const kept = flatText(term);
      id = this.#terms.push(kept) - 1;
      this.#termIds.set(kept, id);
    }
    return id;
  }

  /**
   * Takes over a record of another segment. `termIds[ordinal]` is the id that `addTerm` gave to the segment's term,
   * `fields[field]` this builder's field of the segment's field (`fieldsOf`).
   */
  addFrom(
    reader: SegmentReader,
    docId: number,
    maps: { readonly termIds: Uint32Array; readonly fields: Uint8Array },
  ): void {
    this.#from(this.#merged);
    const entries = reader.forwardEntries;
    const end = reader.forwardOffsets[docId + 1]!;
    for (let at = reader.forwardOffsets[docId]!; at < end; at++) {
      const entry = entries[at]!;
      this.#tokens.push(
        isControl(entry) ? entry : tokenEntry(maps.termIds[entry >>> 8]!, maps.fields[entry & 255]!),
      );
    }
    this.#tokenEnds.push(this.#tokens.count);
    const objectID = flatText(reader.objectIDs.objectID(docId));
    this.#columns.addFrom(reader.columns, docId, objectID);
    this.#merged.add(reader, docId);
    this.#objectIDs.push(objectID);
  }

  /** For `addFrom`: this builder's field of each field of a segment. */
  fieldsOf(reader: SegmentReader): Uint8Array {
    const declared = this.#fields.paths;
    return Uint8Array.from(reader.fieldPaths, (path, field) =>
      declared[field] === path ? field : this.#fields.fieldOf(path),
    );
  }

  /** Lays out the segment. `docIdOf[arrival]` tells where each record went. The builder is used up. */
  finish(): { readonly segment: BuiltSegment; readonly docIdOf: Uint32Array } {
    const order = this.#columns.order();
    const docIdOf = new Uint32Array(order.length);
    for (let docId = 0; docId < order.length; docId++) docIdOf[order[docId]!] = docId;
    const records = this.#source ?? this.#buffered;
    const recordSections = layOutRecords(order, records);
    const sections: Section[] = [
      { name: 'fields', bytes: utf8Encode(JSON.stringify(this.#fields.paths)) },
      ...this.#layOutText(order),
      ...this.#columns.finish(order),
      ...buildObjectIDs(this.#objectIDs, order),
      ...recordSections.sections,
    ];
    const encoded = encodeSegment(sections, {
      docCount: order.length,
      recordsBytes: recordSections.recordsBytes,
    });
    return {
      segment: {
        name: encoded.name,
        docCount: order.length,
        fileBytes: encoded.fileBytes,
        parts: segmentParts(encoded.parts, order, records),
      },
      docIdOf,
    };
  }

  readonly #addText = (field: number, text: string): void => {
    if (field !== this.#field) {
      this.#field = field;
      this.#position = 0;
      this.#target = 0;
      this.#elementEnded = false;
    } else if (this.#target > 0) {
      // Only behind the field's first token: leading empty texts do not count.
      this.#target += ELEMENT_GAP;
      this.#elementEnded = true;
    }
    const path = this.#fields.paths[field]!;
    const camelCase = this.#camelCase.some((setting) => path === setting || path.startsWith(`${setting}.`));
    const list = this.#tokeniser.tokenise(text, { camelCase, compounds: true });
    const start = this.#target;
    for (let at = 0; at < list.count; at++)
      this.#addToken(list.terms[at]!, field, start + list.positions[at]!);
  };

  /** Controls come right before the token that needs them, so those between two fields belong to the second. */
  #addToken(term: string, field: number, position: number): void {
    if (position !== this.#position || this.#elementEnded) {
      this.#tokens.push(controlEntry(position - this.#position, this.#elementEnded));
      this.#elementEnded = false;
    }
    this.#tokens.push(tokenEntry(this.addTerm(term), field));
    this.#position = position + 1;
    if (this.#position > this.#target) this.#target = this.#position;
  }

  #from(source: RecordSource): void {
    assert(this.#source === undefined || this.#source === source, 'a builder takes fresh records or merges');
    this.#source = source;
  }

  #sortTerms(): { readonly sorted: readonly string[]; readonly ordinalOf: Uint32Array } {
    const terms = this.#terms;
    const ordinalOf = new Uint32Array(terms.length);
    let ascending = true;
    for (let id = 1; id < terms.length && ascending; id++) ascending = terms[id - 1]! < terms[id]!;
    if (ascending) {
      for (let id = 0; id < terms.length; id++) ordinalOf[id] = id;
      return { sorted: terms, ordinalOf };
    }
    const sorted = [...terms].sort(byUnits);
    for (let ordinal = 0; ordinal < sorted.length; ordinal++) {
      ordinalOf[this.#termIds.get(sorted[ordinal]!)!] = ordinal;
    }
    return { sorted, ordinalOf };
  }

  /** What each step alone needs is let go before the next one: this is where a builder takes the most memory. */
  #layOutText(order: Uint32Array): readonly Section[] {
    const { sorted, ordinalOf } = this.#sortTerms();
    const termCount = sorted.length;
    this.#termIds.clear();
    const forward = this.#layOutForward(order, ordinalOf);
    this.#tokens.release();
    this.#tokenEnds.release();
    const { docCounts, docIds } = invert(forward.offsets, forward.entries, termCount);
    const sections = [
      ...buildTerms(sorted),
      ...buildPostings(docCounts, docIds, { docCount: order.length, terms: sorted }),
    ];
    moveBuffer(docIds.buffer, 0);
    this.#terms.length = 0;
    return [
      ...sections,
      ...buildTermDocs(forward, termCount, this.#schema),
      { name: 'forward.offsets', bytes: sectionBytes(forward.offsets) },
      { name: 'forward.entries', bytes: sectionBytes(forward.entries) },
    ];
  }

  #layOutForward(order: Uint32Array, ordinalOf: Uint32Array): Forward {
    const tokens = this.#tokens.view();
    const ends = this.#tokenEnds.view();
    const offsets = new Uint32Array(order.length + 1);
    const entries = new Uint32Array(tokens.length);
    let to = 0;
    for (let docId = 0; docId < order.length; docId++) {
      const arrival = order[docId]!;
      const end = ends[arrival]!;
      for (let at = arrival === 0 ? 0 : ends[arrival - 1]!; at < end; at++) {
        const entry = tokens[at]!;
        entries[to++] =
          (entry & 255) === CONTROL_FIELD ? entry : (ordinalOf[entry >>> 8]! << 8) | (entry & 255);
      }
      offsets[docId + 1] = to;
    }
    return { offsets, entries };
  }
}

interface Forward {
  readonly offsets: Uint32Array;
  readonly entries: Uint32Array;
}

/** No record can bring more terms than it has bytes; records are far smaller than this. */
const TERMS_PER_RECORD_MAX = 1 << 20;

const BYTES_PER_TERM = 96;
const BYTES_PER_RECORD = 160;

/** Forward stream → postings by counting sort; a term that occurs twice in a record is posted once. */
function invert(
  offsets: Uint32Array,
  entries: Uint32Array,
  termCount: number,
): { readonly docCounts: Uint32Array; readonly docIds: Uint32Array<ArrayBuffer> } {
  const docCounts = new Uint32Array(termCount);
  const lastDoc = new Int32Array(termCount).fill(-1);
  const docCount = offsets.length - 1;
  let postingCount = 0;
  for (let docId = 0; docId < docCount; docId++) {
    const end = offsets[docId + 1]!;
    for (let at = offsets[docId]!; at < end; at++) {
      const entry = entries[at]!;
      if ((entry & 255) === CONTROL_FIELD) continue;
      const term = entry >>> 8;
      if (lastDoc[term] === docId) continue;
      lastDoc[term] = docId;
      docCounts[term] = docCounts[term]! + 1;
      postingCount++;
    }
  }
  const next = new Uint32Array(termCount);
  for (let term = 1; term < termCount; term++) next[term] = next[term - 1]! + docCounts[term - 1]!;
  const docIds = new Uint32Array(postingCount);
  lastDoc.fill(-1);
  for (let docId = 0; docId < docCount; docId++) {
    const end = offsets[docId + 1]!;
    for (let at = offsets[docId]!; at < end; at++) {
      const entry = entries[at]!;
      if ((entry & 255) === CONTROL_FIELD) continue;
      const term = entry >>> 8;
      if (lastDoc[term] === docId) continue;
      lastDoc[term] = docId;
      docIds[next[term]!] = docId;
      next[term] = next[term]! + 1;
    }
  }
  return { docCounts, docIds };
}

function layOutRecords(
  order: Uint32Array,
  records: RecordSource,
): { readonly sections: readonly Section[]; readonly recordsBytes: number } {
  const offsets = new Uint32Array(order.length + 1);
  const checksums = new Uint32Array(order.length);
  let to = 0;
  for (let docId = 0; docId < order.length; docId++) {
    to += records.lengthOf(order[docId]!);
    offsets[docId + 1] = to;
    checksums[docId] = records.checksumOf(order[docId]!);
  }
  return {
    sections: [
      { name: 'records.offsets', bytes: sectionBytes(offsets) },
      { name: 'records.checksums', bytes: sectionBytes(checksums) },
    ],
    recordsBytes: to,
  };
}

function* segmentParts(
  head: readonly Uint8Array[],
  order: Uint32Array,
  records: RecordSource,
): Generator<Uint8Array> {
  yield* head;
  const piece = new Uint8Array(WRITE_BYTES);
  let filled = 0;
  for (const arrival of order) {
    const bytes = records.bytesOf(arrival);
    if (filled + bytes.length > piece.length) {
      yield piece.subarray(0, filled);
      filled = 0;
    }
    if (bytes.length > piece.length) {
      yield bytes;
    } else {
      piece.set(bytes, filled);
      filled += bytes.length;
    }
  }
  yield piece.subarray(0, filled);
}

function byUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}
