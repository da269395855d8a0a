/**
 * The published way of scaling writes, statement by statement as its tutorial prints them, sent by the driver:
 *   1. The index by time, and a page of the events after a moment.
 *   2. The function that gives the events after a snapshot; an integer moves in microseconds.
 *   3. In strict mode the same call fails as it did in Fauna, and what worked there works in both.
 */
import { type RunningSkein, startSkein } from '@skein/testkit';
import { type Client, errors, query as q, type values } from 'faunadb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { closeDrivers, driver, failure } from './clients.ts';

const {
  Add,
  Call,
  Collection,
  Create,
  CreateCollection,
  CreateFunction,
  CreateIndex,
  Epoch,
  Function,
  Get,
  Index,
  Insert,
  Lambda,
  Match,
  Paginate,
  Query,
  Ref,
  Select,
  TimeAdd,
  TimeSubtract,
  ToMicros,
  Update,
  Var,
} = q;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

/** The moments that the tutorial's pages show, with one event before each of them and one after. */
const EVENTS = [
  [1630107062480000, 'a', 12],
  [1630107062480001, 'b', 7],
  [1630107062490000, 'a', 30],
  [1639768939970000, 'c', 1],
  [1639768939970001, 'c', 2],
  [1639768939990000, 'b', 8],
] as const;
const SNAPSHOT = 1639768939970000;

interface Page {
  readonly before?: unknown[];
  readonly after?: unknown[];
  readonly data: unknown[];
}

let skein: RunningSkein;
let strict: RunningSkein;
beforeAll(async () => {
  [skein, strict] = await Promise.all([
    startSkein({ env: { SKEIN_QUERY_PROCESSES: '1' } }),
    startSkein({ env: { SKEIN_QUERY_PROCESSES: '1', SKEIN_FQL_STRICT_TEMPORAL: '1' } }),
  ]);
  await Promise.all([skein, strict].map((server) => prepare(driver(server))));
});
afterAll(async () => {
  await closeDrivers();
  await Promise.all([skein?.stop(), strict?.stop()]);
});

async function prepare(client: Client): Promise<void> {
  await client.query(CreateCollection({ name: 'eventsLog' }));
  for (const [at, [ts, user, bytesUploaded]] of EVENTS.entries()) {
    const ref = Ref(Collection('eventsLog'), String(at + 1));
    await client.query(Insert(ref, ts, 'create', { data: { user, bytesUploaded } }));
  }
  await client.query(
    CreateIndex({
      name: 'events_by_ts',
      source: Collection('eventsLog'),
      values: [{ field: ['ts'] }, { field: ['data', 'user'] }, { field: ['data', 'bytesUploaded'] }],
    }),
  );
  await client.query(
    CreateFunction({
      name: 'findLatestEvents',
      body: Query(
        Lambda('ts', Paginate(Match(Index('events_by_ts')), { after: TimeAdd(Var('ts'), 1, 'microsecond') })),
      ),
    }),
  );
}

test('1: the index is built at once and says what it holds', async () => {
  const index = await driver(skein).query<Record<string, unknown>>(Get(Index('events_by_ts')));
  expect(index).toMatchObject({
    name: 'events_by_ts',
    active: true,
    serialized: true,
    partitions: 8,
    values: [{ field: ['ts'] }, { field: ['data', 'user'] }, { field: ['data', 'bytesUploaded'] }],
  });
});

test.each(['skein', 'strict'] as const)(
  '1: a page after a moment begins at that moment (%s)',
  async (which) => {
    const client = driver(which === 'skein' ? skein : strict);
    const page = await client.query<Page>(
      Paginate(Match(Index('events_by_ts')), { after: 1630107062480001 }),
    );
    expect(page).toEqual({ before: [1630107062480001], data: EVENTS.slice(1) });
    expect(Object.keys(page)).toEqual(['before', 'data']);
  },
);

