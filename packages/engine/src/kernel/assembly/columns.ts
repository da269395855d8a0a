// Facet counts, numeric ranges and statistics, sort ranks and scores over the columns of a segment. Bitsets are as in
// bitset.ts; arrays are little-endian at their natural alignment.

/** For each doc of the bitset adds 1 to counts[values[doc]]; a doc without a value has the number one past the last. */
export function facetCountSingle(
  bitset: usize,
  docCount: u32,
  values: usize,
  width: u32,
  counts: usize,
): void {
  if (width === 1) countSingle<u8>(bitset, docCount, values, counts);
  else if (width === 2) countSingle<u16>(bitset, docCount, values, counts);
  else countSingle<u32>(bitset, docCount, values, counts);
}

function countSingle<T>(bitset: usize, docCount: u32, values: usize, counts: usize): void {
  for (let base: u32 = 0; base < docCount; base += 64) {
    let word = load<u64>(bitset + (base >>> 3));
    while (word) {
      const doc: usize = base + <u32>ctz(word);
      word &= word - 1;
      const count = counts + ((<usize>load<T>(values + doc * sizeof<T>())) << 2);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
}

/** As facetCountSingle, for values[offsets[doc] … offsets[doc + 1]). */
export function facetCountMany(
  bitset: usize,
  docCount: u32,
  offsets: usize,
  values: usize,
  width: u32,
  counts: usize,
): void {
  if (width === 1) countMany<u8>(bitset, docCount, offsets, values, counts);
  else if (width === 2) countMany<u16>(bitset, docCount, offsets, values, counts);
  else countMany<u32>(bitset, docCount, offsets, values, counts);
}

function countMany<T>(bitset: usize, docCount: u32, offsets: usize, values: usize, counts: usize): void {
  for (let base: u32 = 0; base < docCount; base += 64) {
    let word = load<u64>(bitset + (base >>> 3));
    while (word) {
      const doc: usize = base + <u32>ctz(word);
      word &= word - 1;
      const offset = offsets + (doc << 2);
      const end = values + <usize>load<u32>(offset, 4) * sizeof<T>();
      for (let p = values + <usize>load<u32>(offset) * sizeof<T>(); p < end; p += sizeof<T>()) {
        const count = counts + ((<usize>load<T>(p)) << 2);
        store<u32>(count, load<u32>(count) + 1);
      }
    }
  }
}

/** How many of `count` docIds at `docs` are in the bitset. */
export function bitsetCountList(bitset: usize, docs: usize, count: u32): u32 {
  const end = docs + ((<usize>count) << 2);
  let found: u32 = 0;
  for (let p = docs; p < end; p += 4) {
    const doc = load<u32>(p);
    found += (load<u32>(bitset + ((doc >>> 5) << 2)) >>> (doc & 31)) & 1;
  }
  return found;
}

/** Adds to the bitset the docs whose value is in [from, to]; NaN is in no range. */
export function columnRange(values: usize, docCount: u32, from: f64, to: f64, into: usize): void {
  const low = f64x2.splat(from);
  const high = f64x2.splat(to);
  const whole = docCount & ~7;
  let p = values;
  for (let doc: u32 = 0; doc < whole; doc += 8, p += 64) {
    const bits =
      rangeBits(v128.load(p), low, high) |
      (rangeBits(v128.load(p, 16), low, high) << 2) |
      (rangeBits(v128.load(p, 32), low, high) << 4) |
      (rangeBits(v128.load(p, 48), low, high) << 6);
    const at = into + (doc >>> 3);
    store<u8>(at, load<u8>(at) | <u8>bits);
  }
  for (let doc = whole; doc < docCount; doc++, p += 8) {
    const value = load<f64>(p);
    const at = into + (doc >>> 3);
    if (value >= from && value <= to) store<u8>(at, load<u8>(at) | <u8>((<u32>1) << (doc & 7)));
  }
}

function rangeBits(values: v128, low: v128, high: v128): i32 {
  return i64x2.bitmask(v128.and(f64x2.ge(values, low), f64x2.le(values, high)));
}

/** Adds docs[places[i]] for i < count to the bitset. */
export function bitsetAddPlaces(into: usize, docs: usize, places: usize, count: u32): void {
  const end = places + ((<usize>count) << 2);
  for (let p = places; p < end; p += 4) {
    const doc = load<u32>(docs + ((<usize>load<u32>(p)) << 2));
    const word = into + ((doc >>> 5) << 2);
    store<u32>(word, load<u32>(word) | ((<u32>1) << (doc & 31)));
  }
}

/** Minimum, maximum and sum (three f64 at `into`) of the values of the bitset's docs; returns how many there are. */
export function columnStats(values: usize, bitset: usize, docCount: u32, into: usize): u32 {
  let low: f64 = Infinity;
  let high: f64 = -Infinity;
  let sum: f64 = 0;
  let count: u32 = 0;
  for (let base: u32 = 0; base < docCount; base += 64) {
    let word = load<u64>(bitset + (base >>> 3));
    while (word) {
      const doc: usize = base + <u32>ctz(word);
      word &= word - 1;
      const value = load<f64>(values + (doc << 3));
      if (value !== value) continue;
      low = min(low, value);
      high = max(high, value);
      sum += value;
      count++;
    }
  }
  store<f64>(into, low);
  store<f64>(into, high, 8);
  store<f64>(into, sum, 16);
  return count;
}

/** As columnStats, over pairs docs[i], values[i]. */
export function pairStats(docs: usize, values: usize, count: u32, bitset: usize, into: usize): u32 {
  let low: f64 = Infinity;
  let high: f64 = -Infinity;
  let sum: f64 = 0;
  let found: u32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const doc = load<u32>(docs + (i << 2));
    if (((load<u32>(bitset + ((doc >>> 5) << 2)) >>> (doc & 31)) & 1) === 0) continue;
    const value = load<f64>(values + (i << 3));
    low = min(low, value);
    high = max(high, value);
    sum += value;
    found++;
  }
  store<f64>(into, low);
  store<f64>(into, high, 8);
  store<f64>(into, sum, 16);
  return found;
}

/**
 * Ascending ranks turned into descending ones: inside [0, numberEnd), [numberEnd, textEnd) and [textEnd, end) each by itself;
 * the rank of docs without a value (2^32 - 1) stays.
 */
export function ranksDescending(
  ranks: usize,
  count: u32,
  numberEnd: u32,
  textEnd: u32,
  end: u32,
  into: usize,
): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const rank = load<u32>(ranks + (i << 2));
    let turned = rank;
    if (rank < numberEnd) turned = numberEnd - 1 - rank;
    else if (rank < textEnd) turned = numberEnd + textEnd - 1 - rank;
    else if (rank < end) turned = textEnd + end - 1 - rank;
    store<u32>(into + (i << 2), turned);
  }
}

