/**
 * The format in which a member of a cluster proposes operations: the newest one that every registered member is known to read.
 *
 * Until all members that are configured have registered, it is the first format: who is still to come may be of any version. After that a
 * member that is away counts with what it said last; one that never said anything counts with the first format. So while a cluster is being
 * upgraded, its members go on in the old format until the last one has come back, and a member that is restarted changes nothing.
 */
import { OPERATION_FORMAT, OPERATION_FORMAT_FIRST } from '../operation-format.ts';

export class CommonFormat {
  readonly #told = new Map<string, number>();

  /** What living members say of themselves. */
  note(live: ReadonlyMap<string, { readonly format: number }>): void {
    for (const [member, { format }] of live) this.#told.set(member, format);
  }

  /** Among these members. Fewer than `memberCount`: others are still to come, and may be of any version. */
  among(registered: ReadonlySet<string>, memberCount: number): number {
    if (registered.size < memberCount) return OPERATION_FORMAT_FIRST;
    let common: number | undefined;
    for (const member of registered) {
      const format = this.#told.get(member) ?? OPERATION_FORMAT_FIRST;
      common = Math.min(common ?? OPERATION_FORMAT, format);
    }
    return Math.max(common ?? OPERATION_FORMAT_FIRST, OPERATION_FORMAT_FIRST);
  }
}