test('1: more than a page leads on by a cursor of time, user, bytes and ref', async () => {
  const client = driver(skein);
  const set = Match(Index('events_by_ts'));
  const page = await client.query<Page>(Paginate(set, { after: 1630107062480001, size: 2 }));
  expect(page.before).toEqual([1630107062480001]);
  expect(page.data).toEqual(EVENTS.slice(1, 3));
  const [ts, user, bytes, ref] = page.after as [number, string, number, values.Ref];
  expect([ts, user, bytes, ref.id]).toEqual([...EVENTS[3], '4']);
  const next = await client.query<Page>(Paginate(set, { after: page.after, size: 64 }));
  expect(next).toEqual({ before: page.after, data: EVENTS.slice(3) });
});

test('2: the function gives what came after the snapshot', async () => {
  const client = driver(skein);
  const page = await client.query<Page>(Call('findLatestEvents', SNAPSHOT));
  expect(page).toEqual({ before: [SNAPSHOT + 1], data: EVENTS.slice(4) });
  expect(await client.query<Page>(Call(Function('findLatestEvents'), SNAPSHOT))).toEqual(page);
  expect(await client.query<Page>(Call('findLatestEvents', EVENTS.at(-1)![0]))).toEqual({
    before: [EVENTS.at(-1)![0] + 1],
    data: [],
  });
});

test('2: an event of now is found by the time of the one before it', async () => {
  const client = driver(skein);
  const write = (data: object): Promise<values.Document> =>
    client.query<values.Document>(Create(Collection('eventsLog'), { data }));
  const first = await write({ user: 'x', bytesUploaded: 1 });
  const second = await write({ user: 'x', bytesUploaded: 2 });
  const page = await client.query<Page>(Call('findLatestEvents', first.ts));
  expect(page).toEqual({ before: [first.ts + 1], data: [[second.ts, 'x', 2]] });
});

test('2: integers move in microseconds, forward and back, and stay integers', async () => {
  const client = driver(skein);
  expect(
    await client.query([
      TimeAdd(SNAPSHOT, 1, 'microsecond'),
      TimeSubtract(SNAPSHOT, 1, 'microseconds'),
      TimeAdd(SNAPSHOT, 1, 'day'),
    ]),
  ).toEqual([SNAPSHOT + 1, SNAPSHOT - 1, SNAPSHOT + 86_400_000_000]);
});

test('3: in strict mode the call fails as in Fauna', async () => {
  const client = driver(strict);
  const error = await failure(client.query(Call('findLatestEvents', SNAPSHOT)));
  expect(error).toBeInstanceOf(errors.BadRequest);
  expect(error.message).toBe('call error');
  expect(error.errors()).toEqual([
    {
      position: [],
      code: 'call error',
      description: 'Calling the function resulted in an error.',
      cause: [
        {
          position: ['expr', 'after', 'time_add'],
          code: 'invalid argument',
          description: 'Temporal expected, Integer provided.',
        },
      ],
    },
  ]);
});

test.each(['skein', 'strict'] as const)('3: what worked in Fauna works (%s)', async (which) => {
  const client = driver(which === 'skein' ? skein : strict);
  for (const after of [
    Add(Var('ts'), 1),
    ToMicros(TimeAdd(Epoch(Var('ts'), 'microseconds'), 1, 'microseconds')),
  ]) {
    await client.query(
      Update(Function('findLatestEvents'), {
        body: Query(Lambda('ts', Paginate(Match(Index('events_by_ts')), { after, size: 2 }))),
      }),
    );
    const page = await client.query<Page>(Call('findLatestEvents', SNAPSHOT));
    expect(page).toMatchObject({ before: [SNAPSHOT + 1], data: EVENTS.slice(4) });
  }
  // A time is past every number: Fauna's second trap.
  const time = Epoch(SNAPSHOT, 'microseconds');
  const none = await client.query(Select('data', Paginate(Match(Index('events_by_ts')), { after: time })));
  expect(none).toEqual([]);
});
