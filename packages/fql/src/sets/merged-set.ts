/**
 * `Union` and `Intersection`: sets side by side, compared by groups (elements with the same values).
 *
 * A union has a group as often as the set that has it most often; an intersection, as the one that has it least often: the elements of that
 * set, the first of several, stand for the group. Where groups are single, as they mostly are, that costs nothing; otherwise they are counted.
 * An intersection leaps: each set is taken to the furthest of the others, so its cost follows the smallest set.
 *
 * A cursor always begins with whole groups and skips what lies before the cut, so that every page agrees on who stands for a group.
 */
import type { Cut } from './cut.ts';
import { compareToCut, groupCut } from './cut.ts';
import { compareGroups, type Encoding, type SetElement } from './element.ts';
import type { ElementSet, Scan, SetCursor } from './element-set.ts';
import { Lookahead } from './lookahead.ts';

const countBatch = 64;

export class MergedSet implements ElementSet {
  readonly encoding: Encoding;
  readonly #kind: 'union' | 'intersection';
  readonly #sets: readonly ElementSet[];

  /** All in the same encoding. */
  constructor(kind: 'union' | 'intersection', sets: readonly ElementSet[], encoding: Encoding) {
    this.#kind = kind;
    this.#sets = sets;
    this.encoding = encoding;
  }

  open(scan: Scan): SetCursor {
    const isForward = scan.direction === 'forward';
    const wide: Scan = {
      ...scan,
      lower: scan.lower?.widened('before'),
      upper: scan.upper?.widened('after'),
    };
    const members = this.#sets.map((set) => ({
      set,
      cursor: new Lookahead(set.open(wide), isForward, this.encoding),
    }));
    return new MergedCursor(this.#kind, members, scan, this.encoding);
  }
}

interface Member {
  readonly set: ElementSet;
  readonly cursor: Lookahead;
}

interface Group {
  /** Any of its elements. */
  readonly element: SetElement;
  readonly members: readonly Member[];
  readonly winner: Member;
  readonly sources: SetElement['sources'];
}

class MergedCursor implements SetCursor {
  readonly #kind: 'union' | 'intersection';
  readonly #members: readonly Member[];
  readonly #encoding: Encoding;
  readonly #isForward: boolean;
  readonly #end: Cut | undefined;
  #start: Cut | undefined;
  #group: Group | undefined;
  #shown: SetElement | undefined;

  constructor(kind: 'union' | 'intersection', members: readonly Member[], scan: Scan, encoding: Encoding) {
    this.#kind = kind;
    this.#members = members;
    this.#encoding = encoding;
    this.#isForward = scan.direction === 'forward';
    this.#start = this.#isForward ? scan.lower : scan.upper;
    this.#end = this.#isForward ? scan.upper : scan.lower;
  }

  peek(): SetElement | undefined {
    if (this.#shown !== undefined) return this.#shown;
    for (;;) {
      const group = this.#group ?? this.#nextGroup();
      if (group === undefined) return undefined;
      this.#group = group;
      const element = group.winner.cursor.peek();
      if (element === undefined || compareGroups(element, group.element, this.#encoding) !== 0) {
        this.#leave(group);
      } else if (this.#start !== undefined && !this.#isPast(element, this.#start)) {
        group.winner.cursor.next();
      } else if (this.#end !== undefined && this.#isPast(element, this.#end)) {
        return undefined;
      } else {
        this.#shown = group.members.length === 1 ? element : element.withSources(group.sources);
        return this.#shown;
      }
    }
  }

  next(): void {
    if (this.peek() === undefined) return;
    this.#shown = undefined;
    this.#group?.winner.cursor.next();
  }

  seek(cut: Cut): void {
    const shown = this.peek();
    if (shown === undefined || this.#isPast(shown, cut)) return;
    this.#shown = undefined;
    this.#start = cut;
    const wide = cut.widened(this.#isForward ? 'before' : 'after');
    for (const { cursor } of this.#members) cursor.seek(wide);
  }

  #isPast(element: SetElement, cut: Cut): boolean {
    return compareToCut(element, cut, this.#encoding) > 0 === this.#isForward;
  }

  #leave(group: Group): void {
    const end = groupCut(group.element, this.#encoding, this.#isForward ? 'after' : 'before');
    for (const { cursor } of group.members) cursor.seek(end);
    this.#group = undefined;
  }

  #nextGroup(): Group | undefined {
    const members = this.#kind === 'union' ? this.#nearest() : this.#common();
    const [first, ...others] = members;
    const element = first?.cursor.peek();
    if (first === undefined || element === undefined) return undefined;
    if (others.length === 0) return { element, members, winner: first, sources: element.sources };
    const sources = members.flatMap(({ cursor }) => cursor.peek()?.sources ?? []);
    return { element, members, winner: this.#winner(members, element), sources };
  }

  /** Those that stand at the next group of any. */
  #nearest(): readonly Member[] {
    let nearest: Member[] = [];
    let least: SetElement | undefined;
    for (const member of this.#members) {
      const element = member.cursor.peek();
      if (element === undefined) continue;
      const order =
        least === undefined ? -1 : this.#inDirection(compareGroups(element, least, this.#encoding));
      if (order < 0) {
        nearest = [member];
        least = element;
      } else if (order === 0) nearest.push(member);
    }
    return nearest;
  }

  /** All, taken to the next group that all have; none when there is no such group. */
  #common(): readonly Member[] {
    let furthest: SetElement | undefined;
    for (let agreed = 0, at = 0; agreed < this.#members.length; at = (at + 1) % this.#members.length) {
      const cursor = this.#members[at]?.cursor;
      if (furthest !== undefined) {
        cursor?.seek(groupCut(furthest, this.#encoding, this.#isForward ? 'before' : 'after'));
      }
      const element = cursor?.peek();
      if (element === undefined) return [];
      if (furthest !== undefined && compareGroups(element, furthest, this.#encoding) === 0) agreed++;
      else {
        furthest = element;
        agreed = 1;
      }
    }
    return this.#members;
  }

  #winner(members: readonly Member[], element: SetElement): Member {
    const isRepeated = (member: Member): boolean => {
      const second = member.cursor.peekSecond();
      return second !== undefined && compareGroups(second, element, this.#encoding) === 0;
    };
    const repeated: Member[] = [];
    for (const member of members) {
      if (isRepeated(member)) repeated.push(member);
      else if (this.#kind === 'intersection') return member;
    }
    const [only, ...others] = repeated;
    if (only === undefined) return members[0]!;
    return others.length === 0 ? only : this.#counted(repeated, element);
  }

  /** Walks the group in all sets at once, until the longest (or the shortest) is known. */
  #counted(members: readonly Member[], element: SetElement): Member {
    let walking = members.map((member) => ({
      member,
      cursor: member.set.open({
        lower: groupCut(element, this.#encoding, 'before'),
        upper: groupCut(element, this.#encoding, 'after'),
        direction: 'forward',
        expected: countBatch,
      }),
    }));
    for (;;) {
      const left = walking.filter(({ cursor }) => cursor.peek() !== undefined);
      const ended = walking.find(({ cursor }) => cursor.peek() === undefined);
      if (this.#kind === 'intersection' && ended !== undefined) return ended.member;
      if (left.length === 0) return walking[0]!.member;
      if (left.length === 1) return left[0]!.member;
      walking = left;
      for (const { cursor } of walking) cursor.next();
    }
  }

  #inDirection(order: number): number {
    return this.#isForward ? order : -order;
  }
}
