/** The etcd in memory, against a real one: the same transactions get the same answers, ranges and events. */
import { etcdBinary, type RunningEtcd, startEtcd } from '@skein/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SimEtcd } from '../testing/sim-etcd.ts';
import { EtcdClient } from './etcd-client.ts';
import {
  type EtcdCompare,
  EtcdError,
  type EtcdEvent,
  type EtcdKeyValue,
  type EtcdPort,
  type EtcdWrite,
} from './etcd-port.ts';

/** Revisions and leases differ between the two by what was before; so they are told as what they were at the beginning of the run, plus this. */
type Step =
  | {
      readonly kind: 'transaction';
      readonly compare: readonly {
        readonly key: string;
        readonly target: EtcdCompare['target'];
        readonly is: number;
      }[];
      readonly then: readonly (
        | { readonly kind: 'put'; readonly key: string; readonly value: string; readonly lease: number }
        | { readonly kind: 'delete'; readonly key: string; readonly end: string | undefined }
      )[];
      readonly otherwiseGet: readonly string[];
    }
  | {
      readonly kind: 'range';
      readonly key: string;
      readonly end: string | undefined;
      readonly limit: number | undefined;
      readonly back: number | undefined;
    }
  | { readonly kind: 'grant' }
  | { readonly kind: 'keep'; readonly lease: number }
  | { readonly kind: 'revoke'; readonly lease: number }
  | { readonly kind: 'compact'; readonly back: number };

const key = fc.constantFrom('a', 'a\0', 'b', '\u{ff21}', '\u{1f980}');
const end = fc.option(fc.constantFrom('b', 'c', '\u{1f980}', '\u{10ffff}'), { nil: undefined });
const value = fc.constantFrom('', '1', '2', 'ü');
/** -1: none; 2 may have been granted by then, 9 never. */
const lease = fc.constantFrom(-1, -1, -1, 0, 1, 2, 9);
const back = fc.integer({ min: -1, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('transaction' as const),
      compare: fc.array(
        fc.record({
          key,
          target: fc.constantFrom('value' as const, 'version' as const, 'create' as const, 'mod' as const),
          is: fc.integer({ min: 0, max: 3 }),
        }),
        { maxLength: 1 },
      ),
      then: fc.array(
        fc.oneof(
          fc.record({ kind: fc.constant('put' as const), key, value, lease }),
          fc.record({ kind: fc.constant('delete' as const), key, end }),
        ),
        { maxLength: 3 },
      ),
      otherwiseGet: fc.array(key, { maxLength: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('range' as const),
      key,
      end,
      limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      back: fc.option(back, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'grant' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('keep' as const), lease }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), lease }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), back }) },
);

describe.skipIf(etcdBinary() === undefined)('SimEtcd and a real etcd', () => {
  let servers: RunningEtcd;
  let real: EtcdClient;
  let count = 0;
  beforeAll(async () => {
    servers = await startEtcd();
    real = new EtcdClient({ endpoints: servers.endpoints });
  });
  afterAll(async () => {
    real.close();
    await servers.stop();
  });

  test('answer the same steps alike, and tell the same events', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30, size: 'max' }), async (steps) => {
        const sim = new SimEtcd().connect('sim');
        const name = `run-${++count}/`;
        expect(await played(real, name, steps)).toEqual(await played(sim, name, steps));
      }),
      { numRuns: 30 },
    );
  });
});

