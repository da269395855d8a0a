// Bitsets of docIds: bit `doc & 7` of byte `doc >> 3`. `bytes` is a multiple of 64 and addresses are 64-byte aligned;
// bits at and beyond docCount are zero, which every function here keeps.

export function bitsetZero(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
}

export function bitsetCopy(to: usize, from: usize, bytes: usize): void {
  memory.copy(to, from, bytes);
}

/** Sets the first docCount bits and clears the rest. */
export function bitsetFill(at: usize, docCount: u32, bytes: usize): void {
  const whole: usize = docCount >>> 3;
  memory.fill(at, 0xff, whole);
  memory.fill(at + whole, 0, bytes - whole);
  if (docCount & 7) store<u8>(at + whole, lastByteMask(docCount));
}

function lastByteMask(docCount: u32): u8 {
  const used: u32 = docCount & 7;
  const bit: u32 = 1 << used;
  return <u8>(bit - 1);
}

export function bitsetAnd(into: usize, other: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 64) {
    v128.store(into + i, v128.and(v128.load(into + i), v128.load(other + i)));
    v128.store(into + i, v128.and(v128.load(into + i, 16), v128.load(other + i, 16)), 16);
    v128.store(into + i, v128.and(v128.load(into + i, 32), v128.load(other + i, 32)), 32);
    v128.store(into + i, v128.and(v128.load(into + i, 48), v128.load(other + i, 48)), 48);
  }
}

/** into = a and b */
export function bitsetIntersection(into: usize, a: usize, b: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 64) {
    v128.store(into + i, v128.and(v128.load(a + i), v128.load(b + i)));
    v128.store(into + i, v128.and(v128.load(a + i, 16), v128.load(b + i, 16)), 16);
    v128.store(into + i, v128.and(v128.load(a + i, 32), v128.load(b + i, 32)), 32);
    v128.store(into + i, v128.and(v128.load(a + i, 48), v128.load(b + i, 48)), 48);
  }
}

/** into = into or (a and b) */
export function bitsetOrIntersection(into: usize, a: usize, b: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 32) {
    const low = v128.and(v128.load(a + i), v128.load(b + i));
    const high = v128.and(v128.load(a + i, 16), v128.load(b + i, 16));
    v128.store(into + i, v128.or(v128.load(into + i), low));
    v128.store(into + i, v128.or(v128.load(into + i, 16), high), 16);
  }
}

export function bitsetOr(into: usize, other: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 64) {
    v128.store(into + i, v128.or(v128.load(into + i), v128.load(other + i)));
    v128.store(into + i, v128.or(v128.load(into + i, 16), v128.load(other + i, 16)), 16);
    v128.store(into + i, v128.or(v128.load(into + i, 32), v128.load(other + i, 32)), 32);
    v128.store(into + i, v128.or(v128.load(into + i, 48), v128.load(other + i, 48)), 48);
  }
}

/** into = into and not other */
export function bitsetAndNot(into: usize, other: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 64) {
    v128.store(into + i, v128.andnot(v128.load(into + i), v128.load(other + i)));
    v128.store(into + i, v128.andnot(v128.load(into + i, 16), v128.load(other + i, 16)), 16);
    v128.store(into + i, v128.andnot(v128.load(into + i, 32), v128.load(other + i, 32)), 32);
    v128.store(into + i, v128.andnot(v128.load(into + i, 48), v128.load(other + i, 48)), 48);
  }
}

export function bitsetNot(at: usize, docCount: u32, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(at + i, v128.not(v128.load(at + i)));
  const whole: usize = docCount >>> 3;
  if (whole === bytes) return;
  store<u8>(at + whole, load<u8>(at + whole) & lastByteMask(docCount));
  memory.fill(at + whole + 1, 0, bytes - whole - 1);
}

