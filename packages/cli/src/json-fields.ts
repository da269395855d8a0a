/** Reading fields of answers whose shape only the server vouches for. */
import { isJsonObject, type Json, type JsonObject } from '@skein/base';

/** The field as text; empty when it is absent or something else. */
export function textField(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The field as a number; 0 when it is absent or something else. */
export function numberField(object: JsonObject, name: string): number {
  const value = object[name];
  return typeof value === 'number' ? value : 0;
}

/** The objects in an array field; none when it is absent or something else. */
export function objectsField(object: JsonObject, name: string): JsonObject[] {
  const value = object[name];
  return Array.isArray(value) ? (value as readonly Json[]).filter(isJsonObject) : [];
}
