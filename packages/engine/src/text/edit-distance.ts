/**
 * Typos between a query word and a term, for the few words of one text that is being highlighted (whole dictionaries
 * are searched by `terms/`). Optimal string alignment over UTF-16 units; an edit that touches the first unit of either
 * word counts 2 (`docs/relevance.md`, section 3).
 *
 * Only cells with `|i - j| ≤ typosMax` are computed: others cost more than that. `typosMax` is small (0 … 2 in
 * practice), so the work grows with the length of the query word.
 */
const ROW_LENGTH = 1024;
const rows = [new Uint8Array(ROW_LENGTH), new Uint8Array(ROW_LENGTH), new Uint8Array(ROW_LENGTH)] as const;
const FAR = 100;

/** Typos between the two words; more than `typosMax` when there are more. */
export function typosBetween(query: string, term: string, typosMax: number): number {
  if (query === term) return 0;
  if (Math.abs(query.length - term.length) > typosMax || cannotMatch(query, term, typosMax))
    return typosMax + 1;
  const row = lastRow(query, term, typosMax);
  return Math.min(row[term.length]!, typosMax + 1);
}

/** The shortest prefix of the term with the fewest typos; undefined when all have more than `typosMax`. */
export function nearestPrefix(
  query: string,
  term: string,
  typosMax: number,
): { readonly typos: number; readonly length: number } | undefined {
  if (term.startsWith(query)) return { typos: 0, length: query.length };
  if (query.length - term.length > typosMax || cannotMatch(query, term, typosMax)) return undefined;
  const row = lastRow(query, term, typosMax);
  let typos = typosMax + 1;
  let length = 0;
  for (
    let at = Math.max(0, query.length - typosMax);
    at <= Math.min(term.length, query.length + typosMax);
    at++
  ) {
    if (row[at]! < typos) {
      typos = row[at]!;
      length = at;
    }
  }
  return typos > typosMax ? undefined : { typos, length };
}

/** Different first letters take an edit that counts 2. Words too long for the rows are never typed. */
function cannotMatch(query: string, term: string, typosMax: number): boolean {
  const long = query.length + typosMax + 2 >= ROW_LENGTH;
  return typosMax === 0 || long || (typosMax < 2 && query.charCodeAt(0) !== term.charCodeAt(0));
}

/** Costs from the whole query to each prefix of the term, right within the band. */
function lastRow(query: string, term: string, typosMax: number): Uint8Array {
  let [before, previous, current] = rows as readonly [Uint8Array, Uint8Array, Uint8Array];
  for (let i = 0; i <= query.length; i++) {
    const low = Math.max(0, i - typosMax);
    const high = Math.min(term.length, i + typosMax);
    // Beside the band stands what is never chosen.
    if (low > 0) current[low - 1] = FAR;
    current[high + 1] = FAR;
    for (let j = low; j <= high; j++) current[j] = cell(query, term, before, previous, current, i, j);
    const reused = before;
    before = previous;
    previous = current;
    current = reused;
  }
  return previous;
}

function cell(
  query: string,
  term: string,
  before: Uint8Array,
  previous: Uint8Array,
  current: Uint8Array,
  i: number,
  j: number,
): number {
  if (i === 0) return j === 0 ? 0 : current[j - 1]! + 2;
  const firstOfQuery = i === 1;
  let best = previous[j]! + (firstOfQuery ? 2 : 1);
  if (j === 0) return Math.min(best, FAR);
  const left = query.charCodeAt(i - 1);
  const right = term.charCodeAt(j - 1);
  const first = firstOfQuery || j === 1;
  best = Math.min(best, previous[j - 1]! + (left === right ? 0 : first ? 2 : 1));
  best = Math.min(best, current[j - 1]! + (j === 1 ? 2 : 1));
  if (i > 1 && j > 1 && left === term.charCodeAt(j - 2) && query.charCodeAt(i - 2) === right) {
    best = Math.min(best, before[j - 2]! + (i === 2 || j === 2 ? 2 : 1));
  }
  return Math.min(best, FAR);
}
