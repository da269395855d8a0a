/**
 * Sets against plain arrays:
 *   1. A set expression gives the elements that the same operations on arrays give.
 *   2. From any element on, in both directions and with any size, a page shows what is there, and its cursors lead on.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newDatabase, type TestDatabase } from '../testing/run-fql.ts';

interface Doc {
  readonly collection: 'w' | 'v';
  readonly id: number;
  readonly n: number;
  readonly s: string;
}
type Scalar = number | string | Ref;
interface Ref {
  readonly '@ref': { readonly id: string; readonly collection: unknown };
}
interface Item {
  readonly values: readonly Scalar[];
  readonly doc: Doc;
}
/** In order. */
interface Plain {
  readonly items: readonly Item[];
  readonly isValued: boolean;
}
type Operation = 'union' | 'intersection' | 'difference';
/** `A`: values [n]; `B`: [n backwards, s]; `D`: documents. */
type Kind = 'A' | 'B' | 'D';

interface Expression {
  readonly json: unknown;
  readonly plain: (docs: readonly Doc[]) => Plain;
}

const collectionOf = (name: string): unknown => ({
  '@ref': { id: name, collection: { '@ref': { id: 'collections' } } },
});
const refOf = (doc: Pick<Doc, 'collection' | 'id'>): Ref => ({
  '@ref': { id: String(doc.id), collection: collectionOf(doc.collection) },
});
const match = (index: string, terms?: unknown): unknown =>
  terms === undefined ? { match: { index } } : { match: { index }, terms };

function setUp(docs: readonly Doc[]): TestDatabase {
  const database = newDatabase();
  const field = (...path: string[]): unknown => ({ object: { field: path } });
  const index = (name: string, sources: readonly string[], parts: Record<string, unknown>): void => {
    const source = sources.map((collection) => ({ collection }));
    database.value({ create_index: { object: { name, source, ...parts } } });
  };
  database.value({ create_collection: { object: { name: 'w' } } });
  database.value({ create_collection: { object: { name: 'v' } } });
  index('docs_by_s', ['w', 'v'], { terms: [field('data', 's')] });
  index('n', ['w', 'v'], { values: [field('data', 'n')] });
  index('n_by_s', ['w'], { terms: [field('data', 's')], values: [field('data', 'n')] });
  index('n_down_s', ['w', 'v'], {
    values: [{ object: { field: ['data', 'n'], reverse: true } }, field('data', 's')],
  });
  index('refs', ['w'], { values: [field('ref')] });
  index('docs_by_n', ['v'], { terms: [field('data', 'n')] });
  database.value({
    do: [
      0,
      ...docs.map((doc) => ({
        create: { ref: { collection: doc.collection }, id: doc.id },
        params: { object: { data: { object: { n: doc.n, s: doc.s } } } },
      })),
    ],
  });
  return database;
}

function compareScalars(a: Scalar, b: Scalar): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

const compareDocs = (a: Doc, b: Doc): number =>
  (a.collection === b.collection ? 0 : a.collection === 'w' ? -1 : 1) || a.id - b.id;

function sorted(kind: Kind, items: readonly Item[]): readonly Item[] {
  return items.toSorted((a, b) => {
    if (kind === 'D') return compareDocs(a.doc, b.doc);
    for (const [at, value] of a.values.entries()) {
      const order = compareScalars(value, b.values[at]!) * (kind === 'B' && at === 0 ? -1 : 1);
      if (order !== 0) return order;
    }
    return compareDocs(a.doc, b.doc);
  });
}

const groupOf = ({ values, doc }: Item): string => JSON.stringify(values.length > 0 ? values : [refOf(doc)]);

function groups(items: readonly Item[]): ReadonlyMap<string, readonly Item[]> {
  const byGroup = new Map<string, Item[]>();
  for (const item of items) {
    const group = groupOf(item);
    byGroup.set(group, [...(byGroup.get(group) ?? []), item]);
  }
  return byGroup;
}

function combined(operation: Operation, kind: Kind, isReversed: boolean, sets: readonly Plain[]): Plain {
  const isValued = sets.some((set) => set.isValued);
  const valued = sets.map(({ items }) =>
    groups(
      items.map((item) =>
        isValued && item.values.length === 0 ? { ...item, values: [refOf(item.doc)] } : item,
      ),
    ),
  );
  const [first, ...others] = valued;
  const items: Item[] = [];
  for (const key of new Set(valued.flatMap((set) => [...set.keys()]))) {
    const members = valued.map((set) => set.get(key) ?? []);
    const counts = members.map(({ length }) => length);
    if (operation === 'union') items.push(...members[counts.indexOf(Math.max(...counts))]!);
    else if (operation === 'intersection') items.push(...members[counts.indexOf(Math.min(...counts))]!);
    else if (!others.some((other) => other.has(key))) items.push(...(first?.get(key) ?? []));
  }
  const ordered = sorted(kind, items);
  return { items: isReversed ? ordered.toReversed() : ordered, isValued };
}

