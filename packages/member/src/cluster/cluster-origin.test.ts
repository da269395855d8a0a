import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asSequence } from '@skein/base';
import type { Operation } from '@skein/oplog';
import { SimEtcd, type SimEtcdConnection } from '@skein/oplog/testing';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { noteFetchedFromCluster, type OriginOptions, settleOrigin } from './cluster-origin.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** `history`: two journals of the same one have the same operations. */
function journalOf(length: number, history: string): OriginOptions['journal'] {
  const at = (sequence: number): Operation => ({
    application: 'app',
    operationId: `${history} ${sequence}`,
    proposedAtMs: sequence,
    payload: Uint8Array.of(1),
    sequence: asSequence(sequence),
  });
  return {
    firstSequence: asSequence(1),
    lastSequence: asSequence(length),
    async *follow(from) {
      for (let sequence: number = from; sequence <= length; sequence++) yield [at(sequence)];
    },
  };
}

interface Machine {
  readonly dataFolder: string;
  readonly settled: Promise<void>;
  readonly etcd: SimEtcdConnection;
}

function start(
  sim: SimEtcd,
  member: string,
  change: Partial<OriginOptions> & { readonly dataFolder?: string } = {},
): Machine {
  const dataFolder = change.dataFolder ?? mkdtempSync(join(tmpdir(), 'skein-origin-'));
  folders.push(dataFolder);
  const etcd = sim.connect(member);
  const settled = settleOrigin({
    etcd,
    dataFolder,
    journal: journalOf(0, ''),
    member,
    members: ['a', 'b', 'c'],
    log: () => undefined,
    pauseMs: 5,
    ...change,
  });
  // Looked at later.
  settled.catch(() => undefined);
  return { dataFolder, settled, etcd };
}

function idOf({ dataFolder }: Machine): unknown {
  return (JSON.parse(readFileSync(join(dataFolder, 'cluster.json'), 'utf8')) as { id: unknown }).id;
}

function trimmed(sim: SimEtcd): unknown {
  const value = sim.get('skein/trimmed')?.value;
  return value === undefined ? undefined : JSON.parse(value);
}

