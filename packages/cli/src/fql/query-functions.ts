/** The driver's query functions, as the shell offers them, and the way back from the JSON of an expression to the function that makes it. */
import faunadb from 'faunadb';

export type QueryFunction = (...parameters: readonly unknown[]) => unknown;

/** Helpers of the driver that make no expressions. */
const HELPERS = new Set(['arity', 'wrap']);

export const QUERY_FUNCTIONS: ReadonlyMap<string, QueryFunction> = new Map(
  Object.entries(faunadb.query as unknown as Record<string, QueryFunction>).filter(
    ([name]) => !HELPERS.has(name),
  ),
);

/** A function whose expression has these keys; `parameters` name the key that each argument became. */
export interface CallShape {
  readonly name: string;
  readonly parameters: readonly string[];
  /** The only argument is the list of all arguments. */
  readonly isVariadic: boolean;
}

/** Calling these prints a warning: the driver has newer names for them. Expressions that were stored may hold some. */
const OLDER: ReadonlyMap<string, readonly string[]> = new Map([
  ['Class', ['class']],
  ['Classes', ['classes']],
  ['CreateClass', ['create_class']],
  ['Contains', ['contains', 'in']],
  ['Identity', ['identity']],
  ['HasIdentity', ['has_identity']],
  ['NextId', ['next_id']],
  ['SelectAll', ['select_all', 'from']],
]);
/** Shapes of these depend on the arguments; whoever shows expressions knows them. */
const SPECIAL = new Set([
  'Lambda',
  'Let',
  'Object',
  'Var',
  'Query',
  'Ref',
  'Bytes',
  'Match',
  'Call',
  'Paginate',
]);

/** The function whose expression has exactly these keys. */
export function callShape(keys: Iterable<string>): CallShape | undefined {
  return SHAPES.get(shapeKey(keys));
}

/** Text of a function's parameters, as its author named them: `Get(ref, ts)`. */
export function signatureOf(name: string): string | undefined {
  const found = QUERY_FUNCTIONS.get(name);
  if (found === undefined) return undefined;
  const parameters =
    /^function\s*\w*\s*\(([^)]*)\)/.exec(found.toString())?.[1]?.replaceAll(/\s+/g, ' ').trim() ?? '';
  return `${name}(${parameters === '' && found.length === 0 && isVariadicName(name) ? '…' : parameters})`;
}

const SHAPES = shapes();

/** Each function is called with marks, and where they come out says what its arguments became. */
function shapes(): ReadonlyMap<string, CallShape> {
  const found = new Map<string, CallShape>();
  for (const [name, parameters] of OLDER)
    found.set(shapeKey(parameters), { name, parameters, isVariadic: false });
  for (const [name, make] of QUERY_FUNCTIONS) {
    if (SPECIAL.has(name) || OLDER.has(name)) continue;
    for (let count = 0; count <= 4; count++) {
      const shape = shapeOf(name, make, count);
      if (shape === undefined) continue;
      const key = shapeKey(shape.keys);
      // With one argument, a function of any number of them looks like one that takes a single.
      if (shape.isVariadic || !found.has(key)) found.set(key, shape);
    }
  }
  return found;
}

function shapeOf(
  name: string,
  make: QueryFunction,
  count: number,
): (CallShape & { readonly keys: readonly string[] }) | undefined {
  const marks = Array.from({ length: count }, (_, at) => `mark ${at}`);
  let json: unknown;
  try {
    json = JSON.parse(JSON.stringify(make(...marks)));
  } catch {
    // It takes another number of arguments.
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const entries = Object.entries(json);
  if (entries.some(([key]) => key.startsWith('@'))) return undefined;
  const [first] = entries;
  if (count >= 2 && entries.length === 1 && Array.isArray(first?.[1])) {
    return { name, parameters: [first[0]], isVariadic: true, keys: [first[0]] };
  }
  const parameters = marks.map((mark) => entries.find(([, value]) => value === mark)?.[0]);
  if (!parameters.every((key) => key !== undefined)) return undefined;
  const known = new Set(parameters);
  // What no argument became has to be null, as in `{"now": null}`.
  if (entries.some(([key, value]) => !known.has(key) && value !== null)) return undefined;
  return { name, parameters, isVariadic: false, keys: entries.map(([key]) => key) };
}

function isVariadicName(name: string): boolean {
  return [...SHAPES.values()].some((shape) => shape.name === name && shape.isVariadic);
}

function shapeKey(keys: Iterable<string>): string {
  return [...keys].sort().join(' ');
}
