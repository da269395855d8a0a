/**
 * Matcher for irregular programs (looking ahead and behind, back references, atomic groups): tries the preferred way first and comes back to
 * the others. It can take exponentially many steps; the step counter ends that.
 */
import { holds } from './assertions.ts';
import type { Instruction, Program } from './program.ts';
import { RegexStepsError, type StepCounter } from './step-counter.ts';

/** Ways to come back to, and values to put back on the way. */
const TRAIL_MAX = 2_000_000;

export function searchBacktracking(
  program: Program,
  text: string,
  from: number,
  matchStart: number,
  steps: StepCounter,
): readonly number[] | undefined {
  const matcher = new BacktrackingMatcher(program, text, matchStart, steps);
  for (let start = from; start <= text.length; start += width(text, start)) {
    if (program.firstCharacter !== undefined) {
      start = text.indexOf(program.firstCharacter, start);
      if (start < 0) return undefined;
    }
    const end = matcher.run(0, start);
    if (end >= 0) return [start, end, ...matcher.groups];
  }
  return undefined;
}

class BacktrackingMatcher {
  readonly #instructions: readonly Instruction[];
  readonly #text: string;
  readonly #matchStart: number;
  readonly #steps: StepCounter;
  /** Slots of the groups (from 2 on), then registers of the loops. */
  readonly #memory: Int32Array;
  readonly #registersAt: number;
  /** A way: (instruction, position); a value: (−1 − place in memory, value). */
  readonly #trail: number[] = [];

  constructor(program: Program, text: string, matchStart: number, steps: StepCounter) {
    this.#instructions = program.instructions;
    this.#text = text;
    this.#matchStart = matchStart;
    this.#steps = steps;
    this.#registersAt = 2 * program.groupCount + 2;
    this.#memory = new Int32Array(this.#registersAt + program.registerCount).fill(-1);
  }

  get groups(): readonly number[] {
    return [...this.#memory.subarray(2, this.#registersAt)];
  }

  /** From an instruction to the `match` that it leads to: where the match ends, or −1. Memory stays as the match left it. */
  run(start: number, from: number): number {
    const bottom = this.#trail.length;
    let at = start;
    let position = from;
    for (;;) {
      this.#steps.take(1);
      if (this.#trail.length > TRAIL_MAX) throw new RegexStepsError('too many ways');
      const instruction = this.#instructions[at]!;
      if (instruction.op === 'match') {
        this.#forgetWays(bottom);
        return position;
      }
      const after = this.#step(instruction, at, position);
      if (after !== undefined) {
        [at, position] = after;
        continue;
      }
      const way = this.#comeBack(bottom);
      if (way === undefined) return -1;
      [at, position] = way;
    }
  }

  /** The next instruction and position; undefined: this way ends here. */
  #step(
    instruction: Exclude<Instruction, { op: 'match' }>,
    at: number,
    position: number,
  ): readonly [at: number, position: number] | undefined {
    switch (instruction.op) {
      case 'character': {
        const codePoint = this.#text.codePointAt(position);
        if (codePoint === undefined || !instruction.set.has(codePoint)) return undefined;
        return [at + 1, position + (codePoint > 0xffff ? 2 : 1)];
      }
      case 'split':
        this.#trail.push(instruction.second, position);
        return [instruction.first, position];
      case 'jump':
        return [instruction.to, position];
      case 'save':
        this.#remember(instruction.slot, position);
        return [at + 1, position];
      case 'mark':
        this.#remember(this.#registersAt + instruction.register, position);
        return [at + 1, position];
      case 'check': {
        const tookNothing = this.#memory[this.#registersAt + instruction.register] === position;
        return [tookNothing ? instruction.exit : at + 1, position];
      }
      case 'assert':
        return holds(instruction, this.#text, position, this.#matchStart) ? [at + 1, position] : undefined;
      case 'atomic': {
        const end = this.run(at + 1, position);
        return end < 0 ? undefined : [instruction.next, end];
      }
      case 'ahead':
        return this.#looks(instruction.isNegative, () => this.run(at + 1, position) >= 0)
          ? [instruction.next, position]
          : undefined;
      case 'behind':
        return this.#looks(instruction.isNegative, () =>
          this.#endsHere(at + 1, position, instruction.unitsMax),
        )
          ? [instruction.next, position]
          : undefined;
      case 'back-reference': {
        const end = this.#repeated(instruction, position);
        return end < 0 ? undefined : [at + 1, end];
      }
    }
  }

  /** Looking that has to fail leaves no groups behind. */
  #looks(isNegative: boolean, look: () => boolean): boolean {
    if (!isNegative) return look();
    const before = this.#trail.length;
    const found = look();
    this.#restoreTo(before);
    return !found;
  }

  /** Whether a match of the part ends at `position`, the shortest first. */
  #endsHere(at: number, position: number, unitsMax: number): boolean {
    const earliest = Math.max(0, position - unitsMax);
    for (let start = position; start >= earliest; start--) {
      const before = this.#trail.length;
      if (this.#runTo(at, start, position)) return true;
      this.#restoreTo(before);
    }
    return false;
  }

  /** As `run`, for a match that ends at `end` and nowhere else. */
  #runTo(start: number, from: number, end: number): boolean {
    const bottom = this.#trail.length;
    let at = start;
    let position = from;
    for (;;) {
      this.#steps.take(1);
      const instruction = this.#instructions[at]!;
      if (instruction.op === 'match' && position === end) {
        this.#forgetWays(bottom);
        return true;
      }
      const after = instruction.op === 'match' ? undefined : this.#step(instruction, at, position);
      const next = after !== undefined && after[1] <= end ? after : this.#comeBack(bottom);
      if (next === undefined) return false;
      [at, position] = next;
    }
  }

  /** Where the same text as the group's ends, or −1; a group that took no part is never repeated. */
  #repeated(reference: Instruction & { op: 'back-reference' }, position: number): number {
    const start = this.#memory[2 * reference.group] ?? -1;
    const end = this.#memory[2 * reference.group + 1] ?? -1;
    if (2 * reference.group >= this.#registersAt || start < 0 || end < start) return -1;
    let at = position;
    for (let from = start; from < end; ) {
      this.#steps.take(1);
      const wanted = this.#text.codePointAt(from) ?? 0;
      const given = this.#text.codePointAt(at);
      if (given === undefined || reference.fold(given) !== reference.fold(wanted)) return -1;
      from += wanted > 0xffff ? 2 : 1;
      at += given > 0xffff ? 2 : 1;
    }
    return at;
  }

  #remember(place: number, value: number): void {
    this.#trail.push(-1 - place, this.#memory[place]!);
    this.#memory[place] = value;
  }

  /** The latest way that is left, with memory as it was there. */
  #comeBack(bottom: number): readonly [at: number, position: number] | undefined {
    while (this.#trail.length > bottom) {
      const second = this.#trail.pop()!;
      const first = this.#trail.pop()!;
      if (first >= 0) return [first, second];
      this.#memory[-1 - first] = second;
    }
    return undefined;
  }

  #restoreTo(bottom: number): void {
    while (this.#comeBack(bottom) !== undefined);
  }

  /** What matched stays: only values to put back remain. */
  #forgetWays(bottom: number): void {
    let kept = bottom;
    for (let at = bottom; at < this.#trail.length; at += 2) {
      if (this.#trail[at]! >= 0) continue;
      this.#trail[kept] = this.#trail[at]!;
      this.#trail[kept + 1] = this.#trail[at + 1]!;
      kept += 2;
    }
    this.#trail.length = kept;
  }
}

function width(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
