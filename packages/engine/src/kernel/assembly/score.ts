// Scores candidates: one scan of a record's forward stream finds the occurrences of the query words, from which every
// textual criterion follows. Rules: docs/relevance.md, section 4. The plan's layout is written by ../../query/score-plan.ts.

// Offsets of the plan, in bytes (u32 each).
const FORWARD_OFFSETS: usize = 0;
const FORWARD_ENTRIES: usize = 4;
const TAGS: usize = 8;
const COMBINATIONS: usize = 12; // per combination: u32 first event, u32 event count
const EVENTS: usize = 16; // u32 each
const FIELDS: usize = 20; // u32 per field: rank | flags
const WORD_COUNT: usize = 24;
const CRITERIA: usize = 28; // per criterion: u32 kind, u32 address of an array (kind ARRAY)
const CRITERIA_COUNT: usize = 32;
const MIN_PROXIMITY: usize = 36;
const EXACT_MODE: usize = 40;
const ATTRIBUTE_OF_PROXIMITY: usize = 44; // 1: the attribute of the occurrences that are nearest
const REQUIRED: usize = 48; // bit per word
const MATCHED_MIN: usize = 52;
const CONCATENATIONS: usize = 56; // 1: there are concatenations
const PHRASES: usize = 60; // per phrase: u32 first word, u32 word count
const PHRASE_COUNT: usize = 64;
const SPLIT_COUNT: usize = 68; // 1 or more: splits are there
const WORK: usize = 72; // work area, see below
const HEAP: usize = 76;
const HEAP_SIZE_MAX: usize = 80;
const HEAP_SIZE: usize = 84; // in and out
const GROUPS: usize = 88; // u32 per doc, 0: distinct is off
const GROUP_LIMIT: usize = 92;
const BOUND: usize = 96; // tuple that no candidate of the bitset beats, with room for a docId; 0: none
const TEXTLESS: usize = 100; // 1: no words
const SCORED: usize = 104; // out: candidates looked at

// Kinds of criteria.
const TYPO: u32 = 0;
const WORDS: u32 = 1;
const PROXIMITY: u32 = 2;
const ATTRIBUTE: u32 = 3;
const EXACT: u32 = 4;
const ARRAY: u32 = 5;

// Flags of a field, above its rank (16 bits).
const FIELD_ORDERED: u32 = 1 << 16;
const FIELD_SEARCHED: u32 = 1 << 17;
const FIELD_NO_TYPO: u32 = 1 << 18;
const FIELD_NO_PREFIX: u32 = 1 << 19;
const FIELD_NO_EXACT: u32 = 1 << 20;

// Events: word | span << 5 | typos << 10 | flags.
const EVENT_EXACT: u32 = 1 << 12;
const EVENT_PREFIX: u32 = 1 << 13;
const EVENT_PHRASE: u32 = 1 << 14; // counts only inside the whole phrase
const EVENT_SPLIT_FIRST: u32 = 1 << 15;
const EVENT_SPLIT_SECOND: u32 = 1 << 16;

const CONTROL_FIELD: u32 = 255;
const DELTA_BIAS: i32 = 1 << 22;

const LIST_COUNT: u32 = 65; // 32 words, 32 pairs (by first word), all words
const PAIR: u32 = 32;
const ALL: u32 = 64;
const OCCURRENCES_MAX: u32 = 32;
const WORD_COUNT_MAX: u32 = 32;

// Work area.
const LIST_TYPOS: usize = 0; // u8 per list; 255: none
const LIST_EXACT: usize = 128; // u8 per list
const LIST_SIZE: usize = 256; // u8 per list
const SINGLE_ELEMENT: usize = 384; // u8: some element is just the (only) word
const MARKS_BASE: usize = 388; // u32: the position of the first mark
const UNIT_LIST: usize = 448; // u32 per unit of the cover: its list
const UNIT_SPAN: usize = 640;
const COVER: usize = 832; // per word place, 33 × 4 u32: matched, typos, singles, choice
const COST: usize = 1408; // 32 × (cost, attribute)
const COST_NEXT: usize = 1664;
const TUPLE: usize = 1920; // criteria of the record at hand
const VALUES: usize = 2048; // typo, words, proximity, attribute, exact
const OCCURRENCES: usize = 2112; // per list 32 × u32: field << 24 | position
const POSITION_MARKS: usize = OCCURRENCES + 65 * 32 * 4; // per position 3 × u32: phrase words, split firsts, split seconds
const POSITION_MARKS_MAX: u32 = 65536;
/** Marks kept when the window of marked positions moves on: more than the words of a query. */
const POSITION_MARKS_KEPT: u32 = 64;
const POSITION_MAX: u32 = 0xffffff;