const of = (kind: Kind, docs: readonly Doc[], values: (doc: Doc) => readonly Scalar[]): Plain => ({
  items: sorted(
    kind,
    docs.map((doc) => ({ doc, values: values(doc) })),
  ),
  isValued: docs.some((doc) => values(doc).length > 0),
});

const word = fc.constantFrom('a', 'b');
/** Few, so that groups are large. */
const number = fc.integer({ min: 0, max: 2 });

function leaf(kind: Kind): fc.Arbitrary<Expression> {
  if (kind === 'A') {
    return fc.oneof(
      fc.constant<Expression>({
        json: match('n'),
        plain: (docs) => of('A', docs, ({ n }) => [n]),
      }),
      word.map<Expression>((s) => ({
        json: match('n_by_s', s),
        plain: (docs) =>
          of(
            'A',
            docs.filter((doc) => doc.collection === 'w' && doc.s === s),
            ({ n }) => [n],
          ),
      })),
    );
  }
  if (kind === 'B') {
    return fc.constant<Expression>({
      json: match('n_down_s'),
      plain: (docs) => of('B', docs, ({ n, s }) => [n, s]),
    });
  }
  return fc.oneof(
    fc.constantFrom('w' as const, 'v' as const).map<Expression>((name) => ({
      json: { documents: { collection: name } },
      plain: (docs) =>
        of(
          'D',
          docs.filter(({ collection }) => collection === name),
          () => [],
        ),
    })),
    word.map<Expression>((s) => ({
      json: match('docs_by_s', s),
      plain: (docs) =>
        of(
          'D',
          docs.filter((doc) => doc.s === s),
          () => [],
        ),
    })),
    number.map<Expression>((id) => ({
      json: { singleton: { ref: { collection: 'w' }, id } },
      plain: (docs) =>
        of(
          'D',
          docs.filter((doc) => doc.collection === 'w' && doc.id === id),
          () => [],
        ),
    })),
    fc.constant<Expression>({
      json: match('refs'),
      plain: (docs) => ({
        ...of(
          'D',
          docs.filter(({ collection }) => collection === 'w'),
          (doc) => [refOf(doc)],
        ),
        isValued: true,
      }),
    }),
  );
}

