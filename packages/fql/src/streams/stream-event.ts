/**
 * An event of a stream, as text:
 *
 *   {"type":"start","txn":T,"event":T}
 *   {"type":"version"|"history_rewrite","txn":T,"event":{"action","document","diff","prev"}}
 *   {"type":"set","txn":T,"event":{"action","document":{"ref","ts"},"index":{"ref","terms","values"}}}
 *   {"type":"error","txn":T,"event":{"code","description"}}
 *
 * A stream shows the fields of `event` that it asked for, in this order. Many streams show the same event: its text is made once for each
 * choice of fields and each database that looks at it.
 */
import { renderString, renderValue } from '../json/render.ts';
import type { Schema } from '../schema/schema.ts';
import type { Value } from '../values/value.ts';

export const STREAM_FIELDS = ['action', 'document', 'diff', 'prev', 'index'] as const;
export type StreamField = (typeof STREAM_FIELDS)[number];

/** A field's value as seen from a database: refs into others say so. */
export type EventFields = Readonly<Partial<Record<StreamField, (viewer: Schema) => Value>>>;

export class StreamEvent {
  readonly type: 'version' | 'history_rewrite' | 'set';
  readonly #time: number;
  readonly #fields: EventFields;
  readonly #texts = new Map<string, string>();

  constructor(type: StreamEvent['type'], time: number, fields: EventFields) {
    this.type = type;
    this.#time = time;
    this.#fields = fields;
  }

  /** `wanted` in the order of `STREAM_FIELDS`. */
  text(viewer: Schema, wanted: readonly StreamField[]): string {
    const choice = `${viewer.scope}/${wanted.join()}`;
    const known = this.#texts.get(choice);
    if (known !== undefined) return known;
    const members = wanted.flatMap((name) => {
      const field = this.#fields[name];
      return field === undefined ? [] : `"${name}":${renderValue(field(viewer))}`;
    });
    const text = `{"type":"${this.type}","txn":${this.#time},"event":{${members.join()}}}`;
    this.#texts.set(choice, text);
    return text;
  }
}

export function startEvent(time: number): string {
  return `{"type":"start","txn":${time},"event":${time}}`;
}

export function errorEvent(
  time: number,
  error: { readonly code: string; readonly description: string },
): string {
  const { code, description } = error;
  return `{"type":"error","txn":${time},"event":{"code":${renderString(code)},"description":${renderString(description)}}}`;
}