export function bitsetCount(at: usize, bytes: usize): u32 {
  let sums = i32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 64) {
    const low = i8x16.add(i8x16.popcnt(v128.load(at + i)), i8x16.popcnt(v128.load(at + i, 16)));
    const high = i8x16.add(i8x16.popcnt(v128.load(at + i, 32)), i8x16.popcnt(v128.load(at + i, 48)));
    sums = addBytes(sums, i8x16.add(low, high));
  }
  return addLanes(sums);
}

/** Docs that are in both, without writing their intersection. */
export function bitsetAndCount(a: usize, b: usize, bytes: usize): u32 {
  let sums = i32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 64) {
    const v0 = i8x16.popcnt(v128.and(v128.load(a + i), v128.load(b + i)));
    const v1 = i8x16.popcnt(v128.and(v128.load(a + i, 16), v128.load(b + i, 16)));
    const v2 = i8x16.popcnt(v128.and(v128.load(a + i, 32), v128.load(b + i, 32)));
    const v3 = i8x16.popcnt(v128.and(v128.load(a + i, 48), v128.load(b + i, 48)));
    sums = addBytes(sums, i8x16.add(i8x16.add(v0, v1), i8x16.add(v2, v3)));
  }
  return addLanes(sums);
}

function addBytes(sums: v128, bytes: v128): v128 {
  return i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
}

function addLanes(sums: v128): u32 {
  return (
    i32x4.extract_lane(sums, 0) +
    i32x4.extract_lane(sums, 1) +
    i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3)
  );
}

/** Writes docIds >= docFrom, ascending, at most countMax of them, to `into` (u32 each); returns how many. */
export function bitsetDocs(at: usize, docFrom: u32, docCount: u32, into: usize, countMax: u32): u32 {
  if (docFrom >= docCount || countMax === 0) return 0;
  let count: u32 = 0;
  let base: u32 = docFrom & ~63;
  let word = load<u64>(at + (base >>> 3)) & (~(<u64>0) << (<u64>(docFrom & 63)));
  while (true) {
    while (word) {
      store<u32>(into + ((<usize>count) << 2), base + <u32>ctz(word));
      if (++count === countMax) return count;
      word &= word - 1;
    }
    base += 64;
    if (base >= docCount) return count;
    word = load<u64>(at + (base >>> 3));
  }
}

/** Adds `count` docIds (u32 each, any order) to a bitset. */
export function bitsetAddDocs(into: usize, docs: usize, count: u32): void {
  const end = docs + ((<usize>count) << 2);
  for (let p = docs; p < end; p += 4) {
    const doc = load<u32>(p);
    const word = into + ((doc >>> 5) << 2);
    store<u32>(word, load<u32>(word) | (1 << (doc & 31)));
  }
}

/** Keeps the docIds that are in the bitset, in their order; `into` may be `docs`. Returns how many. */
export function bitsetFilterDocs(bitset: usize, docs: usize, count: u32, into: usize): u32 {
  const end = docs + ((<usize>count) << 2);
  let to = into;
  for (let p = docs; p < end; p += 4) {
    const doc = load<u32>(p);
    // Written always, kept when the bit is set: no branch to guess wrong.
    store<u32>(to, doc);
    to += ((load<u32>(bitset + ((doc >>> 5) << 2)) >>> (doc & 31)) & 1) << 2;
  }
  return <u32>((to - into) >>> 2);
}

/** For each doc of the bitset, adds 1 to counts[v] of each v in values[offsets[doc] … offsets[doc + 1]). */
export function facetCount(bitset: usize, docCount: u32, offsets: usize, values: usize, counts: usize): void {
  for (let base: u32 = 0; base < docCount; base += 64) {
    let word = load<u64>(bitset + (base >>> 3));
    while (word) {
      const doc = base + <u32>ctz(word);
      word &= word - 1;
      const offset = offsets + ((<usize>doc) << 2);
      const end = values + ((<usize>load<u32>(offset, 4)) << 2);
      for (let p = values + ((<usize>load<u32>(offset)) << 2); p < end; p += 4) {
        const count = counts + ((<usize>load<u32>(p)) << 2);
        store<u32>(count, load<u32>(count) + 1);
      }
    }
  }
}