function resetLists(work: usize): void {
  memory.fill(work + LIST_TYPOS, 255, LIST_COUNT);
}

/** One occurrence of a list; fewer typos than so far start the list anew. */
function addOccurrence(work: usize, list: u32, typos: u32, exact: u32, field: u32, position: u32): void {
  const before: u32 = load<u8>(work + LIST_TYPOS + list);
  if (typos > before) return;
  let size: u32 = load<u8>(work + LIST_SIZE + list);
  if (typos < before) {
    store<u8>(work + LIST_TYPOS + list, <u8>typos);
    store<u8>(work + LIST_EXACT + list, 0);
    size = 0;
  }
  const value = (field << 24) | min(position, POSITION_MAX);
  const at = work + OCCURRENCES + ((list * OCCURRENCES_MAX + size) << 2);
  // One term can be an alternative in two ways.
  const repeated = size > 0 && load<u32>(at - 4) == value;
  if (!repeated && size >= OCCURRENCES_MAX) return;
  if (exact) store<u8>(work + LIST_EXACT + list, 1);
  if (repeated) return;
  store<u32>(at, value);
  store<u8>(work + LIST_SIZE + list, <u8>(size + 1));
}

function markPosition(work: usize, position: u32, slot: u32, bit: u32): void {
  const base = load<u32>(work + MARKS_BASE);
  // A compound of very many parts may lead back to before the window.
  if (position < base) return;
  const at = work + POSITION_MARKS + <usize>((position - base) * 12 + (slot << 2));
  store<u32>(at, load<u32>(at) | bit);
}

function isBeyondMarks(work: usize, position: u32): bool {
  const base = load<u32>(work + MARKS_BASE);
  return position > base && position - base >= POSITION_MARKS_MAX;
}

/** Moves the window on; the marks at its end stay. */
function slideMarks(work: usize): void {
  const marks = work + POSITION_MARKS;
  const moved = POSITION_MARKS_MAX - POSITION_MARKS_KEPT;
  memory.copy(marks, marks + <usize>(moved * 12), <usize>(POSITION_MARKS_KEPT * 12));
  memory.fill(marks + <usize>(POSITION_MARKS_KEPT * 12), 0, <usize>(moved * 12));
  store<u32>(work + MARKS_BASE, load<u32>(work + MARKS_BASE) + moved);
}

/** Marks up to before `positionEnd`, in the window. */
function markCount(work: usize, positionEnd: u32): u32 {
  const base = load<u32>(work + MARKS_BASE);
  return positionEnd <= base ? 0 : min(positionEnd - base, POSITION_MARKS_MAX);
}

function clearMarks(work: usize, count: u32): void {
  memory.fill(work + POSITION_MARKS, 0, <usize>(count * 12));
  store<u32>(work + MARKS_BASE, 0);
}

/** Phrases and splits of one field: its positions are marked, now their sequences become occurrences. */
function closeMarks(plan: usize, work: usize, field: u32, positionEnd: u32): void {
  const end = markCount(work, positionEnd);
  emitMarks(plan, work, field, end, end);
  clearMarks(work, end);
}

/** Sequences that begin before `startEnd`, counted in the window. */
function emitMarks(plan: usize, work: usize, field: u32, startEnd: u32, end: u32): void {
  const base = load<u32>(work + MARKS_BASE);
  const marks = work + POSITION_MARKS;
  const phrases = <usize>load<u32>(plan + PHRASES);
  const phraseCount = load<u32>(plan + PHRASE_COUNT);
  const splits = load<u32>(plan + SPLIT_COUNT);
  const flags = load<u32>(load<u32>(plan + FIELDS) + (field << 2));
  for (let position: u32 = 0; position < startEnd; position++) {
    const at = marks + <usize>(position * 12);
    const phraseBits = load<u32>(at);
    if (phraseBits) {
      for (let phrase: u32 = 0; phrase < phraseCount; phrase++) {
        const first = load<u32>(phrases + (phrase << 3));
        const count = load<u32>(phrases + (phrase << 3), 4);
        if (!((phraseBits >>> first) & 1) || position + count > end) continue;
        let whole = true;
        for (let word: u32 = 1; word < count; word++) {
          if (!((load<u32>(at + <usize>(word * 12)) >>> (first + word)) & 1)) {
            whole = false;
            break;
          }
        }
        if (!whole) continue;
        const exact: u32 = flags & FIELD_NO_EXACT ? 0 : 1;
        for (let word: u32 = 0; word < count; word++) {
          addPhraseOccurrence(work, first + word, exact, field, base + position + word);
        }
      }
    }
    if (splits && position + 1 < end) {
      let both = load<u32>(at, 4) & load<u32>(at, 20);
      while (both) {
        const word = <u32>ctz(both);
        both &= both - 1;
        addOccurrence(work, word, 1, 0, field, base + position);
      }
    }
  }
}

