/** `_rankingInfo`: the numbers that put a hit at its place. */
import { filterScoresAt, hasFilterScores } from './criteria.ts';
import type { MatchRun } from './match-run.ts';
import { type RankedRecord, scoringPlan } from './rank-run.ts';
import type { RankingInfo, SearchQuery } from './search-query.ts';
import type { SegmentSearch } from './segment-search.ts';

/**
 * Makes the ranking info of a search's hits. What is the same for all hits of a segment is made at the first one, in scratch
 * that the run gives back.
 */
export function rankingInfoMaker(run: MatchRun, query: SearchQuery): (record: RankedRecord) => RankingInfo {
  const scoresOf = new Map<SegmentSearch, number>();
  return (record) => {
    const { search } = record;
    let scoresAt = scoresOf.get(search);
    if (scoresAt === undefined) {
      scoresAt = hasFilterScores(query) ? filterScoresAt(search.memory, search.reader, query) : 0;
      scoresOf.set(search, scoresAt);
    }
    return rankingInfoOf(record, run, query, scoresAt);
  };
}

/** `scoresAt`: the filters' score of each record of the segment; 0: there are none. */
function rankingInfoOf(
  { search, docId }: RankedRecord,
  run: MatchRun,
  query: SearchQuery,
  scoresAt: number,
): RankingInfo {
  const { memory, reader } = search;
  const mark = memory.mark();
  const wordCount = run.planned.words.length;
  const values = memory.allocate(20);
  memory.kernel.scoreRecord(scoringPlan(run, search, query).at, docId, values);
  const [typos, missing, proximity, attribute, exact] = memory.u32.slice(
    values >>> 2,
    (values >>> 2) + 5,
  ) as unknown as [number, number, number, number, number];
  memory.release(mark);
  const filters = scoresAt === 0 ? 0 : memory.u32[(scoresAt >>> 2) + docId]!;
  const around = query.geo?.around;
  const nearest = around === undefined ? undefined : reader.columns.geoDistance(docId, around);
  const precision =
    query.geo === undefined || nearest === undefined ? 0 : precisionAt(query.geo.precision, nearest.metres);
  return {
    nbTypos: typos,
    firstMatchedWord: attribute,
    proximityDistance: proximity,
    userScore: reader.docCount - docId,
    geoDistance:
      nearest === undefined
        ? 0
        : Math.floor(nearest.metres / Math.max(1, precision)) * Math.max(1, precision),
    geoPrecision: precision,
    nbExactWords: wordCount - exact,
    words: wordCount - missing,
    filters,
    matchedGeoLocation:
      nearest === undefined
        ? undefined
        : { lat: nearest.point.lat, lng: nearest.point.lng, distance: nearest.metres },
  };
}

function precisionAt(precision: NonNullable<SearchQuery['geo']>['precision'], metres: number): number {
  let value = 1;
  for (const range of precision) if (metres >= range.from) value = range.value;
  return value;
}
