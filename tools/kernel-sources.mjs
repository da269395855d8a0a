/** Kernel sources that are generated instead of written: file name → AssemblyScript text. */
export const GENERATED_FILES = { 'unpack.ts': unpackSource() };

/**
 * For each bit width an unrolled unpacker of 128 numbers in vertical layout: row r of four numbers lies at bits
 * r × width … of each of the four lanes, so that one shift and one mask give four numbers.
 */
function unpackSource() {
  const functions = [];
  const cases = [];
  for (let width = 1; width <= 31; width++) {
    functions.push(unpackFunction(width));
    cases.push(`    case ${width}: unpack${width}(at, into); return;`);
  }
  return `
/** Unpacks 128 numbers of \`width\` bits (0 … 32) from \`at\` to \`into\` (u32 each). */
export function unpackBlock(at: usize, into: usize, width: u32): void {
  switch (width) {
    case 0: memory.fill(into, 0, 512); return;
${cases.join('\n')}
    default: memory.copy(into, at, 512);
  }
}
${functions.join('\n')}`;
}

function unpackFunction(width) {
  const lines = [];
  let loaded = -1;
  for (let row = 0; row < 32; row++) {
    const word = (row * width) >>> 5;
    const shift = (row * width) & 31;
    if (word > loaded) {
      lines.push(`word = v128.load(at, ${word * 16});`);
      loaded = word;
    }
    const low = shift === 0 ? 'word' : `i32x4.shr_u(word, ${shift})`;
    const isWholeHere = shift + width <= 32;
    if (isWholeHere) {
      // At the end of a word the shift alone clears the bits above.
      const value = shift + width === 32 ? low : `v128.and(${low}, mask)`;
      lines.push(`v128.store(into, ${value}, ${row * 16});`);
    } else {
      lines.push(`rest = ${low};`);
      lines.push(`word = v128.load(at, ${(word + 1) * 16});`);
      loaded = word + 1;
      lines.push(`rest = v128.or(rest, i32x4.shl(word, ${32 - shift}));`);
      lines.push(`v128.store(into, v128.and(rest, mask), ${row * 16});`);
    }
  }
  return `function unpack${width}(at: usize, into: usize): void {
  const mask = i32x4.splat(${2 ** width - 1});
  let word: v128;
  let rest: v128;
  ${lines.join('\n  ')}
}`;
}