/** What each step was answered, and then all events, in terms that do not depend on what was in etcd before. */
async function played(etcd: EtcdPort, prefix: string, steps: readonly Step[]): Promise<unknown[]> {
  const first = (await etcd.transaction({ compare: [], then: [put(`${prefix}0`, '')] })).revision;
  const leases = [await etcd.grantLease(3600), await etcd.grantLease(3600)];
  let newest = first;
  let compacted = first - 1;
  const leaseOf = (ordinal: number): string | undefined =>
    ordinal < 0 ? undefined : (leases[ordinal] ?? '7fff0001');
  const told = (kv: EtcdKeyValue): unknown => [
    kv.key.slice(prefix.length),
    kv.value,
    kv.createRevision - first,
    kv.modRevision - first,
    kv.version,
    kv.lease === undefined ? -1 : leases.indexOf(kv.lease),
  ];
  const play = async (one: Step): Promise<unknown> => {
    switch (one.kind) {
      case 'transaction': {
        const answer = await etcd.transaction({
          compare: one.compare.map((compare) => compareOf(compare, prefix, first)),
          then: one.then.map((write): EtcdWrite => {
            if (write.kind === 'put') return put(prefix + write.key, write.value, leaseOf(write.lease));
            return {
              ...write,
              key: prefix + write.key,
              end: write.end === undefined ? undefined : prefix + write.end,
            };
          }),
          otherwiseGet: one.otherwiseGet.map((name) => prefix + name),
        });
        newest = answer.revision;
        return [answer.succeeded, answer.revision - first, [...answer.found.values()].map(told)];
      }
      case 'range': {
        const range = await etcd.range(prefix + one.key, {
          end: one.end === undefined ? undefined : prefix + one.end,
          limit: one.limit,
          revision: one.back === undefined ? undefined : Math.max(first, newest - one.back),
        });
        return [range.kvs.map(told), range.more, range.revision - first];
      }
      case 'grant':
        return leases.push(await etcd.grantLease(3600));
      case 'keep':
        return etcd.keepLeaseAlive(leaseOf(one.lease) ?? '7fff0002');
      case 'revoke': {
        await etcd.revokeLease(leaseOf(one.lease) ?? '7fff0002');
        newest = (await etcd.range(prefix, {})).revision;
        return newest - first;
      }
      case 'compact': {
        const revision = Math.max(first, newest - one.back);
        await etcd.compact(revision);
        compacted = revision;
        return undefined;
      }
    }
  };
  const answers: unknown[] = [];
  for (const one of steps) answers.push(await play(one).catch(failureOf));
  await etcd.transaction({ compare: [], then: [put(`${prefix}0`, 'end')] });
  // Deletions of the compacted revision itself may be told or not.
  const events = await eventsFrom(etcd, prefix, compacted + 1);
  answers.push(
    events.map((event) =>
      event.kind === 'put' ? told(event.kv) : [event.key.slice(prefix.length), event.modRevision - first],
    ),
  );
  if (compacted > first) answers.push(await eventsFrom(etcd, prefix, compacted - 1).catch(failureOf));
  for (const one of leases) await etcd.revokeLease(one);
  return answers;
}

function compareOf(
  {
    key: name,
    target,
    is,
  }: { readonly key: string; readonly target: EtcdCompare['target']; readonly is: number },
  prefix: string,
  first: number,
): EtcdCompare {
  if (target === 'value') return { key: prefix + name, target, is: is === 0 ? '' : `${is}` };
  if (target === 'version' || is === 0) return { key: prefix + name, target, is };
  return { key: prefix + name, target, is: first + is };
}

function put(name: string, text: string, ofLease?: string): EtcdWrite {
  return { kind: 'put', key: name, value: text, lease: ofLease };
}

/** Until the last thing that is written in a run. */
async function eventsFrom(
  etcd: EtcdPort,
  prefix: string,
  fromRevision: number,
): Promise<readonly EtcdEvent[]> {
  const abort = new AbortController();
  const events: EtcdEvent[] = [];
  const range = { end: `${prefix.slice(0, -1)}0`, fromRevision };
  for await (const batch of etcd.watch(prefix, range, abort.signal)) {
    events.push(...batch.events);
    const last = events.at(-1);
    if (last?.kind === 'put' && last.kv.value === 'end') break;
  }
  abort.abort();
  return events;
}

function failureOf(error: unknown): unknown {
  if (!(error instanceof EtcdError)) throw error;
  return [error.code, error.outcome];
}