/** Adds `score` to scores[doc] of each doc of the bitset. */
export function addScores(bitset: usize, docCount: u32, score: u32, scores: usize): void {
  for (let base: u32 = 0; base < docCount; base += 64) {
    let word = load<u64>(bitset + (base >>> 3));
    while (word) {
      const at = scores + ((<usize>(base + <u32>ctz(word))) << 2);
      word &= word - 1;
      store<u32>(at, load<u32>(at) + score);
    }
  }
}

/** For the docs of the bitset: scores[doc] becomes the greater of it and others[doc] (best), or their sum. */
export function combineScores(bitset: usize, docCount: u32, others: usize, best: bool, scores: usize): void {
  for (let base: u32 = 0; base < docCount; base += 64) {
    let word = load<u64>(bitset + (base >>> 3));
    while (word) {
      const doc: usize = base + <u32>ctz(word);
      word &= word - 1;
      const at = scores + (doc << 2);
      const score = load<u32>(at);
      const other = load<u32>(others + (doc << 2));
      store<u32>(at, best ? max(score, other) : score + other);
    }
  }
}

/** Takes out of the bitset the docs whose number is greater than `limit`. */
export function bitsetKeepUpTo(bitset: usize, docCount: u32, numbers: usize, limit: u32): void {
  for (let base: u32 = 0; base < docCount; base += 64) {
    const at = bitset + (base >>> 3);
    let word = load<u64>(at);
    let kept = word;
    while (word) {
      const bit = ctz(word);
      word &= word - 1;
      const doc: usize = base + <u32>bit;
      if (load<u32>(numbers + (doc << 2)) > limit) kept &= ~((<u64>1) << bit);
    }
    store<u64>(at, kept);
  }
}

