/** Events on their way to one reader. */
import { expect, test } from 'vitest';
import { EventQueue, QueueBudget } from './event-queue.ts';

async function all(queue: EventQueue): Promise<readonly string[]> {
  const taken: string[] = [];
  for await (const event of queue) taken.push(event);
  return taken;
}

test('events come in order, before and while somebody waits, until the end', async () => {
  const queue = new EventQueue(100, new QueueBudget(1_000));
  queue.push('a');
  const taking = all(queue);
  await Promise.resolve();
  queue.push('b');
  queue.push('c');
  await Promise.resolve();
  queue.push('d');
  queue.finish('end');
  expect(queue.push('late')).toBe(false);
  expect(await taking).toEqual(['a', 'b', 'c', 'd', 'end']);
});

test('it is full at its length, lets one large event through, and has room again when events are taken', async () => {
  const queue = new EventQueue(10, new QueueBudget(1_000));
  expect(queue.push('x'.repeat(50))).toBe(true);
  expect(queue.push('y')).toBe(false);
  const events = queue[Symbol.asyncIterator]();
  expect((await events.next()).value).toHaveLength(50);
  expect([queue.push('12345'), queue.push('12345'), queue.push('1')]).toEqual([true, true, false]);
  expect([await events.next(), await events.next()].map(({ value }) => value)).toEqual(['12345', '12345']);
});

test('a failure comes after what was there; nothing comes after it was dropped', async () => {
  const failing = new EventQueue(10, new QueueBudget(1_000));
  failing.push('a');
  failing.fail(new Error('broken'));
  failing.finish();
  const events = failing[Symbol.asyncIterator]();
  expect((await events.next()).value).toBe('a');
  await expect(events.next()).rejects.toThrow('broken');
  const dropped = new EventQueue(10, new QueueBudget(1_000));
  dropped.push('a');
  dropped.drop();
  expect(await all(dropped)).toEqual([]);
});

test('all queues together are bounded; what is taken, or dropped, makes room', async () => {
  const budget = new QueueBudget(10);
  const [a, b] = [new EventQueue(100, budget), new EventQueue(100, budget)];
  expect([a.push('12345'), b.push('12345'), a.push('1'), b.push('1')]).toEqual([true, true, false, false]);
  await a[Symbol.asyncIterator]().next();
  expect([b.push('12345'), b.push('1')]).toEqual([true, false]);
  // Whoever has nothing waiting is let through.
  expect(a.push('123')).toBe(true);
  a.drop();
  b.drop();
  expect(budget.length).toBe(0);
});

test('thousands of events come in order, whenever they are taken', async () => {
  const budget = new QueueBudget(1e6);
  const queue = new EventQueue(1e6, budget);
  const taking = all(queue);
  for (let at = 0; at < 5_000; at++) {
    queue.push(String(at));
    if (at % 1_700 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  queue.finish();
  expect(await taking).toEqual(Array.from({ length: 5_000 }, (_, at) => String(at)));
  expect(budget.length).toBe(0);
});
