/** All facet attributes of a segment: those that the schema names, and `_tags`. */
import type { JsonObject } from '@skein/base';
import type { DocOrder } from '../columns/doc-order.ts';
import { SectionLayout } from '../columns/section-layout.ts';
import type { IndexSchema } from '../schema.ts';
import type { Section } from '../segment/section.ts';
import { FACET_ENTRY_WORDS, FacetBuilder } from './facet-builder.ts';
import type { FacetReader } from './facet-reader.ts';
import type { FacetsReader } from './facets-reader.ts';

export class FacetsBuilder {
  readonly #builders: readonly FacetBuilder[];
  /** Ordinal in a reader → spelling here, so that a merge looks each value up once per segment. */
  readonly #remaps = new WeakMap<FacetReader, Int32Array>();

  constructor(schema: IndexSchema) {
    const paths = new Set([...schema.facets.map((facet) => facet.path), '_tags']);
    this.#builders = [...paths].sort().map((path) => new FacetBuilder(path));
  }

  addRecord(record: JsonObject): void {
    for (const builder of this.#builders) builder.addRecord(record);
  }

  addFrom(reader: FacetsReader, docId: number): void {
    for (const builder of this.#builders) {
      const facet = reader.facet(builder.path);
      if (facet !== undefined) this.#addFacet(builder, facet, docId);
      builder.endRecord();
    }
  }

  #addFacet(builder: FacetBuilder, facet: FacetReader, docId: number): void {
    let remap = this.#remaps.get(facet);
    if (remap === undefined) {
      remap = new Int32Array(facet.valueCount).fill(-1);
      this.#remaps.set(facet, remap);
    }
    const spellings = remap;
    facet.forEachOrdinal(docId, (ordinal) => {
      const exception = facet.exceptionalSpelling(docId, ordinal);
      if (exception !== undefined) {
        builder.addSpelling(builder.spelling(exception));
        return;
      }
      if (spellings[ordinal] === -1) spellings[ordinal] = builder.spelling(facet.value(ordinal));
      builder.addSpelling(spellings[ordinal]!);
    });
  }

  finish(order: DocOrder): readonly Section[] {
    const layout = new SectionLayout(1 + this.#builders.length * FACET_ENTRY_WORDS);
    const header: number[] = [];
    for (const builder of this.#builders) header.push(...(builder.finish(order, layout) ?? []));
    if (header.length === 0) return [];
    const count = header.length / FACET_ENTRY_WORDS;
    const unused = new Array<number>((this.#builders.length - count) * FACET_ENTRY_WORDS).fill(0);
    return [{ name: 'facets', bytes: layout.finish([count, ...header, ...unused]) }];
  }
}