/**
 * For each doc of the bitset the distance of its nearest point to (x, y, z) on the unit sphere, in whole metres, to
 * distances[doc]; 2^32 - 1 without a point. Vectors are three f64 per point, those of a doc follow one another.
 */
export function geoDistances(
  bitset: usize,
  docCount: u32,
  offsets: usize,
  vectors: usize,
  x: f64,
  y: f64,
  z: f64,
  diameter: f64,
  distances: usize,
): void {
  for (let base: u32 = 0; base < docCount; base += 64) {
    let word = load<u64>(bitset + (base >>> 3));
    while (word) {
      const doc: usize = base + <u32>ctz(word);
      word &= word - 1;
      const squared = nearestChord(offsets + (doc << 2), vectors, x, y, z);
      const metres =
        squared === Infinity
          ? 0xffff_ffff
          : <u32>floor(diameter * Math.asin(min(1.0, sqrt(squared) / 2.0)) + 0.5);
      store<u32>(distances + (doc << 2), metres);
    }
  }
}

/** Adds to the bitset the docs with a point whose squared chord to (x, y, z) is at most `limit`: a scan of all docs. */
export function geoScanWithin(
  docCount: u32,
  offsets: usize,
  vectors: usize,
  x: f64,
  y: f64,
  z: f64,
  limit: f64,
  into: usize,
): void {
  for (let doc: u32 = 0; doc < docCount; doc++) {
    if (nearestChord(offsets + ((<usize>doc) << 2), vectors, x, y, z) > limit) continue;
    const at = into + (doc >>> 3);
    store<u8>(at, load<u8>(at) | <u8>((<u32>1) << (doc & 7)));
  }
}

/** As geoScanWithin, over `count` points at `points`. */
export function geoAddWithin(
  points: usize,
  count: u32,
  docOfPoint: usize,
  vectors: usize,
  x: f64,
  y: f64,
  z: f64,
  limit: f64,
  into: usize,
): void {
  const end = points + ((<usize>count) << 2);
  for (let p = points; p < end; p += 4) {
    const point: usize = load<u32>(p);
    if (chordSquared(vectors + point * 24, x, y, z) > limit) continue;
    const doc = load<u32>(docOfPoint + (point << 2));
    const at = into + (doc >>> 3);
    store<u8>(at, load<u8>(at) | <u8>((<u32>1) << (doc & 7)));
  }
}

/** Smallest squared chord of the points that [load(offset), load(offset + 4)) names; Infinity without one. */
function nearestChord(offset: usize, vectors: usize, x: f64, y: f64, z: f64): f64 {
  const end = vectors + <usize>load<u32>(offset, 4) * 24;
  let nearest: f64 = Infinity;
  for (let p = vectors + <usize>load<u32>(offset) * 24; p < end; p += 24) {
    nearest = min(nearest, chordSquared(p, x, y, z));
  }
  return nearest;
}

function chordSquared(vector: usize, x: f64, y: f64, z: f64): f64 {
  const dx = load<f64>(vector) - x;
  const dy = load<f64>(vector, 8) - y;
  const dz = load<f64>(vector, 16) - z;
  return dx * dx + dy * dy + dz * dz;
}
