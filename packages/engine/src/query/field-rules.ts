/** What the settings and the query say of the attributes of a segment: rank, order, and which occurrences count there. */
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { IndexSchema } from '../schema.ts';
import { isAtOrBelow } from '../segment/text-fields.ts';
import { FIELD_FLAG, FIELD_RANK_MAX } from './score-plan.ts';
import type { SearchQuery } from './search-query.ts';

const FIELD_TABLE_LENGTH = 256;

export class FieldRules {
  readonly #schema: IndexSchema;
  readonly #query: SearchQuery;

  constructor(schema: IndexSchema, query: SearchQuery) {
    this.#schema = schema;
    this.#query = query;
  }

  /** Whether sets from postings are only upper bounds, because occurrences count in some attributes alone. */
  get anyRestriction(): boolean {
    return (
      this.#query.restrictSearchableAttributes.length > 0 ||
      this.#query.disableTypoToleranceOnAttributes.length > 0 ||
      this.anyWithoutPrefix
    );
  }

  get anyWithoutPrefix(): boolean {
    return this.#query.disablePrefixOnAttributes.length > 0;
  }

  /** The table that the scoring kernel reads, in scratch: u32 per field. */
  write(memory: SegmentMemory, fieldPaths: readonly string[]): number {
    const at = memory.allocate(FIELD_TABLE_LENGTH * 4);
    for (const [field, path] of fieldPaths.entries()) {
      memory.u32[(at >>> 2) + field] = this.#flagsOf(field, path);
    }
    return at;
  }

  #flagsOf(field: number, path: string): number {
    const query = this.#query;
    const attribute = this.#schema.searchable[field];
    const named = (paths: readonly string[]): boolean => paths.some((other) => isAtOrBelow(path, other));
    const { restrictSearchableAttributes } = query;
    const searched = restrictSearchableAttributes.length === 0 || named(restrictSearchableAttributes);
    return (
      Math.min(attribute?.rank ?? 0, FIELD_RANK_MAX) |
      (attribute?.ordered === true ? FIELD_FLAG.ordered : 0) |
      (searched ? FIELD_FLAG.searched : 0) |
      (named(query.disableTypoToleranceOnAttributes) ? FIELD_FLAG.noTypo : 0) |
      (named(query.disablePrefixOnAttributes) ? FIELD_FLAG.noPrefix : 0) |
      (named(query.disableExactOnAttributes) ? FIELD_FLAG.noExact : 0)
    );
  }
}
