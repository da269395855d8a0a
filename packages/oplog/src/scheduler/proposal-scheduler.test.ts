import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OperationLogError, type ProposedOperation } from '../operation-log.ts';
import { ProposalScheduler, type ProposalSchedulerOptions } from './proposal-scheduler.ts';
import { SimLog, type SimLogOptions } from './sim-log.ts';
import { SimTime } from './sim-time.ts';

interface Setup {
  readonly time: SimTime;
  readonly log: SimLog;
  readonly scheduler: ProposalScheduler;
}

function setUp(options: ProposalSchedulerOptions = {}, logOptions: Partial<SimLogOptions> = {}): Setup {
  const time = new SimTime();
  const log = new SimLog({ time, random: () => 0.5, latencyMs: 10, bytesPerMs: 100_000, ...logOptions });
  return { time, log, scheduler: new ProposalScheduler(log, { time, ...options }) };
}

function operation(application: string, operationId = 'id', bytes = 100): ProposedOperation {
  return { application, operationId, proposedAtMs: 1, payload: new Uint8Array(bytes) };
}

/** What becomes of a submission, as text. */
async function outcome(submitted: Promise<number>): Promise<string> {
  try {
    return `sequence ${await submitted}`;
  } catch (error) {
    if (!(error instanceof OperationLogError)) throw error;
    return `${error.outcome}: ${error.code}`;
  }
}

test('what is submitted in the same turn shares one append, and each learns its own sequence', async () => {
  const { time, log, scheduler } = setUp();
  const submitted = ['A', 'B', 'A'].map((application) => outcome(scheduler.submit(operation(application))));
  await time.run(100);
  // A has its turn, then B.
  expect(await Promise.all(submitted)).toEqual(['sequence 1', 'sequence 3', 'sequence 2']);
  expect(log.batches).toHaveLength(1);
});

test('while appends are in flight, what comes waits and shares the next one', async () => {
  const { time, log, scheduler } = setUp({ inFlightMax: 1 });
  const first = scheduler.submit(operation('A'));
  await time.run(1);
  const later = Array.from({ length: 20 }, (_, at) => scheduler.submit(operation('A', `${at}`)));
  await time.run(100);
  expect(await first).toBe(1);
  expect(await Promise.all(later)).toEqual(later.map((_, at) => at + 2));
  expect(log.batches.map(({ length }) => length)).toEqual([1, 20]);
  expect(log.inFlightCountMost).toBe(1);
});

test('an operation that is too large is refused alone, before it waits', async () => {
  const { time, scheduler, log } = setUp({ operationBytesMax: 1_000 });
  const submitted = [100, 1_001, 1_000].map((bytes) =>
    outcome(scheduler.submit(operation('A', 'id', bytes))),
  );
  submitted.push(outcome(scheduler.submit(operation('A', 'x'.repeat(10_000)))));
  await time.run(100);
  expect(await Promise.all(submitted)).toEqual([
    'sequence 1',
    'refused: operation-too-large',
    'sequence 2',
    'refused: operation-too-large',
  ]);
  expect(log.batches).toHaveLength(1);
});

test('past the bound of its bytes an application is refused, and others are not', async () => {
  const { time, log, scheduler } = setUp({ applicationBytesMax: 10_000, queuedBytesMax: 100_000 });
  log.isStopped = true;
  const flood = Array.from({ length: 100 }, (_, at) =>
    outcome(scheduler.submit(operation('flood', `${at}`, 872))),
  );
  const other = outcome(scheduler.submit(operation('other')));
  await time.run(100);
  expect(scheduler.statistics).toMatchObject({ queuedCount: 0, inFlightCount: 1, refusedCount: 90 });
  log.goOn();
  await time.run(100);
  const outcomes = await Promise.all(flood);
  expect(outcomes.filter((each) => each === 'refused: too-many-waiting')).toHaveLength(90);
  expect(outcomes.slice(0, 10)).toEqual(Array.from({ length: 10 }, (_, at) => `sequence ${at + 1}`));
  expect(await other).toBe('sequence 11');
});

test('however many applications flood, one that had nothing waiting has room', async () => {
  const { time, log, scheduler } = setUp({ applicationBytesMax: 10_000, queuedBytesMax: 20_000 });
  const outcomes: Promise<string>[] = [];
  for (let at = 0; at < 1_000; at++)
    outcomes.push(outcome(scheduler.submit(operation(`flood-${at % 9}`, `${at}`, 72))));
  const { queuedBytes } = scheduler;
  expect(queuedBytes).toBeGreaterThan(17_000);
  expect(queuedBytes).toBeLessThanOrEqual(20_000 - 20_000 / 10);
  const other = outcome(scheduler.submit(operation('other', 'id', 1_000)));
  await time.run(1_000);
  expect(await other).toMatch('sequence');
  expect(log.operations.length).toBeGreaterThan(80);
  await Promise.all(outcomes);
});

test('one operation has room whatever the bounds, when nothing waits', async () => {
  const { time, scheduler } = setUp({ applicationBytesMax: 10, queuedBytesMax: 10 });
  const submitted = outcome(scheduler.submit(operation('A', 'id', 5_000)));
  await time.run(100);
  expect(await submitted).toBe('sequence 1');
});

test('what waits while nothing is acknowledged is refused after a time, and what comes later goes on when the log does', async () => {
  const { time, log, scheduler } = setUp({ waitMsMax: 1_000, inFlightMax: 1 });
  log.isStopped = true;
  const inFlight = outcome(scheduler.submit(operation('A', '0')));
  await time.run(1);
  const waiting = outcome(scheduler.submit(operation('A', '1')));
  await time.run(900);
  const young = outcome(scheduler.submit(operation('B', '2')));
  await time.run(200);
  expect(await waiting).toBe('refused: no-quorum');
  expect(scheduler.statistics).toMatchObject({ queuedCount: 1, refusedCount: 1 });
  log.goOn();
  await time.run(100);
  expect(await inFlight).toBe('sequence 1');
  expect(await young).toBe('sequence 2');
});

