/**
 * What an aggregation computes: for each value of a key, measures over the documents ever created in a collection.
 *
 *   {
 *     "name": "usage", "source": "eventsLog", "key": ["data", "user"],
 *     "measures": { "bytes": {"sum": ["data", "bytesUploaded"]}, "uploads": {"count": true} },
 *     "schedule": {"intervalMs": 1000},
 *     "writeBack": {"collection": "User", "field": ["data", "usage"]}
 *   }
 */
import { isArray, isObject, type ObjectValue, type Value } from '../values/value.ts';

export type Path = readonly string[];

export type Measure =
  | { readonly kind: 'count' }
  /** `last`: of the latest event (by transaction time, then by id). `distinct`: how many different values. */
  | { readonly kind: 'sum' | 'min' | 'max' | 'last' | 'distinct'; readonly path: Path }
  /** How many numbers are below `bounds[0]`, from there below `bounds[1]`, … and from the last bound on. */
  | { readonly kind: 'histogram'; readonly path: Path; readonly bounds: readonly (bigint | number)[] };

export type Schedule =
  | { readonly kind: 'interval'; readonly intervalMs: number }
  /** Five or six fields, in UTC. */
  | { readonly kind: 'cron'; readonly cron: string }
  | { readonly kind: 'onDemand' };

export interface AggregationDefinition {
  readonly name: string;
  /** Name of the source collection when it was declared. */
  readonly source: string;
  readonly key: Path;
  readonly measures: ReadonlyMap<string, Measure>;
  readonly schedule: Schedule;
  /** Each run writes the measures of a changed key into this field of the key's document. */
  readonly writeBack: { readonly collection: string; readonly field: Path } | undefined;
  /** Where events carry an id of their own: of several events with the same one, the first counts. */
  readonly eventId: Path | undefined;
}

export interface DefinitionProblem {
  readonly field: readonly string[];
  readonly description: string;
}

export const AGGREGATION_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
export const MEASURE_COUNT_MAX = 32;
export const BOUND_COUNT_MAX = 256;
export const INTERVAL_MS_MIN = 100;
export const INTERVAL_MS_MAX = 366 * 86_400_000;
const PATH_LENGTH_MAX = 16;
const FIELDS = ['name', 'source', 'key', 'measures', 'schedule', 'writeBack', 'eventId'];

/** The definition, or everything that is wrong with it. Paths may be given as arrays or as text with dots. */
export function readDefinition(value: Value): AggregationDefinition | readonly DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  const wrong = (field: readonly string[], description: string): undefined => {
    problems.push({ field, description });
    return undefined;
  };
  if (!isObject(value)) return [{ field: [], description: 'an aggregation is declared by an object' }];
  for (const name of value.keys()) {
    if (!FIELDS.includes(name))
      wrong([name], `not a field of an aggregation; there are ${FIELDS.join(', ')}`);
  }
  const name = value.get('name');
  if (typeof name !== 'string' || !AGGREGATION_NAME.test(name)) {
    wrong(['name'], 'a letter, then up to 63 letters, digits, "-" or "_"');
  }
  const source = value.get('source');
  if (typeof source !== 'string' || source === '') wrong(['source'], 'the name of a collection');
  const key = readPath(value.get('key'), ['key'], wrong);
  const measures = readMeasures(value.get('measures'), wrong);
  const schedule = readSchedule(value.get('schedule'), wrong);
  const writeBack = readWriteBack(value.get('writeBack') ?? null, wrong);
  const eventIdValue = value.get('eventId') ?? null;
  const eventId = eventIdValue === null ? undefined : readPath(eventIdValue, ['eventId'], wrong);
  if (problems.length > 0 || key === undefined || schedule === undefined) return problems;
  return { name: name as string, source: source as string, key, measures, schedule, writeBack, eventId };
}

/** As `readDefinition` takes it. */
export function definitionValue(definition: AggregationDefinition): ObjectValue {
  const { name, source, key, measures, schedule, writeBack, eventId } = definition;
  const fields: [string, Value][] = [
    ['name', name],
    ['source', source],
    ['key', key],
    [
      'measures',
      new Map([...measures].map(([each, measure]): [string, Value] => [each, measureValue(measure)])),
    ],
    ['schedule', scheduleValue(schedule)],
  ];
  if (writeBack !== undefined) {
    fields.push([
      'writeBack',
      new Map<string, Value>([
        ['collection', writeBack.collection],
        ['field', writeBack.field],
      ]),
    ]);
  }
  if (eventId !== undefined) fields.push(['eventId', eventId]);
  return new Map(fields);
}

type Wrong = (field: readonly string[], description: string) => undefined;

function readPath(value: Value | undefined, field: readonly string[], wrong: Wrong): Path | undefined {
  const path = typeof value === 'string' ? value.split('.') : value;
  const sound =
    path !== undefined &&
    path !== null &&
    isArray(path) &&
    path.length > 0 &&
    path.length <= PATH_LENGTH_MAX &&
    path.every((step) => typeof step === 'string' && step !== '');
  if (!sound) return wrong(field, `a path such as ["data", "user"], of at most ${PATH_LENGTH_MAX} steps`);
  if (path[0] !== 'data' || path.length < 2) return wrong(field, 'a path inside "data"');
  return path as Path;
}