/** Overlapping phrases give a word's occurrence once. */
function addPhraseOccurrence(work: usize, word: u32, exact: u32, field: u32, position: u32): void {
  const size: u32 = load<u8>(work + LIST_TYPOS + word) == 0 ? load<u8>(work + LIST_SIZE + word) : 0;
  const value = (field << 24) | position;
  for (let at: u32 = 0; at < size; at++) {
    if (load<u32>(work + OCCURRENCES + ((word * OCCURRENCES_MAX + at) << 2)) == value) return;
  }
  addOccurrence(work, word, 0, exact, field, position);
}

/** Fills the occurrence lists of a record. */
function scan(plan: usize, work: usize, doc: u32): void {
  resetLists(work);
  store<u8>(work + SINGLE_ELEMENT, 0);
  const offsets = <usize>load<u32>(plan + FORWARD_OFFSETS);
  const entries = <usize>load<u32>(plan + FORWARD_ENTRIES);
  const tags = <usize>load<u32>(plan + TAGS);
  const combinations = <usize>load<u32>(plan + COMBINATIONS);
  const events = <usize>load<u32>(plan + EVENTS);
  const fields = <usize>load<u32>(plan + FIELDS);
  const start = entries + ((<usize>load<u32>(offsets + ((<usize>doc) << 2))) << 2);
  const end = entries + ((<usize>load<u32>(offsets + ((<usize>doc) << 2), 4)) << 2);
  let field: u32 = CONTROL_FIELD;
  let flags: u32 = 0;
  let position: u32 = 0;
  let delta: u32 = 0; // of a control, for the token behind it
  let positionEnd: u32 = 0;
  let elementStart = true;
  let anyMark = false;
  for (let at = start; at < end; at += 4) {
    const entry = load<u32>(at);
    const entryField = entry & 255;
    if (entryField == CONTROL_FIELD) {
      const payload = entry >>> 8;
      delta = <u32>(<i32>(payload >>> 1) - DELTA_BIAS);
      if (payload & 1) elementStart = true;
      continue;
    }
    if (entryField != field) {
      if (anyMark) closeMarks(plan, work, field, positionEnd);
      anyMark = false;
      field = entryField;
      flags = load<u32>(fields + (field << 2));
      position = 0;
      positionEnd = 0;
      elementStart = true;
    }
    position += delta;
    delta = 0;
    const tag: u32 = load<u16>(tags + ((<usize>(entry >>> 8)) << 1));
    if (tag && flags & FIELD_SEARCHED) {
      let event = events + ((<usize>load<u32>(combinations + ((<usize>tag) << 3))) << 2);
      const eventEnd = event + ((<usize>load<u32>(combinations + ((<usize>tag) << 3), 4)) << 2);
      for (; event < eventEnd; event += 4) {
        const e = load<u32>(event);
        const typos = (e >>> 10) & 3;
        const word = e & 31;
        if (e & (EVENT_PHRASE | EVENT_SPLIT_FIRST | EVENT_SPLIT_SECOND)) {
          anyMark = true;
          while (isBeyondMarks(work, position)) {
            emitMarks(plan, work, field, POSITION_MARKS_MAX - POSITION_MARKS_KEPT, POSITION_MARKS_MAX);
            slideMarks(work);
          }
          if (e & EVENT_PHRASE) {
            markPosition(work, position, 0, 1 << word);
          } else if (!(flags & FIELD_NO_TYPO)) {
            markPosition(work, position, e & EVENT_SPLIT_FIRST ? 1 : 2, 1 << word);
          }
          continue;
        }
        if (typos && flags & FIELD_NO_TYPO) continue;
        if (e & EVENT_PREFIX && flags & FIELD_NO_PREFIX) continue;
        const span = (e >>> 5) & 31;
        let exact: u32 = 0;
        if (e & EVENT_EXACT && !(flags & FIELD_NO_EXACT)) {
          exact = 1;
          if (elementStart && isElementEnd(at + 4, end, field)) store<u8>(work + SINGLE_ELEMENT, 1);
        }
        const list = span == 1 ? word : span == 2 ? PAIR + word : ALL;
        addOccurrence(work, list, typos, exact, field, position);
      }
    }
    elementStart = false;
    position++;
    if (position > positionEnd) positionEnd = position;
  }
  if (anyMark) closeMarks(plan, work, field, positionEnd);
}

