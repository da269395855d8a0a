/** Random faults over three members; `SEED=123` replays one run, `ROUNDS=1000` asks for more of them. */
import { describe, expect, test } from 'vitest';
import { type Reached, type SimulationBug, simulate } from '../testing/log-simulation.ts';
import type { EtcdLogOptions } from './etcd-log-options.ts';
import { pause } from './pause.ts';
import type { PeerPort } from './peer-port.ts';

const rounds = Number(process.env['ROUNDS'] ?? 120);
const onlySeed = process.env['SEED'];
/** Runs in which a planted bug has to be found. */
const BUG_ROUNDS_MAX = 300;
const NEVER = new AbortController().signal;

test('promises of the log hold under faults of etcd, lines, disks and processes', async () => {
  const reached: Reached = {
    acknowledged: 0,
    refused: 0,
    'unknown, and there': 0,
    'unknown, and absent': 0,
    'cut from etcd': 0,
    'lost answers': 0,
    'late requests': 0,
    'requests outlived their process': 0,
    'etcd is full': 0,
    'compacted under a watch': 0,
    'cut between members': 0,
    crash: 0,
    'power loss of all': 0,
    'torn tail': 0,
    'slow disk': 0,
    'disk is full': 0,
    wiped: 0,
    released: 0,
    checkpoint: 0,
  };
  const seeds =
    onlySeed === undefined ? Array.from({ length: rounds }, (_, at) => at + 1) : [Number(onlySeed)];
  for (const seed of seeds) {
    try {
      await simulate({ seed, reached });
    } catch (error) {
      throw new Error(`replay with SEED=${seed}: ${String(error)}`, { cause: error });
    }
  }
  if (onlySeed !== undefined) return;
  for (const [what, count] of Object.entries(reached)) {
    expect(count, `${what} was never reached`).toBeGreaterThan(0);
  }
}, 600_000);

describe('a planted bug is found:', () => {
  const claims = (bug: SimulationBug) => async (): Promise<void> => {
    for (let seed = 1; seed <= BUG_ROUNDS_MAX; seed++) {
      try {
        await simulate({ seed, reached: {}, bug });
      } catch (error) {
        // What the simulation says of a broken promise, not any defect of the test.
        expect(error).toMatchObject({ name: 'BrokenPromise' });
        return;
      }
    }
    expect.unreachable(`${BUG_ROUNDS_MAX} runs did not find it`);
  };
  const changing = (change: SimulationBug['change']): (() => Promise<void>) => claims({ change });

  test('ordering before the second member has synced the entry', changing(countSentAsSynced));
  test('trimming what members have counted, but not in their journals', changing(trimEarly));
  test('writing an entry into the journal twice', changing(journalTwice));
  test('collecting an entry that is ordered later', changing(collectEarly));
  test('acknowledging before the order is known', claims({ acknowledgesAfterMs: 50 }));
}, 120_000);

function countSentAsSynced(options: EtcdLogOptions): EtcdLogOptions {
  const lie = (peer: PeerPort): PeerPort => ({
    member: peer.member,
    connected: true,
    fetchEntry: (id, range) => peer.fetchEntry(id, range),
    readJournal: (from, bytesMax) => peer.readJournal(from, bytesMax),
    storeEntry: async (id, payload) => {
      peer.storeEntry(id, payload).catch(() => {});
    },
  });
  return {
    ...options,
    peer: (other) => {
      const peer = options.peer(other);
      return peer === undefined ? undefined : lie(peer);
    },
  };
}

function trimEarly(
  options: EtcdLogOptions,
  {
    etcd,
    below,
  }: { readonly etcd: { readonly revision: number }; readonly below: (limit: number) => number },
): EtcdLogOptions {
  const { journal, describe: status } = options;
  // Journals are slow, so that being counted and being written are far apart.
  const append = journal.append.bind(journal);
  journal.append = async (batch) => {
    await pause(below(600), NEVER);
    return append(batch);
  };
  return {
    ...options,
    describe: (log) => ({ ...status(log), journaled: log.journaled + 10 * etcd.revision }),
  };
}

function journalTwice(
  options: EtcdLogOptions,
  { below }: { readonly below: (limit: number) => number },
): EtcdLogOptions {
  const { journal } = options;
  const append = journal.append.bind(journal);
  journal.append = async (batch) => {
    const range = await append(batch);
    if (below(50) === 0) await append(batch);
    return range;
  };
  return options;
}

function collectEarly(options: EtcdLogOptions): EtcdLogOptions {
  const { entries } = options;
  const add = entries.add.bind(entries);
  entries.add = async (id, payload) => {
    await add(id, payload);
    await entries.drop([id]);
  };
  return options;
}
