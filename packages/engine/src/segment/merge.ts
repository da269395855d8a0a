/**
 * Merging: several segments → one, without their deleted records. Which ones (`planMerge`), and the work itself
 * (`runMerge`), which is long and synchronous, and may run in another thread: plan and result are plain data.
 */
import type { Directory } from '../directory.ts';
import { isDeleted } from '../manifest/deletions.ts';
import type { SegmentEntry } from '../manifest/manifest.ts';
import type { IndexSchema } from '../schema.ts';
import { CONTROL_FIELD } from './forward-stream.ts';
import { DOC_COUNT_MAX, MAPPED_BYTES_MAX, RECORD_BYTES_MAX, TERM_COUNT_MAX } from './limits.ts';
import { SegmentBuilder } from './segment-builder.ts';
import { SegmentReader } from './segment-reader.ts';

export interface MergePlan {
  readonly schema: IndexSchema;
  readonly segments: readonly PlannedSegment[];
  /** What running it takes at most, mapped files apart: `mergeMemoryBytes`. */
  readonly memoryBytes: number;
}

export interface MergeOptions {
  /** Merge everything that may be one segment, for an index that is not written to any more. */
  readonly thorough: boolean;
  /** A merge that would take more is not planned: a large index then keeps several large segments. Default: no bound. */
  readonly memoryBytesMax?: number | undefined;
  /**
   * Of a thorough merge: leaves the largest segment alone unless the others hold at least this share of its records, so that a trickle of
   * writes does not rewrite a large segment again and again. Default: 0.
   */
  readonly restShareMin?: number | undefined;
}

interface PlannedSegment {
  readonly name: string;
  /** As of the plan; later deletions are carried over by `commitMerge`. */
  readonly deleted: Uint8Array | undefined;
}

export interface MergedSegment {
  /** Undefined: every record was deleted. */
  readonly segment: SegmentEntry | undefined;
  /** Per source, in the plan's order: the new docId of each old one, `NOT_MERGED` where it was deleted. */
  readonly docIdOf: readonly Uint32Array[];
}

export const NOT_MERGED = 0xffffffff;

/** What the plan must know of a segment. */
export interface MergeCandidate extends SegmentEntry {
  readonly deleted: Uint8Array | undefined;
  readonly termCount: number;
  readonly mappedBytes: number;
}

/** So many segments of about one size are merged into one of the next size, and each size is so many times the one before. */
const MERGE_FACTOR = 4;
/** Records of the smallest size. */
const SMALLEST_DOC_COUNT = 512;
/** A segment with a larger share of deleted records is rewritten alone. */
const DELETED_SHARE_MAX = 0.5;
/** Below this, deleted records do not matter. */
const DELETED_COUNT_MIN = 1000;

/** See `mergeMemoryBytes`. */
const MEMORY_PER_MAPPED = 2;
const TERM_BYTES = 96;
const OBJECT_ID_BYTES = 48;

/** The next merge, or undefined. */
export function planMerge(
  candidates: readonly MergeCandidate[],
  schema: IndexSchema,
  options: MergeOptions,
): MergePlan | undefined {
  const memoryBytesMax = options.memoryBytesMax ?? Number.POSITIVE_INFINITY;
  const planOf = (chosen: readonly MergeCandidate[]): MergePlan => ({
    schema,
    segments: chosen.map(({ name, deleted }) => ({ name, deleted: deleted?.slice() })),
    memoryBytes: mergeMemoryBytes(chosen),
  });
  const worn = candidates.find(
    (candidate) =>
      candidate.deletedCount >= (options.thorough ? 1 : DELETED_COUNT_MIN) &&
      candidate.deletedCount > candidate.docCount * DELETED_SHARE_MAX &&
      mergeMemoryBytes([candidate]) <= memoryBytesMax,
  );
  if (worn !== undefined) return planOf([worn]);
  const bySize = [...candidates].sort((a, b) => liveCount(a) - liveCount(b));
  if (options.thorough) {
    const chosen = [...fitting(bySize, memoryBytesMax)];
    let rest = chosen.reduce((sum, candidate) => sum + liveCount(candidate), 0);
    for (let at = chosen.length - 1; at > 0; at--) {
      rest -= liveCount(chosen[at]!);
      if (rest >= (options.restShareMin ?? 0) * liveCount(chosen[at]!)) break;
      chosen.pop();
    }
    return chosen.length > 1 ? planOf(inOrderOf(candidates, chosen)) : undefined;
  }
  for (let from = 0; from < bySize.length; from++) {
    const size = sizeOf(bySize[from]!);
    const same = bySize.filter((candidate) => sizeOf(candidate) === size);
    if (same.length < MERGE_FACTOR) continue;
    // Everything smaller goes along: it costs little and saves a segment.
    const upToSize = bySize.filter((candidate) => sizeOf(candidate) <= size);
    const chosen = fitting(upToSize, memoryBytesMax);
    // Where memory does not allow the usual number, fewer are better than none: segments then end up larger than half the bound.
    const isTight = mergeMemoryBytes(upToSize) > memoryBytesMax;
    const least = isTight ? upToSize.length - same.length + 2 : MERGE_FACTOR;
    if (chosen.length >= least) return planOf(inOrderOf(candidates, chosen));
  }
  return undefined;
}

/**
 * Bytes that merging these segments takes in memory, mapped files apart. Measured with records of 6 to 130 words: the new segment's
 * sections and what they are made from, one string per term and per objectID.
 */