function isElementEnd(at: usize, end: usize, field: u32): bool {
  if (at >= end) return true;
  const entry = load<u32>(at);
  const next = entry & 255;
  if (next == CONTROL_FIELD) return (entry >>> 8) & 1 ? true : false;
  return next != field;
}

function hasList(work: usize, list: u32): bool {
  return load<u8>(work + LIST_TYPOS + list) != 255;
}

/**
 * Chooses the cover of the query: most words matched, fewest typos, most single words, earliest preference. Writes its
 * units (matched ones) and returns their number; -1 when the record does not match. VALUES gets typo and words.
 */
function cover(plan: usize, work: usize): i32 {
  const wordCount = load<u32>(plan + WORD_COUNT);
  const required = load<u32>(plan + REQUIRED);
  let unitCount: u32 = 0;
  let matched: u32 = 0;
  let typos: u32 = 0;
  if (!load<u32>(plan + CONCATENATIONS)) {
    for (let word: u32 = 0; word < wordCount; word++) {
      if (hasList(work, word)) {
        typos += load<u8>(work + LIST_TYPOS + word);
        store<u32>(work + UNIT_LIST + (unitCount << 2), word);
        store<u32>(work + UNIT_SPAN + (unitCount << 2), 1);
        unitCount++;
      } else if ((required >>> word) & 1) return -1;
    }
    matched = unitCount;
  } else {
    // cover[i]: the best for the words from i on, found from the end; -1 in `matched` says that none is possible.
    store<i32>(work + COVER + ((<usize>wordCount) << 4), 0);
    store<u64>(work + COVER + ((<usize>wordCount) << 4), 0, 4);
    for (let word = <i32>wordCount - 1; word >= 0; word--) {
      let bestMatched: i32 = -1;
      let bestTypos: i32 = 0;
      let bestSingles: i32 = 0;
      let bestChoice: i32 = 0;
      for (let choice: i32 = 0; choice < 4; choice++) {
        // 0: single word, 1: pair, 2: all words, 3: not matched
        let list: u32 = word;
        let span: u32 = 1;
        if (choice == 1) {
          if (<u32>word + 2 > wordCount) continue;
          list = PAIR + word;
          span = 2;
        } else if (choice == 2) {
          if (word != 0 || wordCount < 3) continue;
          list = ALL;
          span = wordCount;
        } else if (choice == 3 && (required >>> word) & 1) continue;
        if (choice != 3 && !hasList(work, list)) continue;
        const rest = work + COVER + ((<usize>word + span) << 4);
        const restMatched = load<i32>(rest);
        if (restMatched < 0) continue;
        const m: i32 = restMatched + (choice == 3 ? 0 : <i32>span);
        const t: i32 = load<i32>(rest, 4) + (choice == 3 ? 0 : <i32>load<u8>(work + LIST_TYPOS + list));
        const s: i32 = load<i32>(rest, 8) + (choice == 0 ? 1 : 0);
        if (m > bestMatched || (m == bestMatched && (t < bestTypos || (t == bestTypos && s > bestSingles)))) {
          bestMatched = m;
          bestTypos = t;
          bestSingles = s;
          bestChoice = choice;
        }
      }
      const at = work + COVER + ((<usize>word) << 4);
      store<i32>(at, bestMatched);
      store<i32>(at, bestTypos, 4);
      store<i32>(at, bestSingles, 8);
      store<i32>(at, bestChoice, 12);
    }
    if (load<i32>(work + COVER) < 0) return -1;
    matched = load<i32>(work + COVER);
    typos = load<i32>(work + COVER, 4);
    for (let word: u32 = 0; word < wordCount; ) {
      const choice = load<i32>(work + COVER + ((<usize>word) << 4), 12);
      const span: u32 = choice == 1 ? 2 : choice == 2 ? wordCount : 1;
      if (choice != 3) {
        store<u32>(work + UNIT_LIST + (unitCount << 2), choice == 0 ? word : choice == 1 ? PAIR + word : ALL);
        store<u32>(work + UNIT_SPAN + (unitCount << 2), span);
        unitCount++;
      }
      word += span;
    }
  }
  if (matched == 0 && wordCount > 0) return -1;
  if (matched < load<u32>(plan + MATCHED_MIN)) return -1;
  store<u32>(work + VALUES, typos);
  store<u32>(work + VALUES, wordCount - matched, 4);
  return unitCount;
}