function expressions(kind: Kind, isReversed: boolean, depth: number): fc.Arbitrary<Expression> {
  const reverse = (inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> =>
    inner.map(({ json, plain }) => ({
      json: { reverse: json },
      plain: (docs) => ({ ...plain(docs), items: plain(docs).items.toReversed() }),
    }));
  if (depth === 0) return isReversed ? reverse(leaf(kind)) : leaf(kind);
  const inner = expressions(kind, isReversed, depth - 1);
  const choices: fc.Arbitrary<Expression>[] = [
    expressions(kind, isReversed, 0),
    reverse(expressions(kind, !isReversed, depth - 1)),
    fc
      .tuple(
        fc.constantFrom<Operation>('union', 'intersection', 'difference'),
        fc.array(inner, { minLength: 1, maxLength: 3 }),
      )
      .map(([operation, sets]) => ({
        json: { [operation]: sets.map(({ json }) => json) },
        plain: (docs) =>
          combined(
            operation,
            kind,
            isReversed,
            sets.map(({ plain }) => plain(docs)),
          ),
      })),
    inner.map(({ json, plain }) => ({
      json: { distinct: json },
      plain: (docs) => {
        const set = plain(docs);
        return { ...set, items: [...groups(set.items).values()].map(([first]) => first!) };
      },
    })),
    fc.tuple(inner, number).map(([{ json, plain }, bound]) => filtered(kind, json, plain, bound)),
  ];
  if (kind !== 'D')
    choices.push(fc.tuple(inner, number, number).map((given) => ranged(kind, isReversed, ...given)));
  else if (!isReversed) {
    choices.push(
      fc
        .tuple(expressions('A', false, depth - 1), fc.boolean())
        .map(([source, byLambda]) => joined(source, byLambda)),
    );
  }
  return fc.oneof(...choices);
}

function filtered(kind: Kind, json: unknown, plain: Expression['plain'], bound: number): Expression {
  const value = kind === 'B' ? { select: [0], from: { var: 'x' } } : { var: 'x' };
  const compared = kind === 'D' ? { to_integer: { select: 'id', from: value } } : value;
  const least = kind === 'D' ? bound * 20 : bound;
  const expr = { gte: [compared, least] };
  const keeps = ({ doc }: Item): boolean => (kind === 'D' ? doc.id : doc.n) >= least;
  return {
    json: { filter: { lambda: 'x', expr }, collection: json },
    plain: (docs) => ({ ...plain(docs), items: plain(docs).items.filter(keeps) }),
  };
}

function ranged(
  kind: Kind,
  isReversed: boolean,
  { json, plain }: Expression,
  from: number,
  to: number,
): Expression {
  const sign = isReversed === (kind === 'B') ? 1 : -1;
  return {
    json: { range: json, from, to },
    plain: (docs) => ({
      ...plain(docs),
      items: plain(docs).items.filter(({ doc }) => (doc.n - from) * sign >= 0 && (doc.n - to) * sign <= 0),
    }),
  };
}

function joined(source: Expression, byLambda: boolean): Expression {
  const target = { lambda: 'x', expr: match('docs_by_n', { var: 'x' }) };
  return {
    json: { join: source.json, with: byLambda ? target : { index: 'docs_by_n' } },
    plain: (docs) => {
      const numbers = new Set(source.plain(docs).items.map(({ doc }) => doc.n));
      return of(
        'D',
        docs.filter((doc) => doc.collection === 'v' && numbers.has(doc.n)),
        () => [],
      );
    },
  };
}

const someDocs = fc.uniqueArray(
  fc.record({
    collection: fc.constantFrom<'w' | 'v'>('w', 'v'),
    id: fc.integer({ min: 0, max: 60 }),
    n: number,
    s: word,
  }),
  { selector: ({ collection, id }) => `${collection}${id}`, maxLength: 30, size: 'max' },
);

/** Where groups of several documents meet: who stands for a group must not depend on where a page begins. */
const largeGroups = fc
  .tuple(
    fc.constantFrom<Operation>('union', 'intersection'),
    fc.shuffledSubarray(['a', 'b'], { minLength: 2 }),
  )
  .map<Expression>(([operation, words]) => {
    const sets = words.map<Expression>((s) => ({
      json: match('n_by_s', s),
      plain: (docs) =>
        of(
          'A',
          docs.filter((doc) => doc.collection === 'w' && doc.s === s),
          ({ n }) => [n],
        ),
    }));
    return {
      json: { [operation]: sets.map(({ json }) => json) },
      plain: (docs) =>
        combined(
          operation,
          'A',
          false,
          sets.map(({ plain }) => plain(docs)),
        ),
    };
  });

const someSet = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom<Kind>('A', 'B', 'D'), fc.boolean(), fc.integer({ min: 0, max: 4 }))
      .chain(([kind, isReversed, depth]) => expressions(kind, isReversed, depth)),
  },
  { weight: 1, arbitrary: largeGroups },
);

const shown = ({ values, doc }: Item): unknown =>
  values.length === 0 ? refOf(doc) : values.length === 1 ? values[0] : values;
const cursor = ({ values, doc }: Item): unknown => [...values, refOf(doc)];

test('1, 2: sets and their pages are what plain arrays say', () => {
  let elementCount = 0;
  let fullPages = 0;
  fc.assert(
    fc.property(someDocs, someSet, fc.integer({ min: 1, max: 5 }), (docs, { json, plain }, size) => {
      const database = setUp(docs);
      const { items } = plain(docs);
      elementCount += items.length;
      expect(database.value({ paginate: json, size: 1000 })).toEqual({ data: items.map(shown) });
      const second = items[size];
      expect(database.value({ paginate: json, size })).toEqual({
        ...(second === undefined ? {} : { after: cursor(second) }),
        data: items.slice(0, size).map(shown),
      });
      for (const [at, item] of items.entries()) {
        const after = items[at + size];
        if (after !== undefined) fullPages++;
        expect(database.value({ paginate: json, size, after: cursor(item) })).toEqual({
          before: cursor(item),
          ...(after === undefined ? {} : { after: cursor(after) }),
          data: items.slice(at, at + size).map(shown),
        });
        const start = Math.max(0, at - size);
        const before = at - size > 0 ? items[start] : undefined;
        expect(database.value({ paginate: json, size, before: cursor(item) })).toEqual({
          ...(before === undefined ? {} : { before: cursor(before) }),
          after: cursor(item),
          data: items.slice(start, at).map(shown),
        });
      }
      expect(database.value({ count: json })).toBe(items.length);
    }),
    { numRuns: Number(process.env['RUNS'] ?? 200) },
  );
  expect(elementCount).toBeGreaterThan(100);
  expect(fullPages).toBeGreaterThan(20);
});
