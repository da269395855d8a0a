import { asSequence } from '@skein/base';
import { afterEach, describe, expect, test } from 'vitest';
import type { Operation, OperationLog, ProposedOperation } from './operation-log.ts';

export interface LogUnderTest {
  readonly log: OperationLog;
  /** Closes the log and opens it again on the same storage. */
  reopen(): Promise<OperationLog>;
  cleanUp(): Promise<void>;
}

export function proposed(text: string): ProposedOperation {
  return {
    application: 'app',
    operationId: `id-${text.slice(0, 20)}`,
    proposedAtMs: 1_700_000_000_123,
    payload: Buffer.from(text),
  };
}

/** The first `count` operations from `from` on. */
export async function take(log: OperationLog, from: number, count: number): Promise<readonly Operation[]> {
  const operations: Operation[] = [];
  if (count === 0) return operations;
  for await (const some of log.follow(asSequence(from))) {
    operations.push(...some);
    if (operations.length >= count) break;
  }
  return operations;
}

export function textOf(operation: Operation): string {
  return Buffer.from(operation.payload).toString();
}

/** What every `OperationLog` promises. */
export function operationLogContract(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`${name} keeps the contract of OperationLog`, () => {
    const opened: LogUnderTest[] = [];
    const openOne = async (): Promise<LogUnderTest> => {
      const one = await open();
      opened.push(one);
      return one;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.cleanUp();
    });

    test('sequences start at 1, are adjacent inside a batch, and follow the order of calls', async () => {
      const { log } = await openOne();
      const ranges = await Promise.all([
        log.append([proposed('a'), proposed('b')]),
        log.append([proposed('c')]),
        log.append([proposed('d'), proposed('e'), proposed('f')]),
      ]);
      expect(ranges).toEqual([
        { first: 1, last: 2 },
        { first: 3, last: 3 },
        { first: 4, last: 6 },
      ]);
      expect(log.lastSequence).toBe(6);
    });

    test('what was appended is followed unchanged, from any place', async () => {
      const { log } = await openOne();
      await log.append([proposed('one'), proposed('zwei €'), proposed('')]);
      const [first] = await take(log, 1, 3);
      expect(first).toMatchObject({
        sequence: 1,
        application: 'app',
        operationId: 'id-one',
        proposedAtMs: 1_700_000_000_123,
      });
      expect((await take(log, 2, 2)).map(textOf)).toEqual(['zwei €', '']);
    });

    test('a follower waits for what comes, and ends when it is told to', async () => {
      const { log } = await openOne();
      const stop = new AbortController();
      const seen: string[] = [];
      const following = (async () => {
        for await (const some of log.follow(asSequence(1), stop.signal)) {
          seen.push(...some.map(textOf));
          if (seen.length === 3) stop.abort();
        }
      })();
      await log.append([proposed('a')]);
      await log.append([proposed('b')]);
      await log.append([proposed('c')]);
      await following;
      expect(seen).toEqual(['a', 'b', 'c']);
    });

    test('a follower ends when the log closes', async () => {
      const { log } = await openOne();
      const following = (async () => {
        for await (const some of log.follow(asSequence(1))) expect(some).toEqual([]);
      })();
      await log.close();
      await following;
    });

    test('operations and the next sequence survive a restart', async () => {
      const one = await openOne();
      await one.log.append([proposed('a'), proposed('b')]);
      const again = await one.reopen();
      expect(again.lastSequence).toBe(2);
      expect(await again.append([proposed('c')])).toEqual({ first: 3, last: 3 });
      expect((await take(again, 1, 3)).map(textOf)).toEqual(['a', 'b', 'c']);
    });

    test('releasing everything neither loses later operations nor reuses sequences', async () => {
      const one = await openOne();
      for (const text of ['a', 'b', 'c', 'd']) await one.log.append([proposed(text)]);
      await one.log.release(asSequence(4));
      const again = await one.reopen();
      expect(await again.append([proposed('e')])).toEqual({ first: 5, last: 5 });
      expect((await take(again, 5, 1)).map(textOf)).toEqual(['e']);
    });

    test('an append to a closed log is refused', async () => {
      const { log } = await openOne();
      await log.close();
      await expect(log.append([proposed('a')])).rejects.toMatchObject({
        code: 'log-closed',
        outcome: 'refused',
      });
    });
  });
}
