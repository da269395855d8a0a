/** The bounds that clients meet, in one place for the documentation; each number and its reason stand where it is kept. */
import { passwordCharactersMax } from './access/passwords.ts';
import { rolesPerCollectionMax } from './access/validate-role.ts';
import {
  CALL_DEPTH_MAX,
  DESCRIPTION_LENGTH_MAX,
  ERROR_COUNT_MAX,
  ERRORS_LENGTH_MAX,
  EVALUATION_DEPTH_MAX,
  TRANSACTION_BYTES_MAX,
  VALUE_SIZE_MAX,
} from './evaluate/limits.ts';
import { REPEAT_MAX, STRING_LENGTH_MAX } from './forms/string-limits.ts';
import { NESTING_MAX } from './json/limits.ts';
import { joinWidthMax } from './sets/open-set.ts';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from './sets/paginate.ts';
import {
  BINDING_STEPS_MAX,
  BUILD_VERSION_COUNT_MAX,
  ENTRY_COUNT_MAX,
  ENTRY_KEY_BYTES_MAX,
  HISTORY_GRACE_MICROS,
  VERSION_BYTES_MAX,
} from './writes/limits.ts';
import { NAME_CHARACTERS_MAX } from './writes/rules/names.ts';

export interface FqlLimit {
  readonly what: string;
  readonly limit: number | bigint;
  /** What happens beyond it. */
  readonly past: string;
}

export const LIMITS: readonly FqlLimit[] = [
  { what: 'bytes of a version of a document', limit: VERSION_BYTES_MAX, past: '400 `resources exceeded`' },
  { what: 'bytes that a transaction writes', limit: TRANSACTION_BYTES_MAX, past: '400 `resources exceeded`' },
  { what: 'levels of arrays and objects in a request or a value', limit: NESTING_MAX, past: '400' },
  {
    what: 'calls of functions and lambdas inside each other',
    limit: CALL_DEPTH_MAX,
    past: '400 `stack overflow`',
  },
  {
    what: 'expressions inside each other, through all calls',
    limit: EVALUATION_DEPTH_MAX,
    past: '400 `stack overflow`',
  },
  { what: 'characters of a value, about', limit: VALUE_SIZE_MAX, past: '400 `resources exceeded`' },
  {
    what: 'UTF-16 units of a string that a function makes',
    limit: STRING_LENGTH_MAX,
    past: '400 `invalid argument`',
  },
  {
    what: 'repetitions of `Repeat`, spaces of `Space`, matches of `FindStrRegex`',
    limit: REPEAT_MAX,
    past: 'cut',
  },
  { what: 'items of a page', limit: PAGE_SIZE_MAX, past: 'cut' },
  { what: 'items of a page that names no size', limit: PAGE_SIZE_DEFAULT, past: '' },
  {
    what: 'bytes of the terms and values of an index entry',
    limit: ENTRY_KEY_BYTES_MAX,
    past: 'the entry is left out',
  },
  { what: 'entries of a document in an index', limit: ENTRY_COUNT_MAX, past: '400 `resources exceeded`' },
  {
    what: 'steps of a lambda that computes an indexed field',
    limit: BINDING_STEPS_MAX,
    past: 'the field is null',
  },
  {
    what: 'versions that an index is built from in the transaction that makes it',
    limit: BUILD_VERSION_COUNT_MAX,
    past: 'built in the background, `active: false` meanwhile',
  },
  {
    what: 'minutes that history outlives its `history_days`',
    limit: HISTORY_GRACE_MICROS / 60_000_000,
    past: '400 `invalid argument`',
  },
  { what: 'characters of a password', limit: passwordCharactersMax, past: '400 `validation failed`' },
  {
    what: 'roles whose members are of one collection',
    limit: rolesPerCollectionMax,
    past: '400 `validation failed`',
  },
  { what: "elements of a join's source", limit: joinWidthMax, past: '400 `resources exceeded`' },
  { what: 'characters of a name in the schema', limit: NAME_CHARACTERS_MAX, past: '400 `validation failed`' },
  { what: 'errors of one answer', limit: ERROR_COUNT_MAX, past: 'left out' },
  {
    what: 'characters of all errors of an answer, causes included, about',
    limit: ERRORS_LENGTH_MAX,
    past: 'left out',
  },
  { what: "characters of an error's description", limit: DESCRIPTION_LENGTH_MAX, past: 'cut' },
];