function distance(from: u32, to: u32, floor: u32): u32 {
  let d: u32 = 8;
  if (from >>> 24 == to >>> 24) {
    const p = from & 0xffffff;
    const r = to & 0xffffff;
    d = r > p ? r - p : r < p ? p - r + 1 : 8;
    if (d > 8) d = 8;
  }
  return d < floor ? floor : d;
}

function attributeOf(fields: usize, occurrence: u32): u32 {
  const flags = load<u32>(fields + ((occurrence >>> 24) << 2));
  const position = occurrence & 0xffffff;
  return (flags & 0xffff) * 1000 + (flags & FIELD_ORDERED ? min(position, 999) : 0);
}

/** Proximity and attribute of the cover's units into VALUES; exact too. */
function measure(plan: usize, work: usize, unitCount: u32): void {
  const fields = <usize>load<u32>(plan + FIELDS);
  const floor = load<u32>(plan + MIN_PROXIMITY);
  const wordCount = load<u32>(plan + WORD_COUNT);
  let exactWords: u32 = 0;
  let base: u32 = 0;
  let smallestAttribute: u32 = 0xffffffff;
  let from = work + COST;
  let to = work + COST_NEXT;
  let sizeBefore: u32 = 0;
  let listBefore: u32 = 0;
  for (let unit: u32 = 0; unit < unitCount; unit++) {
    const list = load<u32>(work + UNIT_LIST + (unit << 2));
    const span = load<u32>(work + UNIT_SPAN + (unit << 2));
    base += (span - 1) * floor;
    if (span == 1) exactWords += load<u8>(work + LIST_EXACT + list);
    const size: u32 = load<u8>(work + LIST_SIZE + list);
    const occurrences = work + OCCURRENCES + ((list * OCCURRENCES_MAX) << 2);
    const before = work + OCCURRENCES + ((listBefore * OCCURRENCES_MAX) << 2);
    for (let at: u32 = 0; at < size; at++) {
      const occurrence = load<u32>(occurrences + (at << 2));
      const attribute = attributeOf(fields, occurrence);
      if (attribute < smallestAttribute) smallestAttribute = attribute;
      let cost: u32 = 0;
      let best: u32 = attribute;
      if (unit > 0) {
        cost = 0xffffffff;
        best = 0xffffffff;
        for (let b: u32 = 0; b < sizeBefore; b++) {
          const c = load<u32>(from + (b << 3)) + distance(load<u32>(before + (b << 2)), occurrence, floor);
          if (c < cost) {
            cost = c;
            best = load<u32>(from + (b << 3), 4);
          } else if (c == cost) best = min(best, load<u32>(from + (b << 3), 4));
        }
        best = min(best, attribute);
      }
      store<u32>(to + (at << 3), cost);
      store<u32>(to + (at << 3), best, 4);
    }
    sizeBefore = size;
    listBefore = list;
    const swap = from;
    from = to;
    to = swap;
  }
  let proximity: u32 = 0xffffffff;
  let attribute: u32 = 0xffffffff;
  for (let at: u32 = 0; at < sizeBefore; at++) {
    const cost = load<u32>(from + (at << 3));
    const best = load<u32>(from + (at << 3), 4);
    if (cost < proximity || (cost == proximity && best < attribute)) {
      proximity = cost;
      attribute = best;
    }
  }
  if (!load<u32>(plan + ATTRIBUTE_OF_PROXIMITY)) attribute = smallestAttribute;
  let exact = wordCount - exactWords;
  if (wordCount == 1) {
    const mode = load<u32>(plan + EXACT_MODE); // 0 attribute, 1 word, 2 word that is too short, 3 none
    if (mode == 0) exact = load<u8>(work + SINGLE_ELEMENT) ? 0 : 1;
    else if (mode == 2) exact = 1;
    else if (mode == 3) exact = 0;
  }
  store<u32>(work + VALUES, proximity + base, 8);
  store<u32>(work + VALUES, attribute, 12);
  store<u32>(work + VALUES, exact, 16);
}

