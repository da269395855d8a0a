/**
 * Which texts of a record are searchable, and in which field. With a list of searchable attributes a field is an entry
 * of that list, with everything at and below its path; without one, every path of a text is a field, numbered as met.
 *
 * Rules: `docs/relevance.md`, section 1.
 */
import type { Json, JsonObject } from '@skein/base';
import { NESTING_MAX } from '../columns/attribute-values.ts';
import type { IndexSchema } from '../schema.ts';
import { FIELD_COUNT_MAX } from './limits.ts';

/** Whether `path` is `ancestor` or lies below it. */
export function isAtOrBelow(path: string, ancestor: string): boolean {
  return path === ancestor || (path.startsWith(ancestor) && path[ancestor.length] === '.');
}

export class TextFields {
  /** Steps of the declared paths; empty: every attribute is searchable. */
  readonly #declared: readonly (readonly string[])[];
  readonly #paths: string[];
  readonly #ordinals = new Map<string, number>();
  readonly #texts: string[][] = [];
  readonly #touched: number[] = [];

  constructor(schema: IndexSchema) {
    this.#declared = schema.searchable.map((attribute) => attribute.path.split('.'));
    this.#paths = schema.searchable.slice(0, FIELD_COUNT_MAX).map((attribute) => attribute.path);
  }

  /** Attribute path of each field met so far. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  /** The field of a leaf path while every attribute is searchable; past the limit, paths share the last field. */
  fieldOf(path: string): number {
    let field = this.#ordinals.get(path);
    if (field === undefined) {
      field = Math.min(this.#paths.length, FIELD_COUNT_MAX - 1);
      this.#ordinals.set(path, field);
      if (this.#paths.length < FIELD_COUNT_MAX) this.#paths.push(path);
    }
    return field;
  }

  /** Calls `emit` for each text; the texts of a field come together and in the record's order. */
  collect(record: JsonObject, emit: (field: number, text: string) => void): void {
    for (let field = 0; field < this.#declared.length; field++) {
      textsAt(
        record,
        { steps: this.#declared[field]!, field: Math.min(field, FIELD_COUNT_MAX - 1), emit },
        0,
        0,
      );
    }
    if (this.#declared.length > 0) return;
    for (const name of Object.keys(record)) {
      if (name !== 'objectID' && !name.startsWith('_')) this.#collectLeaves(record[name], name, 0);
    }
    for (const field of this.#touched) {
      const texts = this.#texts[field]!;
      for (const text of texts) emit(field, text);
      texts.length = 0;
    }
    this.#touched.length = 0;
  }

  #collectLeaves(value: Json | undefined, path: string, depth: number): void {
    if (depth > NESTING_MAX) return;
    if (typeof value === 'string' || typeof value === 'number') {
      const field = this.fieldOf(path);
      const texts = (this.#texts[field] ??= []);
      if (texts.length === 0) this.#touched.push(field);
      texts.push(String(value));
    } else if (Array.isArray(value)) {
      for (const element of value as readonly Json[]) this.#collectLeaves(element, path, depth + 1);
    } else if (typeof value === 'object' && value !== null) {
      const object = value as JsonObject;
      for (const name of Object.keys(object)) this.#collectLeaves(object[name], `${path}.${name}`, depth + 1);
    }
  }
}

interface Walk {
  readonly steps: readonly string[];
  readonly field: number;
  readonly emit: (field: number, text: string) => void;
}

function textsAt(value: Json | undefined, walk: Walk, at: number, depth: number): void {
  if (depth > NESTING_MAX) return;
  if (typeof value === 'string') {
    if (at === walk.steps.length) walk.emit(walk.field, value);
  } else if (typeof value === 'number') {
    if (at === walk.steps.length) walk.emit(walk.field, String(value));
  } else if (Array.isArray(value)) {
    for (const element of value as readonly Json[]) textsAt(element, walk, at, depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    const object = value as JsonObject;
    if (at === walk.steps.length) {
      for (const name of Object.keys(object)) textsAt(object[name], walk, at, depth + 1);
    } else {
      const name = walk.steps[at]!;
      if (Object.hasOwn(object, name)) textsAt(object[name], walk, at + 1, at === 0 ? 0 : depth + 1);
    }
  }
}
