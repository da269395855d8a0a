import { headerWords } from '../columns/text-table.ts';
import type { SegmentMemory } from '../kernel/segment-memory.ts';
import type { SectionLookup } from '../segment/section.ts';
import { FacetReader } from './facet-reader.ts';

/** The facet attributes of an open segment that have values in it. */
export class FacetsReader {
  readonly #facets = new Map<string, FacetReader>();

  constructor(memory: SegmentMemory, sectionAt: SectionLookup, docCount: number) {
    const section = sectionAt('facets');
    if (section === undefined) return;
    const count = headerWords(memory, section.at, 0, 1)[0]!;
    for (let ordinal = 0; ordinal < count; ordinal++) {
      const facet = new FacetReader(memory, section.at, ordinal, docCount);
      this.#facets.set(facet.path, facet);
    }
  }

  /** Undefined: no record of this segment has a value, or the schema does not name the attribute. */
  facet(path: string): FacetReader | undefined {
    return this.#facets.get(path);
  }
}