function readMeasures(value: Value | undefined, wrong: Wrong): ReadonlyMap<string, Measure> {
  const measures = new Map<string, Measure>();
  if (
    value === undefined ||
    value === null ||
    !isObject(value) ||
    value.size === 0 ||
    value.size > MEASURE_COUNT_MAX
  ) {
    wrong(['measures'], `an object of 1 to ${MEASURE_COUNT_MAX} measures`);
    return measures;
  }
  for (const [name, declared] of value) {
    const field = ['measures', name];
    if (!AGGREGATION_NAME.test(name)) wrong(field, 'a measure is named by letters, digits, "-" and "_"');
    const measure = readMeasure(declared, field, wrong);
    if (measure !== undefined) measures.set(name, measure);
  }
  return measures;
}

function readMeasure(value: Value, field: readonly string[], wrong: Wrong): Measure | undefined {
  const [entry] = value !== null && isObject(value) ? [...value] : [];
  const kinds =
    'one of {"count": true}, {"sum": path}, "min", "max", "last", "distinct", and {"histogram": path, "bounds": numbers}';
  if (entry === undefined || value === null || !isObject(value)) return wrong(field, kinds);
  const histogram = value.get('histogram');
  if (histogram !== undefined && value.size === 2) {
    const path = readPath(histogram, [...field, 'histogram'], wrong);
    const bounds = readBounds(value.get('bounds'));
    if (bounds === undefined) return wrong([...field, 'bounds'], `1 to ${BOUND_COUNT_MAX} ascending numbers`);
    return path === undefined ? undefined : { kind: 'histogram', path, bounds };
  }
  if (value.size !== 1) return wrong(field, kinds);
  const [kind, given] = entry;
  switch (kind) {
    case 'count':
      return given === true ? { kind } : wrong(field, '{"count": true}');
    case 'sum':
    case 'min':
    case 'max':
    case 'last':
    case 'distinct': {
      const path = readPath(given, [...field, kind], wrong);
      return path === undefined ? undefined : { kind, path };
    }
    default:
      return wrong(field, kinds);
  }
}

function readBounds(value: Value | undefined): readonly (bigint | number)[] | undefined {
  if (value === undefined || value === null || !isArray(value)) return undefined;
  if (value.length === 0 || value.length > BOUND_COUNT_MAX) return undefined;
  const numbers = value.filter((each): each is bigint | number =>
    typeof each === 'number' ? Number.isFinite(each) : typeof each === 'bigint',
  );
  if (numbers.length < value.length) return undefined;
  return numbers.every((each, at) => at === 0 || numbers[at - 1]! < each) ? numbers : undefined;
}

function readSchedule(value: Value | undefined, wrong: Wrong): Schedule | undefined {
  const expected = 'one of {"intervalMs": 1000}, {"cron": "*/5 * * * *"} and {"onDemand": true}';
  if (value === undefined || value === null || !isObject(value) || value.size !== 1)
    return wrong(['schedule'], expected);
  const intervalMs = value.get('intervalMs');
  if (typeof intervalMs === 'bigint') {
    return intervalMs >= INTERVAL_MS_MIN && intervalMs <= INTERVAL_MS_MAX
      ? { kind: 'interval', intervalMs: Number(intervalMs) }
      : wrong(['schedule', 'intervalMs'], `${INTERVAL_MS_MIN} to ${INTERVAL_MS_MAX} milliseconds`);
  }
  const cron = value.get('cron');
  if (typeof cron === 'string' && cron.length < 200) return { kind: 'cron', cron };
  return value.get('onDemand') === true ? { kind: 'onDemand' } : wrong(['schedule'], expected);
}

function readWriteBack(value: Value, wrong: Wrong): AggregationDefinition['writeBack'] {
  if (value === null) return undefined;
  const collection = isObject(value) ? value.get('collection') : undefined;
  if (!isObject(value) || typeof collection !== 'string' || value.size !== 2) {
    return wrong(['writeBack'], '{"collection": name, "field": path}');
  }
  const field = readPath(value.get('field'), ['writeBack', 'field'], wrong);
  return field === undefined ? undefined : { collection, field };
}

function measureValue(measure: Measure): Value {
  switch (measure.kind) {
    case 'count':
      return new Map([['count', true]]);
    case 'histogram':
      return new Map<string, Value>([
        ['histogram', measure.path],
        ['bounds', measure.bounds],
      ]);
    default:
      return new Map([[measure.kind, measure.path]]);
  }
}

function scheduleValue(schedule: Schedule): Value {
  switch (schedule.kind) {
    case 'interval':
      return new Map([['intervalMs', BigInt(schedule.intervalMs)]]);
    case 'cron':
      return new Map([['cron', schedule.cron]]);
    case 'onDemand':
      return new Map([['onDemand', true]]);
  }
}
