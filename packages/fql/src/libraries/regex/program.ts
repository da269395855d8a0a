/**
 * A pattern as instructions. A thread of a match stands at one of them; `split` makes two threads, the first of which is preferred.
 *
 * `mark` and `check` stand around what is repeated without end: an iteration that took no text is the last one. Patterns with `atomic`, `look` or
 * `back-reference` are irregular: only the backtracking matcher runs them.
 */
import {
  type AssertionKind,
  type CaseFold,
  type CharSet,
  type Pattern,
  type PatternNode,
  RegexSyntaxError,
} from './pattern.ts';

export type Instruction =
  | { readonly op: 'character'; readonly set: CharSet }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | {
      readonly op: 'assert';
      readonly assertion: AssertionKind;
      readonly isUnixLines: boolean;
      readonly isUnicode: boolean;
    }
  | { readonly op: 'mark'; readonly register: number }
  | { readonly op: 'check'; readonly register: number; exit: number }
  /** The part follows, and ends with `match`. */
  | { readonly op: 'atomic'; next: number }
  | { readonly op: 'ahead'; readonly isNegative: boolean; next: number }
  | { readonly op: 'behind'; readonly isNegative: boolean; readonly unitsMax: number; next: number }
  | { readonly op: 'back-reference'; readonly group: number; readonly fold: CaseFold }
  | { readonly op: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly groupCount: number;
  readonly registerCount: number;
  readonly isRegular: boolean;
  /** Every match begins with this character. */
  readonly firstCharacter: string | undefined;
}

/** Counted repetitions are written out; each instruction may hold a thread at each character. */
const INSTRUCTIONS_MAX = 20_000;

export function compilePattern(pattern: Pattern): Program {
  const compiler = new Compiler();
  compiler.add(pattern.root);
  compiler.push({ op: 'match' });
  return {
    instructions: compiler.instructions,
    groupCount: pattern.groupCount,
    registerCount: compiler.registerCount,
    isRegular: compiler.isRegular,
    firstCharacter: firstCharacterOf(pattern.root),
  };
}

class Compiler {
  readonly instructions: Instruction[] = [];
  registerCount = 0;
  isRegular = true;

  push<I extends Instruction>(instruction: I): I {
    if (this.instructions.length >= INSTRUCTIONS_MAX) throw new RegexSyntaxError('too large');
    this.instructions.push(instruction);
    return instruction;
  }

  add(node: PatternNode): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'character':
        this.push({ op: 'character', set: node.set });
        return;
      case 'sequence':
        for (const part of node.parts) this.add(part);
        return;
      case 'alternatives':
        this.#alternatives(node.parts);
        return;
      case 'repeat':
        this.#repeat(node);
        return;
      case 'group':
        this.push({ op: 'save', slot: 2 * node.index });
        this.add(node.part);
        this.push({ op: 'save', slot: 2 * node.index + 1 });
        return;
      case 'assertion':
        this.push({
          op: 'assert',
          assertion: node.assertion,
          isUnixLines: node.isUnixLines,
          isUnicode: node.isUnicode,
        });
        return;
      case 'back-reference':
        this.isRegular = false;
        this.push({ op: 'back-reference', group: node.group, fold: node.fold });
        return;
      case 'atomic':
        this.#apart(this.push({ op: 'atomic', next: 0 }), node.part);
        return;
      case 'ahead':
        this.#apart(this.push({ op: 'ahead', isNegative: node.isNegative, next: 0 }), node.part);
        return;
      case 'behind':
        this.#apart(
          this.push({ op: 'behind', isNegative: node.isNegative, unitsMax: node.unitsMax, next: 0 }),
          node.part,
        );
        return;
    }
  }

  #apart(instruction: { next: number }, part: PatternNode): void {
    this.isRegular = false;
    this.add(part);
    this.push({ op: 'match' });
    instruction.next = this.instructions.length;
  }

  #alternatives(parts: readonly PatternNode[]): void {
    const jumps: { to: number }[] = [];
    for (const part of parts.slice(0, -1)) {
      const split = this.push({ op: 'split', first: this.instructions.length + 1, second: 0 });
      this.add(part);
      jumps.push(this.push({ op: 'jump', to: 0 }));
      split.second = this.instructions.length;
    }
    this.add(parts.at(-1) ?? { kind: 'empty' });
    for (const jump of jumps) jump.to = this.instructions.length;
  }

  #repeat(node: PatternNode & { kind: 'repeat' }): void {
    if (node.mode === 'possessive') {
      this.add({ kind: 'atomic', part: { ...node, mode: 'greedy' } });
      return;
    }
    const isLazy = node.mode === 'lazy';
    const copies = node.max === undefined ? node.min - 1 : node.min;
    for (let copy = 0; copy < copies; copy++) this.add(node.part);
    if (node.max !== undefined) {
      this.#optionalCopies(node.part, node.max - node.min, isLazy);
    } else if (node.min === 0) {
      const splits = [this.#split(isLazy)];
      this.#endless(node.part, isLazy);
      for (const split of splits) this.#leave(split, isLazy);
    } else {
      this.#endless(node.part, isLazy);
    }
  }

  #optionalCopies(part: PatternNode, count: number, isLazy: boolean): void {
    const splits: (Instruction & { op: 'split' })[] = [];
    for (let copy = 0; copy < count; copy++) {
      splits.push(this.#split(isLazy));
      this.add(part);
    }
    for (const split of splits) this.#leave(split, isLazy);
  }

  /** Once or more. */
  #endless(part: PatternNode, isLazy: boolean): void {
    const start = this.instructions.length;
    const register = this.registerCount++;
    this.push({ op: 'mark', register });
    this.add(part);
    const check = this.push({ op: 'check', register, exit: 0 });
    const after = this.instructions.length + 1;
    this.push({ op: 'split', first: isLazy ? after : start, second: isLazy ? start : after });
    check.exit = after;
  }

  /** Its way in follows; `#leave` sets its way past. */
  #split(isLazy: boolean): Instruction & { op: 'split' } {
    const inside = this.instructions.length + 1;
    return this.push({ op: 'split', first: isLazy ? 0 : inside, second: isLazy ? inside : 0 });
  }

  #leave(split: Instruction & { op: 'split' }, isLazy: boolean): void {
    if (isLazy) split.first = this.instructions.length;
    else split.second = this.instructions.length;
  }
}

function firstCharacterOf(node: PatternNode): string | undefined {
  switch (node.kind) {
    case 'character':
      return node.single === undefined ? undefined : String.fromCodePoint(node.single);
    case 'sequence':
      return node.parts[0] === undefined ? undefined : firstCharacterOf(node.parts[0]);
    case 'group':
    case 'atomic':
      return firstCharacterOf(node.part);
    case 'repeat':
      return node.min > 0 ? firstCharacterOf(node.part) : undefined;
    default:
      return undefined;
  }
}
