// Finds the terms within one or two edits of a word: a depth-first walk of the terms' trie with a bit-parallel automaton
// of the optimal string alignment distance. Layouts: `terms/terms-builder.ts`; rules: docs/relevance.md, section 3.
//
// A frame is the automaton's state after the units on the way to a trie node. Bit i of rows[e] says: the first i + 1 units of
// the word can have been consumed with e edits. That no unit was consumed needs no bit: it can only be so at the root, or
// after the cost-2 edits of the first unit, which `seed` stands for.
//
//   word of 5 units, after "h": rows[0] = 00001, rows[1] = 00010 (second unit deleted), rows[2] = 00100
//
// Each unit costs a handful of 64-bit operations, whatever the word's length.
import { MATCH_FRAMES_AT } from './work-areas';

const FRAME_BYTES: usize = 80;
// Offsets in a frame.
const ROW0: usize = 0;
const ROW1: usize = 8;
const ROW2: usize = 16;
/** Bit i: the last unit was the word's unit i + 2, the row below stands at i, so unit i + 1 may follow transposed. */
const SWAP1: usize = 24;
const SWAP2: usize = 32;
/** Bits of rows[2] that the word's first unit would set: after it was preceded by an insertion or transposed. */
const SEED: usize = 40;
/** Most edits still of interest: below 2 once an outer prefix matched with some. */
const BUDGET: usize = 44;
const CHILD: usize = 48;
const CHILD_END: usize = 52;
/** First term behind the node. */
const TERM_HI: usize = 56;
/** Units that lead on are those whose mask shares a bit with this; 0: all may, since there are edits left. */
const USEFUL: usize = 64;

// Where the dictionary is; set once per call. Globals, so that the walk's helpers need few arguments.
let labels: usize = 0;
let nodes: usize = 0;
let text: usize = 0;
let offsets: usize = 0;
let masks: usize = 0;
let out: usize = 0;
let outCount: u32 = 0;
let outCountMax: u32 = 0;
let wordBits: u64 = 0;
let acceptBit: u64 = 0;
let isPrefix: bool = false;

/**
 * Writes (termLo, termHi, typos) u32 triples of the terms within `edits` (0 … 2) of a word of 1 … 64 units, in preorder: a
 * range inside another follows it and has fewer typos. `maskTable` (8 bytes per UTF-16 unit) is all zero before and after.
 * Returns how many, or -1 when they are more than `countMax`.
 */
export function termsMatch(
  labelsAt: usize,
  nodesAt: usize,
  textAt: usize,
  offsetsAt: usize,
  termCount: u32,
  maskTable: usize,
  word: usize,
  length: u32,
  edits: u32,
  prefix: bool,
  triples: usize,
  countMax: u32,
): i32 {
  labels = labelsAt;
  nodes = nodesAt;
  text = textAt;
  offsets = offsetsAt;
  masks = maskTable;
  out = triples;
  outCount = 0;
  outCountMax = countMax;
  isPrefix = prefix;
  acceptBit = (<u64>1) << (<u64>(length - 1));
  wordBits = acceptBit | (acceptBit - 1);
  for (let at: u32 = 0; at < length; at++) {
    const mask = maskAt(load<u16>(word + (at << 1)));
    store<u64>(mask, load<u64>(mask) | ((<u64>1) << (<u64>at)));
  }
  const isWhole = walk(edits, termCount);
  for (let at: u32 = 0; at < length; at++) store<u64>(maskAt(load<u16>(word + (at << 1))), 0);
  return isWhole ? <i32>outCount : -1;
}

/** False when the triples did not fit. */
function walk(edits: u32, termCount: u32): bool {
  let frame = MATCH_FRAMES_AT;
  memory.fill(frame, 0, FRAME_BYTES);
  store<u32>(frame, edits, BUDGET);
  store<u32>(frame, childrenOf(0), CHILD);
  store<u32>(frame, childrenOf(1), CHILD_END);
  store<u32>(frame, termCount, TERM_HI);
  while (true) {
    let child = load<u32>(frame, CHILD);
    const end = load<u32>(frame, CHILD_END);
    const useful = load<u64>(frame, USEFUL);
    if (useful) {
      // All edits are spent: most children end here, so this loop is tight.
      while (child < end && !(maskOf(child) & useful)) child++;
    }
    if (child >= end) {
      if (frame === MATCH_FRAMES_AT) return true;
      frame -= FRAME_BYTES;
      continue;
    }
    store<u32>(frame, child + 1, CHILD);
    const next = nextChild(frame, child);
    if (next === SKIP) continue;
    if (next === FULL) return false;
    frame += FRAME_BYTES;
  }
}

const SKIP: u32 = 0;
const DESCEND: u32 = 1;
const FULL: u32 = 2;

