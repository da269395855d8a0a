/** The `source` of an index: a collection, `"_"`, `{collection, fields: {name: lambda}}`, or an array of these. */
import { invalidReference, invalidType, missing } from '../../access/field-checks.ts';
import type { EvaluationContext } from '../../evaluate/context.ts';
import type { ValidationFailure } from '../../evaluate/fql-error.ts';
import { effectOfExpression } from '../../parse/effects.ts';
import { listOf, sourcesOf } from '../../schema/compile-index.ts';
import { COLLECTIONS } from '../../schema/stored-names.ts';
import { Lambda } from '../../values/lambda.ts';
import { Ref } from '../../values/ref.ts';
import { isArray, isObject, type ObjectValue, type Value } from '../../values/value.ts';

const FIELD = ['source'];

export function checkSource(
  context: EvaluationContext,
  source: Value,
  index: ObjectValue,
): readonly ValidationFailure[] {
  const items = listOf(source);
  const failures = items.flatMap((item) => checkItem(context, item));
  if (items.length === 0) failures.push(missing(FIELD));
  if (failures.length > 0) return failures;
  return [...checkMixture(source), ...checkBindings(items, index)];
}

/** Unknown keys are dropped, and `class` is an old word for `collection`. */
export function keepSource(source: Value): Value {
  if (isArray(source)) return source.map(keepSource);
  if (!isObject(source)) return source;
  const collection = source.get('collection') ?? source.get('class');
  const bindings = source.get('fields');
  const kept = new Map<string, Value>();
  if (collection !== undefined) kept.set('collection', collection);
  if (bindings !== undefined) kept.set('fields', bindings);
  return kept;
}

function checkItem(context: EvaluationContext, item: Value): ValidationFailure[] {
  if (!isObject(item)) return checkCollection(context, item, FIELD);
  const collections = item.get('class') ?? item.get('collection');
  const failures =
    collections === undefined
      ? [missing(['class'])]
      : listOf(collections).flatMap((collection) => checkCollection(context, collection, ['collection']));
  const bindings = item.get('fields');
  if (bindings === undefined) return failures;
  if (!isObject(bindings)) return [...failures, invalidType(['fields'], bindings, 'Query Map')];
  for (const [name, binding] of bindings) {
    if (!(binding instanceof Lambda)) failures.push(invalidType(['fields', name], binding, 'Query'));
  }
  return failures;
}

function checkCollection(context: EvaluationContext, value: Value, field: string[]): ValidationFailure[] {
  if (value === '_') return [];
  if (!(value instanceof Ref)) return [invalidType(field, value, 'SourceClass')];
  const key = context.schema.resolve(value);
  if (key?.collection !== COLLECTIONS) return [invalidType(field, value, 'SourceClass')];
  return value.collection === undefined && value.id === 'databases' ? [invalidReference(FIELD)] : [];
}

function checkMixture(source: Value): readonly ValidationFailure[] {
  const sources = sourcesOf(source);
  const seen = new Set<string>();
  let repeats = false;
  for (const { collections } of sources) {
    if (collections === '_') continue;
    const names = collections.map(({ id, collection }) => `${collection?.id}/${id}`);
    for (const name of names) {
      repeats ||= seen.has(name);
      seen.add(name);
    }
  }
  if (repeats) {
    const description = 'A collection ref may only match one binding.';
    return [{ field: FIELD, code: 'multiple bindings', description }];
  }
  const wildcards = sources.filter(({ collections }) => collections === '_');
  if (wildcards.length > 1) {
    return [{ field: FIELD, code: 'multiple wildcards', description: 'Too many wildcards.' }];
  }
  if (wildcards.length === 1 && sources.length > 1 && sources.every(({ bindings }) => bindings.size === 0)) {
    const description = 'Cannot mix collection refs and wildcards without providing bindings.';
    return [{ field: FIELD, code: 'mixed wildcards', description }];
  }
  return [];
}

/** Each is pure, and used by a term or a value. */
function checkBindings(items: readonly Value[], index: ObjectValue): readonly ValidationFailure[] {
  const used = new Set<Value | undefined>(
    [...listOf(index.get('terms')), ...listOf(index.get('values'))].map((field) =>
      isObject(field) ? field.get('binding') : undefined,
    ),
  );
  return items.flatMap((item, source) => {
    const bindings = isObject(item) ? item.get('fields') : undefined;
    if (bindings === undefined || !isObject(bindings)) return [];
    return [...bindings].flatMap(([name, binding], at) => {
      const field = ['source', String(source), 'fields', String(at), name];
      const failures: ValidationFailure[] = [];
      if (!(binding instanceof Lambda) || !isPureUnary(binding)) {
        const description = 'Field binding must be a pure unary function.';
        failures.push({ field, code: 'invalid binding', description });
      }
      if (!used.has(name)) {
        const description = 'Source binding is not used as a term or value.';
        failures.push({ field, code: 'unused binding', description });
      }
      return failures;
    });
  });
}

function isPureUnary({ pattern, body }: Lambda): boolean {
  return (typeof pattern === 'string' || pattern.length === 1) && effectOfExpression(body) === 'pure';
}
