/**
 * Matcher for regular programs: all threads go through the text side by side, at most one at each instruction. Time is the text's length times
 * the program's, whatever the pattern.
 */
import { type Assertion, holds } from './assertions.ts';
import type { Program } from './program.ts';
import type { StepCounter } from './step-counter.ts';

/** To set up a search takes memory for each instruction. */
const INSTRUCTIONS_PER_STEP = 32;

/** Start and end of the match, then of each group; −1 where a group took no part. Undefined: no match from `from` on. */
export function searchLinear(
  program: Program,
  text: string,
  from: number,
  matchStart: number,
  steps: StepCounter,
): readonly number[] | undefined {
  const { instructions, firstCharacter } = program;
  let current: Threads = { at: [], slots: [] };
  let next: Threads = { at: [], slots: [] };
  const adder = new ThreadAdder(program, text, matchStart);
  steps.take(1 + Math.floor(instructions.length / INSTRUCTIONS_PER_STEP));
  const noSlots: readonly number[] = new Array<number>(2 * program.groupCount + 2).fill(-1);
  let found: readonly number[] | undefined;
  for (let position = from; ; ) {
    if (found === undefined) {
      if (firstCharacter !== undefined && current.at.length === 0) {
        const start = text.indexOf(firstCharacter, position);
        if (start < 0) return undefined;
        position = start;
      }
      adder.add(current, 0, position, noSlots.with(0, position));
    } else if (current.at.length === 0) {
      return found;
    }
    adder.nextPosition();
    const codePoint = text.codePointAt(position);
    const after = position + (codePoint === undefined || codePoint <= 0xffff ? 1 : 2);
    for (let thread = 0; thread < current.at.length; thread++) {
      const at = current.at[thread]!;
      const instruction = instructions[at]!;
      if (instruction.op === 'match') {
        // Threads behind this one are less preferred.
        found = current.slots[thread]!.with(1, position);
        break;
      }
      if (instruction.op === 'character' && codePoint !== undefined && instruction.set.has(codePoint)) {
        adder.add(next, at + 1, after, current.slots[thread]!);
      }
    }
    steps.take(current.at.length + adder.takeSteps());
    if (codePoint === undefined) return found;
    [current, next] = [next, current];
    next.at.length = 0;
    next.slots.length = 0;
    position = after;
  }
}

interface Threads {
  readonly at: number[];
  readonly slots: (readonly number[])[];
}

/** Follows instructions that take no text, in order of preference. */
class ThreadAdder {
  readonly #program: Program;
  readonly #text: string;
  readonly #matchStart: number;
  /** The position at which each instruction was visited last. */
  readonly #visited: Uint32Array;
  #generation = 1;
  #steps = 0;
  readonly #pending: number[] = [];
  readonly #pendingSlots: (readonly number[])[] = [];

  constructor(program: Program, text: string, matchStart: number) {
    this.#program = program;
    this.#text = text;
    this.#matchStart = matchStart;
    this.#visited = new Uint32Array(program.instructions.length);
  }

  nextPosition(): void {
    this.#generation++;
  }

  takeSteps(): number {
    const steps = this.#steps;
    this.#steps = 0;
    return steps;
  }

  add(threads: Threads, start: number, position: number, slots: readonly number[]): void {
    this.#push(start, slots);
    while (this.#pending.length > 0) {
      const at = this.#pending.pop()!;
      const own = this.#pendingSlots.pop()!;
      if (this.#visited[at] === this.#generation) continue;
      this.#visited[at] = this.#generation;
      this.#steps++;
      this.#follow(threads, at, position, own);
    }
  }

  #follow(threads: Threads, at: number, position: number, slots: readonly number[]): void {
    const instruction = this.#program.instructions[at]!;
    switch (instruction.op) {
      case 'split':
        this.#push(instruction.second, slots);
        this.#push(instruction.first, slots);
        return;
      case 'jump':
        this.#push(instruction.to, slots);
        return;
      case 'save':
        this.#push(at + 1, slots.with(instruction.slot, position));
        return;
      case 'mark':
      case 'check':
        // An iteration that takes nothing comes back to an instruction that was visited at this place.
        this.#push(at + 1, slots);
        return;
      case 'assert':
        if (this.#isTrue(instruction, position)) this.#push(at + 1, slots);
        return;
      default:
        threads.at.push(at);
        threads.slots.push(slots);
    }
  }

  #isTrue(assertion: Assertion, position: number): boolean {
    return holds(assertion, this.#text, position, this.#matchStart);
  }

  #push(at: number, slots: readonly number[]): void {
    this.#pending.push(at);
    this.#pendingSlots.push(slots);
  }
}