/** Takes the edge to `child`: writes what matches there; DESCEND when its frame is ready behind `frame`. */
function nextChild(frame: usize, child: u32): u32 {
  const mask = maskOf(child);
  const target = frame + FRAME_BYTES;
  if (frame === MATCH_FRAMES_AT) {
    stepFirst(frame, target, mask);
  } else {
    step(frame, target, mask);
  }
  let row0 = load<u64>(target, ROW0);
  let row1 = load<u64>(target, ROW1);
  let row2 = load<u64>(target, ROW2);
  const any = row0 | row1 | row2;
  if ((any | load<u32>(target, SEED)) === 0) return SKIP;
  const termLo = termLoOf(child);
  const isLast = child + 1 === load<u32>(frame, CHILD_END);
  const termHi = isLast ? load<u32>(frame, TERM_HI) : termLoOf(child + 1);
  if (termHi - termLo === 1) {
    const depth = <u32>((target - MATCH_FRAMES_AT) / FRAME_BYTES);
    return runTail(target, termLo, depth) ? SKIP : FULL;
  }
  const grandchild = childrenOf(child);
  if (any & acceptBit) {
    const typos: u32 = row0 & acceptBit ? 0 : row1 & acceptBit ? 1 : 2;
    if (isPrefix) {
      if (!emit(termLo, termHi, typos)) return FULL;
      if (typos === 0) return SKIP;
      spend(target, typos - 1);
      row1 = load<u64>(target, ROW1);
      if ((row0 | row1) === 0) return SKIP;
    } else if (termLoOf(grandchild) !== termLo) {
      // The children begin behind the node's own first term: that one ends here.
      if (!emit(termLo, termLo + 1, typos)) return FULL;
    }
  }
  store<u32>(target, grandchild, CHILD);
  store<u32>(target, childrenOf(child + 1), CHILD_END);
  store<u32>(target, termHi, TERM_HI);
  store<u64>(target, usefulOf(target), USEFUL);
  return DESCEND;
}

/** From the root, where the word's and the term's first units meet: anything but a match costs 2. */
function stepFirst(frame: usize, target: usize, mask: u64): void {
  const budget = load<u32>(frame, BUDGET);
  const row0: u64 = mask & 1;
  let row1: u64 = 0;
  let row2: u64 = 0;
  let seed: u32 = 0;
  // The word's second unit deleted, then its third.
  if (budget > 0) row1 = (row0 << 1) & wordBits;
  if (budget > 1) {
    const substituted: u64 = 1;
    const firstDeleted = mask & 2;
    row2 = ((row1 << 1) & wordBits) | substituted | firstDeleted;
    const inserted: u32 = 1;
    const transposed = <u32>(mask & 2);
    seed = inserted | transposed;
  }
  store<u64>(target, row0, ROW0);
  store<u64>(target, row1, ROW1);
  store<u64>(target, row2, ROW2);
  store<u64>(target, 0, SWAP1);
  store<u64>(target, 0, SWAP2);
  store<u32>(target, seed, SEED);
  store<u32>(target, budget, BUDGET);
}

/** The state after one more unit. `target` may be `frame`. */
function step(frame: usize, target: usize, mask: u64): void {
  const budget = load<u32>(frame, BUDGET);
  const row0 = load<u64>(frame, ROW0);
  const row1 = load<u64>(frame, ROW1);
  const row2 = load<u64>(frame, ROW2);
  const swap1 = load<u64>(frame, SWAP1);
  const swap2 = load<u64>(frame, SWAP2);
  const seed = <u64>load<u32>(frame, SEED);
  const next0 = (row0 << 1) & mask;
  let next1: u64 = 0;
  let next2: u64 = 0;
  let nextSwap1: u64 = 0;
  let nextSwap2: u64 = 0;
  if (budget > 0) {
    const inserted1 = row0;
    const substituted1 = row0 << 1;
    const deleted1 = next0 << 1;
    const transposed1 = ((swap1 << 1) & mask) << 1;
    next1 = (((row1 << 1) & mask) | inserted1 | substituted1 | deleted1 | transposed1) & wordBits;
    nextSwap1 = row0 & (mask >> 2);
    if (budget > 1) {
      const inserted2 = row1;
      const substituted2 = row1 << 1;
      const deleted2 = next1 << 1;
      const transposed2 = ((swap2 << 1) & mask) << 1;
      const afterFirst = mask & 1 ? seed : 0;
      next2 =
        (((row2 << 1) & mask) | inserted2 | substituted2 | deleted2 | transposed2 | afterFirst) & wordBits;
      nextSwap2 = row1 & (mask >> 2);
    }
  }
  store<u64>(target, next0, ROW0);
  store<u64>(target, next1, ROW1);
  store<u64>(target, next2, ROW2);
  store<u64>(target, nextSwap1, SWAP1);
  store<u64>(target, nextSwap2, SWAP2);
  store<u32>(target, 0, SEED);
  store<u32>(target, budget, BUDGET);
}

