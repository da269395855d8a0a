/** `_rankingInfo`: the numbers that put a hit at its place. */
import { filterScoresAt, hasFilterScores } from './criteria.ts';
import type { MatchRun } from './match-run.ts';
import { type RankedRecord, scoringPlan } from './rank-run.ts';
import type { RankingInfo, SearchQuery } from './search-query.ts';

export function rankingInfoOf(
  { search, docId }: RankedRecord,
  run: MatchRun,
  query: SearchQuery,
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
  const filters = hasFilterScores(query)
    ? memory.u32[(filterScoresAt(memory, reader, query) >>> 2) + docId]!
    : 0;
  memory.release(mark);
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
