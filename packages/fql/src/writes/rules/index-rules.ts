/**
 * Documents of indexes: `{active, serialized, name, source, terms?, values?, partitions, unique?, data?}`. Source, terms and values never change
 * after the index was made.
 */

import { anObject, aString, checkFields, invalidType, missing } from '../../access/field-checks.ts';
import { aPermissions } from '../../access/validate-permissions.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import type { ValidationFailure } from '../../evaluate/fql-error.ts';
import { addJob } from '../../jobs/job-rows.ts';
import { listOf } from '../../schema/compile-index.ts';
import { schemaFor } from '../../schema/schema-cache.ts';
import type { IndexId } from '../../store/document-store.ts';
import { isArray, isObject, type ObjectValue, type Value } from '../../values/value.ts';
import { buildAtOnce, versionsToBuild } from '../build-index.ts';
import { equalStored } from '../equal-stored.ts';
import { BUILD_VERSION_COUNT_MAX } from '../limits.ts';
import type { NativeChange, NativeRules } from '../native-rules.ts';
import { aBoolean, aLongBetween } from './checks.ts';
import { dropIndex } from './drop-index.ts';
import { checkSource, keepSource } from './index-source.ts';

const PARTITION_COUNT_MAX = 8n;
const TERM_KEYS: ReadonlySet<string> = new Set(['field', 'binding', 'reverse', 'mva', 'transform']);
const ORDER = [
  'active',
  'serialized',
  'name',
  'source',
  'terms',
  'values',
  'partitions',
  'unique',
  'permissions',
  'data',
];

export const indexRules: NativeRules = {
  defaults: new Map([
    ['active', false],
    ['serialized', true],
  ]),
  kept: ['name', 'unique', 'partitions', 'active'],
  readOnly: [],
  validate: (change, merged) => {
    const { fields, failures } = checkFields(withLatches(change, merged), {
      active: { required: true, check: aBoolean },
      serialized: { required: false, check: aBoolean },
      name: { required: true, check: aString },
      source: { required: true, check: (value) => checkSource(change.context, value, merged) },
      terms: { required: false, check: checkTerms },
      values: { required: false, check: checkTerms },
      partitions: { required: false, check: aLongBetween(1n, PARTITION_COUNT_MAX) },
      unique: { required: false, check: aBoolean },
      permissions: { required: false, check: aPermissions },
      data: { required: false, check: anObject },
    });
    const kept = new Map<string, Value>();
    for (const name of ORDER) {
      const value = name === 'partitions' ? (fields.get(name) ?? partitionsOf(fields)) : fields.get(name);
      if (value !== undefined) kept.set(name, keepKnown(name, value));
    }
    return { fields: kept, failures: [...failures, ...checkShape(change, kept)] };
  },
  prepare: ({ context, before, key }, fields) => {
    if (before !== undefined || !isSmall(context, fields, key.scope))
      return { stored: fields, shown: fields };
    const stored = new Map<string, Value>(fields).set('active', true);
    builtAtOnce.add(stored);
    return { stored, shown: stored };
  },
  written: ({ writer, key, before, position }, stored) => {
    if (stored === undefined) dropIndex(writer, key);
    else if (before === undefined) {
      const schema = schemaFor(writer, key.scope);
      const index = schema.indexById(Number(key.id) as IndexId);
      if (index === undefined) return;
      if (builtAtOnce.has(stored)) buildAtOnce(writer, schema, index, position);
      else addJob(writer, { kind: 'buildIndex', scope: key.scope, number: Number(key.id) });
    }
  },
};

/** Fields of new indexes, between the decision and the writing. */
const builtAtOnce = new WeakSet<ObjectValue>();

/** Few enough versions to be indexed in the transaction that makes the index. */
function isSmall(
  context: EvaluationContext,
  fields: ObjectValue,
  scope: NativeChange['key']['scope'],
): boolean {
  const schema = context.schemaOf(scope);
  let count = 0;
  for (const _ of versionsToBuild(context.store, schema, fields)) {
    count++;
    if (count > BUILD_VERSION_COUNT_MAX) return false;
  }
  return true;
}

/** Once active, always active. */
function withLatches({ before }: NativeChange, merged: ObjectValue): ObjectValue {
  return before?.get('active') === true ? new Map(merged).set('active', true) : merged;
}

/** Means nothing here; indexes that list whole collections had more of them. */
function partitionsOf(fields: ObjectValue): bigint {
  const terms = listOf(fields.get('terms'));
  const [first] = terms;
  const isByClass =
    terms.length === 1 && first !== undefined && isObject(first) && isClassPath(first.get('field'));
  return terms.length === 0 || isByClass ? PARTITION_COUNT_MAX : 1n;
}

function isClassPath(path: Value | undefined): boolean {
  const steps = listOf(path);
  return steps.length === 1 && steps[0] === 'class';
}

/** Of a term only what it may say; of a source likewise. */
function keepKnown(name: string, value: Value): Value {
  if (name === 'source') return keepSource(value);
  if (name !== 'terms' && name !== 'values') return value;
  const keep = (term: Value): Value =>
    isObject(term) ? new Map([...term].filter(([key]) => TERM_KEYS.has(key))) : term;
  return isArray(value) ? value.map(keep) : keep(value);
}

function checkTerms(value: Value, field: readonly (string | number)[]): readonly ValidationFailure[] {
  return listOf(value).flatMap((term) =>
    isObject(term) ? checkTerm(term) : [invalidType(field, term, 'Term')],
  );
}

function checkTerm(term: ObjectValue): readonly ValidationFailure[] {
  const binding = term.get('binding');
  const path = term.get('field');
  const failures: ValidationFailure[] = [];
  if (binding !== undefined && typeof binding !== 'string') {
    failures.push(invalidType(['binding'], binding, 'String'));
  }
  if (binding === undefined) {
    if (path === undefined || (isArray(path) && path.length === 0)) {
      const description = 'Must provide one of the following: field, binding';
      failures.push({ ...missing(['field']), description });
    }
    for (const step of listOf(path)) {
      if (typeof step !== 'string' && typeof step !== 'bigint') {
        failures.push(invalidType(['field'], step, 'Long or String'));
      }
    }
  }
  for (const name of ['reverse', 'mva']) {
    const value = term.get(name);
    if (value !== undefined) failures.push(...aBoolean(value, [name]));
  }
  const transform = term.get('transform');
  if (transform !== undefined && transform !== 'casefold') {
    failures.push(
      typeof transform === 'string'
        ? {
            field: ['transform'],
            code: 'invalid value',
            description: `Invalid value \`${transform}\` at \`transform\``,
          }
        : invalidType(['transform'], transform, 'String'),
    );
  }
  return failures;
}

function checkShape({ before }: NativeChange, fields: ObjectValue): readonly ValidationFailure[] {
  if (before === undefined) return [];
  const failures: ValidationFailure[] = [];
  const partitions = fields.get('partitions');
  if (partitions !== before.get('partitions') && typeof partitions === 'bigint') {
    const description = `Value ${partitions} is not in expected range 1 to ${PARTITION_COUNT_MAX}.`;
    failures.push({ field: ['partitions'], code: 'bounds error', description });
  }
  const changed = ['source', 'terms', 'values'].filter(
    (name) => !equalStored(fields.get(name) ?? [], before.get(name) ?? []),
  );
  if (changed.length > 0) {
    const description = `Index sources, terms, and values may not be updated (${changed.join(', ')})`;
    failures.push({ field: [], code: 'invalid index', description });
  }
  return failures;
}
