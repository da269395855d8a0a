// Posting lists into bitsets. The layout is described in `postings/postings-builder.ts`.
import { bitsetOr } from './bitset';
import { unpackBlock } from './unpack';
import { BLOCK_AT } from './work-areas';

/** ORs the postings of terms [termLo, termHi) into a bitset. */
export function postingsOrRange(
  termLo: u32,
  termHi: u32,
  docCounts: usize,
  places: usize,
  lists: usize,
  dense: usize,
  denseFrom: u32,
  into: usize,
  bytes: usize,
): void {
  for (let term = termLo; term < termHi; term++) {
    orTerm(term, docCounts, places, lists, dense, denseFrom, into, bytes);
  }
}

/** As `postingsOrRange` for `count` single terms (u32 each). */
export function postingsOrTerms(
  terms: usize,
  count: u32,
  docCounts: usize,
  places: usize,
  lists: usize,
  dense: usize,
  denseFrom: u32,
  into: usize,
  bytes: usize,
): void {
  const end = terms + ((<usize>count) << 2);
  for (let p = terms; p < end; p += 4) {
    orTerm(load<u32>(p), docCounts, places, lists, dense, denseFrom, into, bytes);
  }
}

/** Sum of the terms' doc counts, at most 2^53: a double. */
export function postingsCount(termLo: u32, termHi: u32, docCounts: usize): f64 {
  let sum: u64 = 0;
  const end = docCounts + ((<usize>termHi) << 2);
  for (let p = docCounts + ((<usize>termLo) << 2); p < end; p += 4) sum += load<u32>(p);
  return <f64>sum;
}

/** Writes the docIds of a packed list (`count` of them, at address `at`) to `into`, u32 each. */
export function postingsUnpack(at: usize, count: u32, into: usize): void {
  const whole = count & ~127;
  let previous: u32 = -1;
  let done: u32 = 0;
  while (done < whole) {
    const width = <u32>load<u8>(at);
    unpackBlock(at + 1, into, width);
    previous = sumBlock(into, previous);
    at += 1 + ((<usize>width) << 4);
    into += 512;
    done += 128;
  }
  while (done < count) {
    let byte = <u32>load<u8>(at++);
    let delta = byte & 127;
    for (let shift: u32 = 7; byte > 127; shift += 7) {
      byte = <u32>load<u8>(at++);
      delta |= (byte & 127) << shift;
    }
    previous += delta + 1;
    store<u32>(into, previous);
    into += 4;
    done++;
  }
}

function orTerm(
  term: u32,
  docCounts: usize,
  places: usize,
  lists: usize,
  dense: usize,
  denseFrom: u32,
  into: usize,
  bytes: usize,
): void {
  const count = load<u32>(docCounts + ((<usize>term) << 2));
  const place = load<u32>(places + ((<usize>term) << 2));
  if (count === 1) {
    addDoc(into, place);
  } else if (count >= denseFrom) {
    bitsetOr(into, dense + <usize>place * bytes, bytes);
  } else {
    orList(lists + place, count, into);
  }
}

function orList(at: usize, count: u32, into: usize): void {
  let previous: u32 = -1;
  while (count >= 128) {
    const width = <u32>load<u8>(at);
    unpackBlock(at + 1, BLOCK_AT, width);
    previous = sumBlock(BLOCK_AT, previous);
    for (let p: usize = BLOCK_AT; p < BLOCK_AT + 512; p += 16) {
      addDoc(into, load<u32>(p));
      addDoc(into, load<u32>(p, 4));
      addDoc(into, load<u32>(p, 8));
      addDoc(into, load<u32>(p, 12));
    }
    at += 1 + ((<usize>width) << 4);
    count -= 128;
  }
  while (count > 0) {
    let byte = <u32>load<u8>(at++);
    let delta = byte & 127;
    for (let shift: u32 = 7; byte > 127; shift += 7) {
      byte = <u32>load<u8>(at++);
      delta |= (byte & 127) << shift;
    }
    previous += delta + 1;
    addDoc(into, previous);
    count--;
  }
}

/** Turns 128 gaps (docId - previous - 1) into docIds in place; returns the last. */
function sumBlock(at: usize, previous: u32): u32 {
  const zero = i32x4.splat(0);
  const ramp = i32x4(1, 2, 3, 4);
  let last = i32x4.splat(previous);
  for (let p = at; p < at + 512; p += 16) {
    let row = v128.load(p);
    row = i32x4.add(row, v128.shuffle<u32>(zero, row, 3, 4, 5, 6));
    row = i32x4.add(row, v128.shuffle<u32>(zero, row, 2, 3, 4, 5));
    row = i32x4.add(i32x4.add(row, ramp), last);
    v128.store(p, row);
    last = v128.shuffle<u32>(row, row, 3, 3, 3, 3);
  }
  return i32x4.extract_lane(last, 0);
}

function addDoc(into: usize, doc: u32): void {
  const word = into + ((doc >>> 5) << 2);
  store<u32>(word, load<u32>(word) | (1 << (doc & 31)));
}
