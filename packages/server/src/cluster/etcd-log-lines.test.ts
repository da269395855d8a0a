import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { EtcdLogLines } from './etcd-log-lines.ts';

interface Told {
  readonly level: number;
  readonly msg: string;
  readonly withheld?: number;
}

function lines(): {
  readonly told: Told[];
  readonly clock: { nowMs: number };
  readonly reader: EtcdLogLines;
} {
  const told: Told[] = [];
  const clock = { nowMs: 0 };
  const log = pino({ level: 'trace' }, { write: (line: string) => void told.push(JSON.parse(line) as Told) });
  return { told, clock, reader: new EtcdLogLines(log, () => clock.nowMs) };
}

const line = (level: string, msg: string): string => `${JSON.stringify({ level, msg, caller: 'x.go:1' })}\n`;

test('information is for who looks for it; warnings that repeat are told once in a while, with their number', () => {
  const { told, clock, reader } = lines();
  reader.push(line('info', 'elected'));
  for (let count = 0; count < 5; count++) reader.push(line('warn', 'prober detected unhealthy status'));
  clock.nowMs = 10_000;
  reader.push(line('warn', 'prober detected unhealthy status'));
  expect(told.map(({ level, msg, withheld }) => [level, msg, withheld])).toEqual([
    [20, 'elected', undefined],
    [40, 'prober detected unhealthy status', undefined],
    [40, 'prober detected unhealthy status', 4],
  ]);
});

test('what keeps it from running is noticed: it was taken out, or its data are damaged', () => {
  const { reader } = lines();
  expect([reader.removed, reader.damaged, reader.serves]).toEqual([false, false, false]);
  reader.push(line('info', 'ready to serve client requests'));
  reader.push(line('warn', 'the member has been permanently removed from the cluster'));
  reader.push('{"level":"fatal","msg":"failed to read WAL","error":"walpb: crc mismatch"}\n');
  expect([reader.removed, reader.damaged, reader.serves]).toEqual([true, true, true]);
  expect(reader.lastError).toBe('failed to read WAL: walpb: crc mismatch');
});

test('each way in which a damaged log ends etcd is known', () => {
  const errors = [
    'walpb: crc mismatch',
    'wal: max entry size limit exceeded',
    'proto: wrong wireType = 3 for field Data',
    'unexpected EOF',
  ];
  for (const error of errors) {
    const { reader } = lines();
    reader.push(`${JSON.stringify({ level: 'fatal', msg: 'discovery failed', error })}\n`);
    expect(reader.damaged, error).toBe(true);
  }
  const { reader } = lines();
  reader.push(
    `${JSON.stringify({ level: 'fatal', msg: 'discovery failed', error: 'listen tcp: address already in use' })}\n`,
  );
  expect(reader.damaged).toBe(false);
});

test('of a panic, what happened is told, and where for who looks for it', () => {
  const { told, reader } = lines();
  reader.push('panic: cannot use none as id\n\ngoroutine 1 [running]:\n\traft/raft.go:331 +0xc46\n');
  expect(told.map(({ level, msg }) => [level, msg.trim()])).toEqual([
    [50, 'panic: cannot use none as id'],
    [20, 'goroutine 1 [running]:'],
    [20, 'raft/raft.go:331 +0xc46'],
  ]);
  expect(reader.damaged).toBe(true);
});

test('any output, cut anywhere, is read the same and stops nothing', () => {
  const piece = fc.constantFrom(
    line('info', 'a'),
    line('warn', 'b'),
    line('error', 'c'),
    'panic: x\n',
    '\n',
    '{"le',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), fc.integer({ min: 1, max: 20 }), (pieces, size) => {
      const text = pieces.join('');
      const [whole, cut] = [lines(), lines()];
      whole.reader.push(text);
      for (let at = 0; at < text.length; at += size) cut.reader.push(text.slice(at, at + size));
      whole.reader.end();
      cut.reader.end();
      const messages = (told: readonly Told[]): readonly string[] => told.map(({ msg }) => msg);
      expect(messages(cut.told)).toEqual(messages(whole.told));
    }),
  );
});