/** Whether the record matches; fills VALUES. */
function evaluate(plan: usize, work: usize, doc: u32): bool {
  if (load<u32>(plan + TEXTLESS)) {
    store<u64>(work + VALUES, 0);
    store<u64>(work + VALUES, 0, 8);
    store<u32>(work + VALUES, 0, 16);
    return true;
  }
  scan(plan, work, doc);
  const unitCount = cover(plan, work);
  if (unitCount < 0) return false;
  measure(plan, work, unitCount);
  return true;
}

/** The five textual values of one record to `into`; 0 when it does not match. */
export function scoreRecord(plan: usize, doc: u32, into: usize): u32 {
  const work = <usize>load<u32>(plan + WORK);
  if (!evaluate(plan, work, doc)) return 0;
  memory.copy(into, work + VALUES, 20);
  return 1;
}

/**
 * Takes out of the bitset every record that does not match, or has more than `typosMax` typos. Counts the others by their
 * typos in `histogram` (u32 each, 256 of them).
 */
export function scoreVerify(plan: usize, bitset: usize, bytes: usize, typosMax: u32, histogram: usize): void {
  const work = <usize>load<u32>(plan + WORK);
  for (let i: usize = 0; i < bytes; i += 8) {
    let word = load<u64>(bitset + i);
    let kept = word;
    while (word) {
      const bit = ctz(word);
      word &= word - 1;
      const doc = <u32>(i << 3) + <u32>bit;
      scan(plan, work, doc);
      const matches = cover(plan, work) >= 0;
      const typos = load<u32>(work + VALUES);
      if (!matches || typos > typosMax) kept &= ~((<u64>1) << bit);
      else {
        const at = histogram + <usize>(min(typos, 255) << 2);
        store<u32>(at, load<u32>(at) + 1);
      }
    }
    store<u64>(bitset + i, kept);
  }
}

/**
 * Takes out of the bitset every record that does not hold the terms (u32 each, at most 32) in consecutive positions of one
 * field.
 */
export function phraseFilter(plan: usize, bitset: usize, bytes: usize, terms: usize, count: u32): void {
  const work = <usize>load<u32>(plan + WORK);
  const offsets = <usize>load<u32>(plan + FORWARD_OFFSETS);
  const entries = <usize>load<u32>(plan + FORWARD_ENTRIES);
  for (let i: usize = 0; i < bytes; i += 8) {
    let word = load<u64>(bitset + i);
    let kept = word;
    while (word) {
      const bit = ctz(word);
      word &= word - 1;
      const doc = (i << 3) + <usize>bit;
      const start = entries + ((<usize>load<u32>(offsets + (doc << 2))) << 2);
      const end = entries + ((<usize>load<u32>(offsets + (doc << 2), 4)) << 2);
      if (!holdsPhrase(work, start, end, terms, count)) kept &= ~((<u64>1) << bit);
    }
    store<u64>(bitset + i, kept);
  }
}

const NOT_HELD: u32 = 0;
const HELD: u32 = 1;
const UNDECIDED: u32 = 2;

/** Two words in a row, without marks; undecided where a compound goes back, since then the second may come before the first. */
function holdsPair(start: usize, end: usize, first: u32, second: u32): u32 {
  let awaited = false; // the entry before was the first word
  let field: u32 = CONTROL_FIELD;
  for (let at = start; at < end; at += 4) {
    const entry = load<u32>(at);
    if ((entry & 255) == CONTROL_FIELD) {
      if (<i32>(entry >>> 9) < DELTA_BIAS) return UNDECIDED;
      awaited = false;
      continue;
    }
    const term = entry >>> 8;
    if (awaited && term == second && (entry & 255) == field) return HELD;
    awaited = term == first;
    field = entry & 255;
  }
  return NOT_HELD;
}

function holdsPhrase(work: usize, start: usize, end: usize, terms: usize, count: u32): bool {
  let field: u32 = CONTROL_FIELD;
  let position: u32 = 0;
  let delta: u32 = 0;
  let markEnd: u32 = 0;
  let found = false;
  for (let at = start; at < end && !found; at += 4) {
    const entry = load<u32>(at);
    const entryField = entry & 255;
    if (entryField == CONTROL_FIELD) {
      delta = <u32>(<i32>(entry >>> 9) - DELTA_BIAS);
      continue;
    }
    if (entryField != field) {
      found = closePhrase(work, markEnd, count) || found;
      field = entryField;
      position = 0;
      markEnd = 0;
    }
    position += delta;
    delta = 0;
    const term = entry >>> 8;
    for (let ordinal: u32 = 0; ordinal < count; ordinal++) {
      if (load<u32>(terms + (ordinal << 2)) != term) continue;
      while (isBeyondMarks(work, position)) {
        found = findPhrase(work, POSITION_MARKS_MAX, count) || found;
        slideMarks(work);
      }
      markPosition(work, position, 0, 1 << ordinal);
      if (position + 1 > markEnd) markEnd = position + 1;
    }
    position++;
  }
  return closePhrase(work, markEnd, count) || found;
}

