/** Names of databases, collections, indexes, functions, roles and access providers. */

import { invalidType } from '../../access/field-checks.ts';
import { excerpt, type ValidationFailure } from '../../evaluate/fql-error.ts';
import type { Position } from '../../parse/expression.ts';
import type { Value } from '../../values/value.ts';

const NAME = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control};@+$\-.!~%]+$/u;
const RESERVED = '_';
const NAME_TEXT = '[;@+$\\-_.!~%\\w]+';
/** Names are parts of refs in every answer. Fauna has no bound; a request of 8 MiB should not be one name. */
export const NAME_CHARACTERS_MAX = 16_384;

export function aName(value: Value, field: Position): readonly ValidationFailure[] {
  if (typeof value !== 'string') return [invalidType(field, value, 'Name')];
  if (value === RESERVED) {
    const description = `Invalid name ${excerpt(value)}. Reserved names: ${RESERVED}.`;
    return [{ field, code: 'reserved name', description }];
  }
  if (value.length > NAME_CHARACTERS_MAX) {
    const description = `Maximum number of characters exceeded. Maximum allowed: ${NAME_CHARACTERS_MAX}.`;
    return [{ field, code: 'resources exceeded', description }];
  }
  if (NAME.test(value)) return [];
  const description = `The name ${excerpt(value)} uses invalid characters. Valid characters must match: ${NAME_TEXT}`;
  return [{ field, code: 'invalid characters', description }];
}
