import { isJsonObject, type Json } from '@skein/base';
import { defaultSearchQuery, IndexWriter, runMerge, type SearchQuery, View } from '@skein/engine';
import { FileDirectory } from '@skein/member';
import { type DatasetDescription, readDescription } from '../dataset-files.ts';
import { type Found, HITS, type Peer, type PeerIndex, type PeerInput } from './peer.ts';
import { readLines } from './read-lines.ts';

/** As a builder with `SKEIN_BUILDER_MEMORY` of 768 MB does. */
const BUFFERED_BYTES_MAX = 256 * 1024 * 1024;

/** Skein's engine without the server: the builder's writer, then a View on mapped files. */
export function createSkeinPeer(): Peer {
  return { index: indexWithSkein };
}

function indexWithSkein(input: PeerInput): PeerIndex {
  const description = readDescription(input.descriptionFile);
  const directory = new FileDirectory(input.folder);
  const writer = IndexWriter.open(directory, { schema: description.schema });
  const startMs = performance.now();
  for (const line of readLines(input.recordsFile)) {
    const record: Json = JSON.parse(line) as Json;
    if (!isJsonObject(record) || typeof record['objectID'] !== 'string')
      throw new Error(`no record: ${line}`);
    writer.put(record['objectID'], record, line);
    if (writer.bufferedBytes > BUFFERED_BYTES_MAX) writer.publish({});
  }
  writer.publish({});
  const putMs = performance.now() - startMs;
  for (;;) {
    const plan = writer.planMerge({ thorough: true });
    if (plan === undefined) break;
    writer.commitMerge(plan, runMerge(directory, plan));
    writer.publish({});
  }
  // Twice, so that no file of the generation before is left.
  const manifest = writer.publish({});
  const mergeMs = performance.now() - startMs - putMs;
  const rate = Math.round((manifest.recordCount / putMs) * 1000);
  const view = View.open(directory, manifest);
  const queries = variantsOf(description);
  return {
    note: `${rate.toLocaleString('en')} records/s without merges; merges ${(mergeMs / 1000).toFixed(1)} s; ${manifest.segments.length} segment(s)`,
    search(variant, text): Found {
      const query = queries[variant];
      if (query === undefined) throw new Error(`skein has no variant ${variant}`);
      const { hits, hitCount } = view.search({ ...query, text });
      return {
        ids: () => hits.map(({ recordJson }) => objectIdOf(recordJson)),
        total: hitCount,
        totalIs: 'exact',
      };
    },
  };
}

function variantsOf({ schema, filter }: DatasetDescription): Readonly<Record<string, SearchQuery>> {
  const typos: SearchQuery = { ...defaultSearchQuery(), length: HITS };
  const highlight = {
    attributesToHighlight: undefined,
    attributesToSnippet: [],
    preTag: '<em>',
    postTag: '</em>',
    snippetEllipsisText: '…',
    restrictArrays: false,
  };
  const facets = schema.facets.map(({ path }) => path);
  return {
    typos,
    'no typos': { ...typos, typoTolerance: 'false' },
    highlights: { ...typos, highlight },
    facets: { ...typos, facets },
    'facets, filter': { ...typos, facets, filter },
    'facets, filter, highlights': { ...typos, facets, filter, highlight },
  };
}

function objectIdOf(recordJson: string): string {
  const record = JSON.parse(recordJson) as { objectID: string };
  return record.objectID;
}