/** Whether the marks up to before `positionEnd` hold the whole phrase; clears them. */
function closePhrase(work: usize, positionEnd: u32, count: u32): bool {
  if (positionEnd == 0) return false;
  const end = markCount(work, positionEnd);
  const found = findPhrase(work, end, count);
  clearMarks(work, end);
  return found;
}

function findPhrase(work: usize, end: u32, count: u32): bool {
  const marks = work + POSITION_MARKS;
  let run: u32 = 0; // bit j: the first j + 1 words end at the position before
  for (let position: u32 = 0; position < end; position++) {
    run = ((run << 1) | 1) & load<u32>(marks + <usize>(position * 12));
    if ((run >>> (count - 1)) & 1) return true;
  }
  return false;
}

// The heap holds the best records, the worst on top: per entry the criteria's tuple, the doc, the group.

function entryBytes(criteriaCount: u32): usize {
  return <usize>((criteriaCount + 2) << 2);
}

/** Whether entry `a` comes after (is worse than) entry `b`. */
function isWorse(a: usize, b: usize, compared: u32): bool {
  for (let at: u32 = 0; at < compared; at++) {
    const x = load<u32>(a + (at << 2));
    const y = load<u32>(b + (at << 2));
    if (x != y) return x > y;
  }
  return false;
}

function swapEntries(a: usize, b: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 4) {
    const x = load<u32>(a + at);
    store<u32>(a + at, load<u32>(b + at));
    store<u32>(b + at, x);
  }
}

function siftUp(heap: usize, at: u32, bytes: usize, compared: u32): void {
  while (at > 0) {
    const parent = (at - 1) >>> 1;
    if (!isWorse(heap + <usize>at * bytes, heap + <usize>parent * bytes, compared)) return;
    swapEntries(heap + <usize>at * bytes, heap + <usize>parent * bytes, bytes);
    at = parent;
  }
}

function siftDown(heap: usize, size: u32, at: u32, bytes: usize, compared: u32): void {
  for (;;) {
    let worst = at;
    const left = at * 2 + 1;
    if (left < size && isWorse(heap + <usize>left * bytes, heap + <usize>worst * bytes, compared))
      worst = left;
    if (left + 1 < size && isWorse(heap + <usize>(left + 1) * bytes, heap + <usize>worst * bytes, compared)) {
      worst = left + 1;
    }
    if (worst == at) return;
    swapEntries(heap + <usize>at * bytes, heap + <usize>worst * bytes, bytes);
    at = worst;
  }
}

/**
 * Scores the records of `docs` that are in all bitsets of `masks` (u32 pairs: address, 1 to take its complement), in docId
 * order, and keeps the best in the plan's heap. Stops as soon as no remaining
 * record can enter: the heap is full and its worst entry is not worse than the plan's bound with the docId at hand.
 */
