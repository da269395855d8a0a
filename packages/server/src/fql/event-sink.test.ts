/** What waits for clients is bounded, for each and for all together. */
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { EventBudget, EventSink, type EventSinkEnd } from './event-sink.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Takes what is written when it is told to. */
class Client extends EventEmitter {
  readonly written: string[] = [];
  readonly #callbacks: (() => void)[] = [];
  isEnded = false;

  write(text: string, taken: () => void): boolean {
    this.written.push(text);
    this.#callbacks.push(taken);
    return true;
  }

  end(): void {
    this.isEnded = true;
  }

  destroy(): void {
    this.take(this.#callbacks.length);
    this.emit('close');
  }

  take(count: number): void {
    for (const taken of this.#callbacks.splice(0, count)) taken();
  }
}

function opened(budget: EventBudget): { client: Client; sink: EventSink; ends: EventSinkEnd[] } {
  const client = new Client();
  const ends: EventSinkEnd[] = [];
  const response = client as unknown as ServerResponse;
  const sink = new EventSink({
    response,
    budget,
    time: 7,
    stuckMsMax: 2_000,
    onEnd: (how) => ends.push(how),
  });
  return { client, sink, ends };
}

const LARGE = `{"type":"version","txn":9,"event":"${'x'.repeat(400_000)}"}`;

test('a client that does not read is ended at its own bound, with the time of the last event', async () => {
  const budget = new EventBudget(1e9);
  const { client, sink, ends } = opened(budget);
  for (let at = 0; at < 2; at++) {
    expect(sink.room(LARGE)).toBeUndefined();
    expect(sink.write(LARGE)).toBe(true);
  }
  const room = sink.room(LARGE);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(ends).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  await room;
  expect(sink.write(LARGE)).toBe(false);
  expect(ends).toEqual(['overflow']);
  expect(client.written.at(-1)).toMatch(/^\{"type":"error","txn":9,"event":\{"code":"resources exceeded"/);
  expect(client.isEnded).toBe(true);
  expect(budget.heldBytes).toBeGreaterThan(800_000);
  vi.advanceTimersByTime(5_000);
  expect(budget.heldBytes).toBe(0);
  expect(budget.streamCount).toBe(0);
});

test('a burst ends nobody who reads', async () => {
  const { client, sink, ends } = opened(new EventBudget(1e9));
  for (let at = 0; at < 30; at++) {
    const room = sink.room(LARGE);
    if (room !== undefined) {
      await vi.advanceTimersByTimeAsync(1_000);
      client.take(1);
      await room;
    }
    expect(sink.write(LARGE)).toBe(true);
    expect(sink.waitingBytes).toBeLessThan(1024 * 1024);
  }
  expect(ends).toEqual([]);
});

test('one event larger than everything is let through when nothing else waits', () => {
  const { sink } = opened(new EventBudget(1_000));
  expect(sink.room(LARGE)).toBeUndefined();
  expect(sink.write(LARGE)).toBe(true);
});

test('when the process holds all it may, those who read are waited for', async () => {
  const budget = new EventBudget(1_000_000);
  const [a, b, c] = [opened(budget), opened(budget), opened(budget)];
  for (const { sink } of [a, b]) sink.write(LARGE);
  let hasRoom = false;
  const room = c.sink.room(LARGE)?.then(() => {
    hasRoom = true;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(hasRoom).toBe(false);
  a.client.take(1);
  await room;
  expect(c.sink.write(LARGE)).toBe(true);
  expect([...a.ends, ...b.ends, ...c.ends]).toEqual([]);
  expect(budget.heldBytes).toBeLessThanOrEqual(budget.bytesMax);
});

test('those who take nothing meanwhile are ended, and nobody else', async () => {
  const budget = new EventBudget(1_000_000);
  const [stuck, slow, waiting] = [opened(budget), opened(budget), opened(budget)];
  stuck.sink.write(LARGE);
  for (let at = 0; at < 20; at++) slow.sink.write('{"type":"version","txn":9}');
  slow.sink.write(LARGE);
  const room = waiting.sink.room(LARGE);
  for (let at = 0; at < 10; at++) {
    await vi.advanceTimersByTimeAsync(1_000);
    slow.client.take(1);
  }
  await room;
  expect([stuck.ends, slow.ends, waiting.ends]).toEqual([['overflow'], [], []]);
});

test('a stream that ends waits no longer', async () => {
  const budget = new EventBudget(1_000);
  const [other, ended] = [opened(budget), opened(budget)];
  other.sink.write(LARGE);
  const room = ended.sink.room(LARGE);
  ended.client.emit('close');
  await room;
  expect(ended.sink.write(LARGE)).toBe(false);
});