test('nobody is refused for waiting long as long as the log goes on', async () => {
  // Ten operations a second, for a minute.
  const { time, scheduler } = setUp(
    { waitMsMax: 1_000, inFlightBytesMax: 4_000 },
    { latencyMs: 0, bytesPerMs: 10 },
  );
  const outcomes = Array.from({ length: 600 }, (_, at) =>
    outcome(scheduler.submit(operation('A', `${at}`, 872))),
  );
  await time.run(120_000);
  expect(await Promise.all(outcomes)).toEqual(outcomes.map((_, at) => `sequence ${at + 1}`));
});

test.each(['refused', 'unknown'] as const)(
  'what the log says of a batch (%s) is said to each of it',
  async (failure) => {
    const { time, log, scheduler } = setUp();
    log.failure = failure;
    const failed = ['A', 'B'].map((application) => outcome(scheduler.submit(operation(application))));
    await time.run(100);
    expect(await Promise.all(failed)).toEqual([`${failure}: log-failed`, `${failure}: log-failed`]);
    log.failure = undefined;
    const next = outcome(scheduler.submit(operation('A')));
    await time.run(100);
    expect(await next).toMatch('sequence');
  },
);

test('closing lets what waits into the log, for a time', async () => {
  const { time, log, scheduler } = setUp({ inFlightMax: 1 });
  const outcomes = [outcome(scheduler.submit(operation('A')))];
  await time.run(1);
  outcomes.push(outcome(scheduler.submit(operation('A'))));
  const closing = scheduler.close();
  outcomes.push(outcome(scheduler.submit(operation('A'))));
  await time.run(100);
  await closing;
  expect(await Promise.all(outcomes)).toEqual(['sequence 1', 'sequence 2', 'refused: log-closed']);

  const stopped = setUp({ inFlightMax: 1 });
  stopped.log.isStopped = true;
  const inFlight = outcome(stopped.scheduler.submit(operation('A')));
  await stopped.time.run(1);
  const waiting = outcome(stopped.scheduler.submit(operation('A')));
  const closed = stopped.scheduler.close(500);
  await stopped.time.run(600);
  expect(await waiting).toBe('refused: log-closed');
  stopped.log.goOn();
  await closed;
  expect(await inFlight).toBe('sequence 1');
  expect(log.operations).toHaveLength(2);
});

test('statistics tell who waits, and for how long', async () => {
  const { time, log, scheduler } = setUp({ inFlightMax: 1 });
  void scheduler.submit(operation('A'));
  await time.run(1);
  for (let at = 0; at < 3; at++) void scheduler.submit(operation('B', `${at}`, 1_000));
  void scheduler.submit(operation('C'));
  expect(scheduler.statistics).toMatchObject({
    queuedCount: 4,
    queuedBytes: 3 * 1_128 + 228,
    inFlightCount: 1,
    batchCount: 1,
    submittedCount: 5,
    applications: [
      { application: 'B', bytes: 3 * 1_128, count: 3 },
      { application: 'C', bytes: 228, count: 1 },
    ],
  });
  await time.run(100);
  expect(scheduler.statistics).toMatchObject({ queuedCount: 0, inFlightCount: 0, applications: [] });
  expect(scheduler.statistics.waitMsP50).toBeCloseTo(9, 0);
  expect(log.operations).toHaveLength(5);
});

test('whatever the log does, each operation is in it once, in the order of its application, where its answer says', async () => {
  const submission = fc.record({
    afterMs: fc.integer({ min: 0, max: 30 }),
    application: fc.constantFrom('A', 'B', 'C'),
    bytes: fc.integer({ min: 0, max: 3_000 }),
    log: fc.constantFrom('works', 'works', 'works', 'refused', 'unknown', 'stops'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(submission, { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(),
      async (submissions, inFlightMax, seed) => {
        const { time, log, scheduler } = setUp(
          {
            inFlightMax,
            waitMsMax: 100,
            applicationBytesMax: 8_000,
            queuedBytesMax: 20_000,
            inFlightBytesMax: 4_000,
          },
          { random: randomFrom(seed), bytesPerMs: 500 },
        );
        const answers: Promise<string>[] = [];
        for (const [at, { afterMs, application, bytes, log: state }] of submissions.entries()) {
          await time.run(afterMs);
          log.failure = state === 'refused' || state === 'unknown' ? state : undefined;
          if (state === 'stops') log.isStopped = true;
          else log.goOn();
          answers.push(outcome(scheduler.submit(operation(application, `${at}`, bytes))));
        }
        log.failure = undefined;
        log.goOn();
        await time.run(10_000);
        expect(log.inFlightCountMost).toBeLessThanOrEqual(inFlightMax);
        const places = new Map(log.operations.map((each) => [each.operationId, each.sequence]));
        expect(places.size).toBe(log.operations.length);
        const lastPlaces = new Map<string, number>();
        for (const [at, answer] of (await Promise.all(answers)).entries()) {
          const place = places.get(`${at}`);
          if (answer.startsWith('sequence')) expect(answer).toBe(`sequence ${place}`);
          if (answer.startsWith('refused')) expect(place).toBeUndefined();
          if (place === undefined) continue;
          const { application } = submissions[at]!;
          expect(place).toBeGreaterThan(lastPlaces.get(application) ?? 0);
          lastPlaces.set(application, place);
        }
        expect(scheduler.statistics).toMatchObject({ queuedCount: 0, queuedBytes: 0, inFlightCount: 0 });
      },
    ),
  );
});

function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