export function scoreBitset(plan: usize, docs: usize, masks: usize, maskCount: u32, bytes: usize): void {
  const work = <usize>load<u32>(plan + WORK);
  const criteria = <usize>load<u32>(plan + CRITERIA);
  const criteriaCount = load<u32>(plan + CRITERIA_COUNT);
  const heap = <usize>load<u32>(plan + HEAP);
  const sizeMax = load<u32>(plan + HEAP_SIZE_MAX);
  const groups = <usize>load<u32>(plan + GROUPS);
  const groupLimit = load<u32>(plan + GROUP_LIMIT);
  const bound = <usize>load<u32>(plan + BOUND);
  const stride = entryBytes(criteriaCount);
  const compared = criteriaCount + 1;
  const tuple = work + TUPLE;
  let size = load<u32>(plan + HEAP_SIZE);
  let scored = load<u32>(plan + SCORED);
  if (sizeMax == 0) return;
  // Array criteria that come before every textual one are known without looking at the text.
  let leading: u32 = 0;
  while (leading < criteriaCount && load<u32>(criteria + (leading << 3)) == ARRAY) leading++;
  for (let i: usize = 0; i < bytes; i += 8) {
    let word = load<u64>(docs + i);
    for (let at: u32 = 0; word && at < maskCount; at++) {
      const mask = load<u64>(<usize>load<u32>(masks + (at << 3)) + i);
      word &= load<u32>(masks + (at << 3), 4) ? ~mask : mask;
    }
    while (word) {
      const doc = <u32>(i << 3) + <u32>ctz(word);
      word &= word - 1;
      if (size == sizeMax) {
        if (bound) store<u32>(bound + (criteriaCount << 2), doc);
        if (bound && !isWorse(heap, bound, compared)) {
          store<u32>(plan + HEAP_SIZE, size);
          store<u32>(plan + SCORED, scored);
          return;
        }
        if (leading && isHopeless(criteria, criteriaCount, leading, heap, doc)) continue;
      }
      scored++;
      if (!evaluate(plan, work, doc)) continue;
      for (let at: u32 = 0; at < criteriaCount; at++) {
        const kind = load<u32>(criteria + (at << 3));
        const value =
          kind == ARRAY
            ? load<u32>(<usize>load<u32>(criteria + (at << 3), 4) + ((<usize>doc) << 2))
            : load<u32>(work + VALUES + (kind << 2));
        store<u32>(tuple + (at << 2), value);
      }
      store<u32>(tuple + (criteriaCount << 2), doc);
      const group = groups ? load<u32>(groups + ((<usize>doc) << 2)) : 0;
      store<u32>(tuple + (criteriaCount << 2), group, 4);
      if (size == sizeMax && !isWorse(heap, tuple, compared)) continue;
      if (groups) {
        let ofGroup: u32 = 0;
        let worst: u32 = 0xffffffff;
        for (let at: u32 = 0; at < size; at++) {
          const entry = heap + <usize>at * stride;
          if (load<u32>(entry + (criteriaCount << 2), 4) != group) continue;
          ofGroup++;
          if (worst == 0xffffffff || isWorse(entry, heap + <usize>worst * stride, compared)) worst = at;
        }
        if (ofGroup >= groupLimit) {
          const entry = heap + <usize>worst * stride;
          if (isWorse(entry, tuple, compared)) {
            memory.copy(entry, tuple, stride);
            siftDown(heap, size, worst, stride, compared);
          }
          continue;
        }
      }
      if (size < sizeMax) {
        memory.copy(heap + <usize>size * stride, tuple, stride);
        siftUp(heap, size, stride, compared);
        size++;
      } else {
        memory.copy(heap, tuple, stride);
        siftDown(heap, size, 0, stride, compared);
      }
    }
  }
  store<u32>(plan + HEAP_SIZE, size);
  store<u32>(plan + SCORED, scored);
}

/** Puts the heap's entries in order, the best first. It is no heap any more then. */
export function scoreSort(plan: usize): void {
  const heap = <usize>load<u32>(plan + HEAP);
  const criteriaCount = load<u32>(plan + CRITERIA_COUNT);
  const bytes = entryBytes(criteriaCount);
  for (let size = load<u32>(plan + HEAP_SIZE); size > 1; size--) {
    swapEntries(heap, heap + <usize>(size - 1) * bytes, bytes);
    siftDown(heap, size - 1, 0, bytes, criteriaCount + 1);
  }
}

/** Whether the leading array criteria alone keep a record out of a full heap; when there are no others, docId decides. */
function isHopeless(criteria: usize, criteriaCount: u32, leading: u32, heap: usize, doc: u32): bool {
  for (let at: u32 = 0; at < leading; at++) {
    const value = load<u32>(<usize>load<u32>(criteria + (at << 3), 4) + ((<usize>doc) << 2));
    const worst = load<u32>(heap + (at << 2));
    if (value != worst) return value > worst;
  }
  return leading == criteriaCount && doc > load<u32>(heap + (criteriaCount << 2));
}

/**
 * Marks the terms [from, to) with one more event. `transitions` (u16) tells the combination that each present one becomes;
 * 0: not known yet. Returns the term at which such a one was met (the caller fills it in and goes on there), or `to`.
 */
export function tagTerms(tags: usize, from: u32, to: u32, transitions: usize): u32 {
  for (let term = from; term < to; term++) {
    const at = tags + ((<usize>term) << 1);
    const next = load<u16>(transitions + ((<usize>load<u16>(at)) << 1));
    if (!next) return term;
    store<u16>(at, next);
  }
  return to;
}

export function untagTerms(tags: usize, from: u32, to: u32): void {
  memory.fill(tags + ((<usize>from) << 1), 0, (<usize>(to - from)) << 1);
}