export function mergeMemoryBytes(candidates: readonly MergeCandidate[]): number {
  let bytes = 0;
  for (const { mappedBytes, termCount, docCount } of candidates) {
    bytes += mappedBytes * MEMORY_PER_MAPPED + termCount * TERM_BYTES + docCount * OBJECT_ID_BYTES;
  }
  return Math.ceil(bytes);
}

/** Runs a plan and writes the result, which no manifest names yet. Throws `CorruptionError` when a source is damaged. */
export function runMerge(directory: Directory, plan: MergePlan): MergedSegment {
  const readers = plan.segments.map(({ name }) => SegmentReader.open(directory, name, plan.schema));
  const builder = new SegmentBuilder(plan.schema);
  const termIds = internTerms(builder, readers, plan);
  const arrivals: Uint32Array[] = [];
  for (const [ordinal, reader] of readers.entries()) {
    const { deleted } = plan.segments[ordinal]!;
    const maps = { termIds: termIds[ordinal]!, fields: builder.fieldsOf(reader) };
    const arrivalOf = new Uint32Array(reader.docCount).fill(NOT_MERGED);
    for (let docId = 0; docId < reader.docCount; docId++) {
      if (isDeleted(deleted, docId)) continue;
      arrivalOf[docId] = builder.docCount;
      builder.addFrom(reader, docId, maps);
    }
    arrivals.push(arrivalOf);
  }
  if (builder.docCount === 0) return { segment: undefined, docIdOf: arrivals };
  const { segment, docIdOf } = builder.finish();
  directory.write(segment.name, segment.parts);
  for (const arrivalOf of arrivals) {
    for (let docId = 0; docId < arrivalOf.length; docId++) {
      const arrival = arrivalOf[docId]!;
      if (arrival !== NOT_MERGED) arrivalOf[docId] = docIdOf[arrival]!;
    }
  }
  return {
    segment: {
      name: segment.name,
      docCount: segment.docCount,
      deletedCount: 0,
      fileBytes: segment.fileBytes,
    },
    docIdOf: arrivals,
  };
}

/**
 * Gives the builder the terms of all live records in ascending order, so that it need not sort them; per reader, the
 * builder's id of each term.
 */
function internTerms(
  builder: SegmentBuilder,
  readers: readonly SegmentReader[],
  plan: MergePlan,
): readonly Uint32Array[] {
  const sources = readers.map((reader, ordinal) => {
    const used = usedTerms(reader, plan.segments[ordinal]!.deleted);
    const ids = new Uint32Array(used.length);
    return { reader, used, ids, at: -1, term: '' };
  });
  const advance = (source: (typeof sources)[number]): boolean => {
    do source.at++;
    while (source.at < source.used.length && source.used[source.at] === 0);
    if (source.at >= source.used.length) return false;
    source.term = source.reader.terms.term(source.at);
    return true;
  };
  let open = sources.filter(advance);
  while (open.length > 0) {
    let least = open[0]!.term;
    for (const source of open) if (source.term < least) least = source.term;
    const id = builder.addTerm(least);
    let ended = false;
    for (const source of open) {
      if (source.term !== least) continue;
      source.ids[source.at] = id;
      if (!advance(source)) ended = true;
    }
    if (ended) open = open.filter((source) => source.at < source.used.length);
  }
  return sources.map((source) => source.ids);
}

function usedTerms(reader: SegmentReader, deleted: Uint8Array | undefined): Uint8Array {
  const used = new Uint8Array(reader.terms.termCount);
  if (deleted === undefined) return used.fill(1);
  for (let docId = 0; docId < reader.docCount; docId++) {
    if (isDeleted(deleted, docId)) continue;
    const end = reader.forwardOffsets[docId + 1]!;
    for (let at = reader.forwardOffsets[docId]!; at < end; at++) {
      const entry = reader.forwardEntries[at]!;
      if ((entry & 255) !== CONTROL_FIELD) used[entry >>> 8] = 1;
    }
  }
  return used;
}

function liveCount(candidate: MergeCandidate): number {
  return candidate.docCount - candidate.deletedCount;
}

function sizeOf(candidate: MergeCandidate): number {
  const steps = Math.log(Math.max(1, liveCount(candidate) / SMALLEST_DOC_COUNT)) / Math.log(MERGE_FACTOR);
  return Math.floor(steps);
}

/** As many as fit into one segment, and their merge into memory; smallest first. */
function fitting(bySize: readonly MergeCandidate[], memoryBytesMax: number): readonly MergeCandidate[] {
  let memory = 0;
  let docs = 0;
  let terms = 0;
  let mapped = 0;
  let records = 0;
  const chosen: MergeCandidate[] = [];
  for (const candidate of bySize) {
    docs += liveCount(candidate);
    terms += candidate.termCount;
    mapped += candidate.mappedBytes;
    records += candidate.fileBytes - candidate.mappedBytes;
    memory += mergeMemoryBytes([candidate]);
    if (memory > memoryBytesMax) break;
    if (docs > DOC_COUNT_MAX || mapped > MAPPED_BYTES_MAX || records > RECORD_BYTES_MAX) break;
    // Segments share most of their words; only far past the limit is it sure that the result would be too large.
    if (terms > TERM_COUNT_MAX) break;
    chosen.push(candidate);
  }
  return chosen;
}

function inOrderOf(
  candidates: readonly MergeCandidate[],
  chosen: readonly MergeCandidate[],
): readonly MergeCandidate[] {
  return candidates.filter((candidate) => chosen.includes(candidate));
}
