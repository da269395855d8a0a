/**
 * The group of each record for `distinct`: the first value of the attribute as text; records without one are alone.
 * The section's bytes: `docs/formats/segment-v1.md`.
 */
import type { JsonObject } from '@skein/base';
import type { Section } from '../segment/section.ts';
import { firstLeaf, pathNames, wellFormed } from './attribute-values.ts';
import type { DistinctReader } from './distinct-reader.ts';
import type { DocOrder } from './doc-order.ts';
import { SectionLayout } from './section-layout.ts';

/** Words of the section's header. */
export const DISTINCT_HEADER_WORDS = 4;

/** Stored for docs without a value. */
export const NO_GROUP = 0xffff_ffff;

export class DistinctBuilder {
  readonly #names: readonly string[] | undefined;
  /** Text → number of the text; its place is that number. */
  readonly #textNumbers = new Map<string, number>();
  /** By arrival. */
  readonly #values: number[] = [];

  constructor(path: string | undefined) {
    this.#names = path === undefined ? undefined : pathNames(path);
  }

  addRecord(record: JsonObject): void {
    if (this.#names === undefined) return;
    const value = firstLeaf(record, this.#names);
    this.#push(value === undefined ? undefined : wellFormed(String(value)));
  }

  addFrom(reader: DistinctReader | undefined, docId: number): void {
    if (this.#names !== undefined) this.#push(reader?.value(docId));
  }

  #push(text: string | undefined): void {
    if (text === undefined) {
      this.#values.push(NO_GROUP);
      return;
    }
    let number = this.#textNumbers.get(text);
    if (number === undefined) {
      number = this.#textNumbers.size;
      this.#textNumbers.set(text, number);
    }
    this.#values.push(number);
  }

  finish(order: DocOrder): readonly Section[] {
    if (this.#names === undefined) return [];
    const isUsed = new Uint8Array(this.#textNumbers.size);
    for (const arrival of order.arrivals) {
      const number = this.#values[arrival]!;
      if (number !== NO_GROUP) isUsed[number] = 1;
    }
    const texts = [...this.#textNumbers].filter(([, number]) => isUsed[number] === 1);
    texts.sort(([a], [b]) => (a < b ? -1 : 1));
    const ordinals = new Uint32Array(this.#textNumbers.size);
    for (const [ordinal, [, number]] of texts.entries()) ordinals[number] = ordinal;
    const ofDocs = order.arrivals.map((arrival) => {
      const number = this.#values[arrival]!;
      return number === NO_GROUP ? NO_GROUP : ordinals[number]!;
    });
    const layout = new SectionLayout(DISTINCT_HEADER_WORDS);
    const place = layout.addTexts(texts.map(([text]) => text));
    const header = [texts.length, layout.add(ofDocs), place.offsetsAt, place.textAt];
    return [{ name: 'distinct', bytes: layout.finish(header) }];
  }
}