describe('a cluster', () => {
  test('of empty members begins once, with nothing', async () => {
    const sim = new SimEtcd();
    const machines = ['a', 'b', 'c'].map((name) => start(sim, name));
    await Promise.all(machines.map(({ settled }) => settled));
    expect(new Set(machines.map(idOf)).size).toBe(1);
    expect(idOf(machines[0]!)).toMatch(/^[\w-]{16}$/);
    expect(trimmed(sim)).toBeUndefined();
    expect(sim.get('skein/origin/a')).toBeUndefined();
  });

  test('begins behind the operations that one of its members brings, whichever it is', async () => {
    const sim = new SimEtcd();
    const machines = ['a', 'b', 'c'].map((name) =>
      start(sim, name, name === 'c' ? { journal: journalOf(27, 'backup') } : {}),
    );
    await Promise.all(machines.map(({ settled }) => settled));
    expect(trimmed(sim)).toEqual({ revision: 0, sequence: 27 });
    expect(new Set(machines.map(idOf)).size).toBe(1);
  });

  test('begins with the same backup on all members', async () => {
    const sim = new SimEtcd();
    const machines = ['a', 'b', 'c'].map((name) => start(sim, name, { journal: journalOf(27, 'backup') }));
    await Promise.all(machines.map(({ settled }) => settled));
    expect(trimmed(sim)).toEqual({ revision: 0, sequence: 27 });
  });

  test('does not take a member that brings other operations, were they as many', async () => {
    const sim = new SimEtcd();
    const [a, b, c] = [
      start(sim, 'a', { journal: journalOf(27, 'backup') }),
      start(sim, 'b', { journal: journalOf(27, 'of its own') }),
      start(sim, 'c', { journal: journalOf(5, 'backup') }),
    ];
    await a.settled;
    await expect(b.settled).rejects.toThrow('27 operations that are not of this cluster');
    await expect(c.settled).rejects.toThrow('move the folder away');
    expect(() => idOf(b)).toThrow('ENOENT');
    const later = start(sim, 'b');
    await later.settled;
    expect(idOf(later)).toBe(idOf(a));
  });

  test('does not wait for ever for members that tell nothing', async () => {
    const sim = new SimEtcd();
    const b = start(sim, 'b', { waitMsMax: 150 });
    await b.settled;
    const late = start(sim, 'a', { journal: journalOf(3, 'late') });
    await expect(late.settled).rejects.toThrow('3 operations that are not of this cluster');
  });

  test('begins though who was to begin it is gone', async () => {
    const sim = new SimEtcd();
    const gone = new AbortController();
    const a = start(sim, 'a', { signal: gone.signal });
    while (sim.get('skein/origin/a') === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    gone.abort();
    await a.settled;
    const b = start(sim, 'b', { waitMsMax: 50 });
    await b.settled;
    expect(idOf(b)).toBeTypeOf('string');
    expect(() => idOf(a)).toThrow('ENOENT');
  });

  test('takes what was fetched from its members', async () => {
    const sim = new SimEtcd();
    const three = ['a', 'b', 'c'].map((name) => start(sim, name));
    await Promise.all(three.map(({ settled }) => settled));
    const dataFolder = mkdtempSync(join(tmpdir(), 'skein-origin-'));
    noteFetchedFromCluster(dataFolder);
    const wiped = start(sim, 'c', { dataFolder, journal: journalOf(900, 'fetched') });
    await wiped.settled;
    expect(idOf(wiped)).toBe(idOf(three[0]!));
    // It is settled: neither the note nor another start changes that.
    noteFetchedFromCluster(dataFolder);
    expect(idOf(wiped)).toBe(idOf(three[0]!));
  });

  test('is not asked again by a folder that belongs to it', async () => {
    const sim = new SimEtcd();
    const first = start(sim, 'a', { members: ['a'] });
    await first.settled;
    const again = start(new SimEtcd(), 'a', {
      dataFolder: first.dataFolder,
      journal: journalOf(5, 'since then'),
    });
    again.etcd.cut = true;
    await again.settled;
    expect(idOf(again)).toBe(idOf(first));
  });

  test('does not find entries of another one in its folders', async () => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'skein-origin-'));
    mkdirSync(join(dataFolder, 'entries'));
    const first = start(new SimEtcd(), 'a', { members: ['a'], dataFolder });
    await first.settled;
    expect(readdirSync(dataFolder)).toEqual(['cluster.json']);
    mkdirSync(join(dataFolder, 'entries'));
    await start(new SimEtcd(), 'a', { members: ['a'], dataFolder }).settled;
    expect(readdirSync(dataFolder)).toEqual(['cluster.json', 'entries']);
  });

  test('does not begin where etcd holds an order already', async () => {
    const sim = new SimEtcd();
    await sim.connect('x').transaction({
      compare: [],
      then: [{ kind: 'put', key: 'skein/trimmed', value: '{"revision":1,"sequence":7}' }],
    });
    await expect(start(sim, 'a').settled).rejects.toThrow('etcd holds operations');
  });

  test('begins once, whatever answers are lost and however members take turns', async () => {
    const member = fc.record({ length: fc.constantFrom(0, 0, 4, 9), loses: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(fc.tuple(member, member, member), async (given) => {
        const sim = new SimEtcd();
        const machines = given.map(({ length, loses }, at) => {
          const machine = start(sim, 'abc'[at]!, { journal: journalOf(length, 'one') });
          let calls = 0;
          machine.etcd.delay = async () => {
            machine.etcd.loseAnswers = calls++ < 2 * loses;
          };
          return machine;
        });
        const outcomes = await Promise.allSettled(machines.map(({ settled }) => settled));
        const longest = Math.max(...given.map(({ length }) => length));
        const origin = JSON.parse(sim.get('skein/cluster')?.value ?? '') as { sequence: number };
        expect(origin.sequence).toBe(longest);
        expect(trimmed(sim)).toEqual(longest === 0 ? undefined : { revision: 0, sequence: longest });
        given.forEach(({ length }, at) => {
          expect(outcomes[at]?.status).toBe(length === 0 || length === longest ? 'fulfilled' : 'rejected');
        });
      }),
      { numRuns: 30 },
    );
  });
});
