/**
 * Typos between a query word and a term, computed plainly: the oracle of the trie matcher, and what the plain
 * engine uses. `docs/relevance.md` §3 has the rule: optimal string alignment over UTF-16 units (insert, delete,
 * substitute, transpose neighbours; no substring edited twice), where an edit that touches the first unit of
 * either word counts 2.
 *
 *   cost[i][j] = cheapest way from the first i units of the query to the first j units of the term
 */

/**
 * Typos that turn `query` into `term`, or with `prefix` into the nearest of the term's prefixes (the empty one and
 * the whole term among them). Not capped: the caller compares with what the word is allowed.
 */
export function typos(query: string, term: string, prefix: boolean): number {
  const rows: number[][] = [];
  for (let i = 0; i <= query.length; i++) {
    const row: number[] = [];
    rows.push(row);
    for (let j = 0; j <= term.length; j++) row.push(cheapest(query, term, rows, i, j));
  }
  const last = rows[query.length]!;
  return prefix ? Math.min(...last) : last[term.length]!;
}

function cheapest(
  query: string,
  term: string,
  rows: readonly (readonly number[])[],
  i: number,
  j: number,
): number {
  if (i === 0 && j === 0) return 0;
  let best = Number.POSITIVE_INFINITY;
  if (i > 0 && j > 0) {
    const equal = query[i - 1] === term[j - 1];
    best = rows[i - 1]![j - 1]! + (equal ? 0 : editCost(i === 1 || j === 1));
  }
  // Deleting the query's unit i - 1.
  if (i > 0) best = Math.min(best, rows[i - 1]![j]! + editCost(i === 1));
  // Inserting the term's unit j - 1; with i = 0 it comes to stand before the query's first unit.
  if (j > 0) best = Math.min(best, rows[i]![j - 1]! + editCost(i === 0 || j === 1));
  if (i > 1 && j > 1 && query[i - 1] === term[j - 2] && query[i - 2] === term[j - 1]) {
    best = Math.min(best, rows[i - 2]![j - 2]! + editCost(i === 2 || j === 2));
  }
  return best;
}

function editCost(touchesFirst: boolean): number {
  return touchesFirst ? 2 : 1;
}