/** The units that lead on from a frame, as `USEFUL` has them. */
function usefulOf(frame: usize): u64 {
  const budget = load<u32>(frame, BUDGET);
  const row0 = load<u64>(frame, ROW0);
  const row1 = load<u64>(frame, ROW1);
  const hasEditsLeft = budget === 0 ? false : budget === 1 ? row0 !== 0 : (row0 | row1) !== 0;
  if (hasEditsLeft) return 0;
  const states = row0 | row1 | load<u64>(frame, ROW2) | load<u64>(frame, SWAP1) | load<u64>(frame, SWAP2);
  return (states << 1) | (load<u32>(frame, SEED) ? 1 : 0);
}

/** Lowers the budget: states with more edits are of no interest any more. */
function spend(frame: usize, budget: u32): void {
  store<u32>(frame, budget, BUDGET);
  store<u64>(frame, 0, ROW2);
  store<u64>(frame, 0, SWAP2);
  store<u32>(frame, 0, SEED);
  if (budget === 0) {
    store<u64>(frame, 0, ROW1);
    store<u64>(frame, 0, SWAP1);
  }
}

/** Follows the one term below a node through its text, from its unit `depth` on. False when the triples are full. */
function runTail(frame: usize, term: u32, depth: u32): bool {
  const offset = offsets + ((<usize>term) << 2);
  let at = text + ((<usize>(load<u32>(offset) + depth)) << 1);
  const end = text + ((<usize>load<u32>(offset, 4)) << 1);
  let best: u32 = 3;
  while (true) {
    const row0 = load<u64>(frame, ROW0);
    const row1 = load<u64>(frame, ROW1);
    const any = row0 | row1 | load<u64>(frame, ROW2);
    if (any & acceptBit && (isPrefix || at === end)) {
      best = row0 & acceptBit ? 0 : row1 & acceptBit ? 1 : 2;
      if (best === 0) break;
      spend(frame, best - 1);
    }
    if (at === end) break;
    step(frame, frame, load<u64>(maskAt(load<u16>(at))));
    if ((load<u64>(frame, ROW0) | load<u64>(frame, ROW1) | load<u64>(frame, ROW2)) === 0) break;
    at += 2;
  }
  return best === 3 || emit(term, term + 1, best);
}

function emit(termLo: u32, termHi: u32, typos: u32): bool {
  if (outCount === outCountMax) return false;
  const at = out + <usize>outCount * 12;
  store<u32>(at, termLo);
  store<u32>(at, termHi, 4);
  store<u32>(at, typos, 8);
  outCount++;
  return true;
}

function maskOf(child: u32): u64 {
  return load<u64>(maskAt(load<u16>(labels + ((<usize>child) << 1))));
}

function maskAt(unit: u16): usize {
  return masks + ((<usize>unit) << 3);
}

function childrenOf(node: u32): u32 {
  return load<u32>(nodes + ((<usize>node) << 3));
}

function termLoOf(node: u32): u32 {
  return load<u32>(nodes + ((<usize>node) << 3), 4);
}

/**
 * Makes preorder triples disjoint, the inner range winning, and joins neighbours of equal typos. `into` has room for
 * 2 × count triples and does not overlap. Returns how many.
 */
export function termsFlatten(triples: usize, count: u32, into: usize): u32 {
  // Ranges that are open at the current term, as (termHi, typos): nested ones have fewer and fewer typos, so three at most.
  const open = MATCH_FRAMES_AT;
  let openCount: usize = 0;
  let term: u32 = 0;
  out = into;
  outCount = 0;
  for (let at: u32 = 0; at <= count; at++) {
    const triple = triples + <usize>at * 12;
    const termLo: u32 = at < count ? load<u32>(triple) : <u32>-1;
    while (openCount > 0) {
      const top = open + (openCount - 1) * 8;
      const end = load<u32>(top);
      const reached = end < termLo ? end : termLo;
      if (term < reached) append(term, reached, load<u32>(top, 4));
      if (end > termLo) break;
      term = end;
      openCount--;
    }
    if (at === count) break;
    term = termLo;
    store<u32>(open + openCount * 8, load<u32>(triple, 4));
    store<u32>(open + openCount * 8, load<u32>(triple, 8), 4);
    openCount++;
  }
  return outCount;
}

function append(termLo: u32, termHi: u32, typos: u32): void {
  if (outCount > 0) {
    const last = out + <usize>(outCount - 1) * 12;
    if (load<u32>(last, 4) === termLo && load<u32>(last, 8) === typos) {
      store<u32>(last, termHi, 4);
      return;
    }
  }
  const at = out + <usize>outCount * 12;
  store<u32>(at, termLo);
  store<u32>(at, termHi, 4);
  store<u32>(at, typos, 8);
  outCount++;
}
