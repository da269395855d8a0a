/**
 * A builder that is killed at random moments, while transactions write documents of searchable collections, settings change, and indexes are
 * filled anew. In the end each index holds exactly the records of its collection. `ROUNDS=100` for the long form; `SEED` chooses the moments.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@skein/base';
import { defaultSearchQuery } from '@skein/engine';
import type { Authentication } from '@skein/fql';
import { BuilderError, Member, type Operation } from '@skein/member';
import { expect, test, vi } from 'vitest';
import { pause, randomFrom } from './random-moments.ts';

const rounds = Number(process.env['ROUNDS'] ?? 8);
const seed = Number(process.env['SEED'] ?? Date.now() % 100_000);
const APP = 'APP';
const INDEXES = ['all', 'titles'];
const root: Authentication = {
  scope: 0 as Authentication['scope'],
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};

test(
  `a builder killed ${rounds} times: indexes hold what their collection holds`,
  async () => {
    console.log(`searchable crash test: SEED=${seed} ROUNDS=${rounds}`);
    const random = randomFrom(seed);
    const folder = mkdtempSync(join(tmpdir(), 'skein-searchable-crash-'));
    const machine = new Machine(folder);
    const reached = { killedWhilePending: 0, transactions: 0, deletions: 0, refills: 0, settings: 0 };
    try {
      await machine.startBuilder();
      const member = new Member({
        dataFolder: machine.data,
        socketPath: machine.socket,
        secret: machine.secret,
        waitMsMax: 60_000,
      });
      await member.whenBuilderPresent();
      const propose = (operation: Operation): Promise<unknown> =>
        member.propose(operation, { application: APP, proposedAtMs: Date.now(), until: 'visible' });
      const query = async (expression: unknown): Promise<unknown> => {
        const { status, body } = await member.documents.transact(APP, {
          body: Buffer.from(JSON.stringify(expression)),
          authentication: root,
          strictTemporal: false,
          timeoutMs: 60_000,
        });
        if (status >= 300) throw new Error(body);
        return (JSON.parse(body) as { readonly resource: unknown }).resource;
      };
      await propose({ kind: 'createApplication' });
      await query({ create_collection: { object: { name: 'things' } } });
      const declare = (index: string, refill: boolean): Promise<unknown> =>
        query({
          create_searchable: index,
          source: 'things',
          refill,
          ...(index === 'titles' ? { attributes: { object: { title: ['data', 'title'] } } } : {}),
        });
      for (const index of INDEXES) await declare(index, false);

      let stopped = false;
      const write = async (writer: number): Promise<void> => {
        for (let at = 0; !stopped; at++) {
          const ref = { ref: { collection: 'things' }, id: String(1 + Math.floor(random() * 300)) };
          const data = { object: { data: { object: { title: `thing ${writer} ${at}`, at } } } };
          const deletes = random() < 0.3;
          const save = {
            if: { exists: ref },
            then: { replace: ref, params: data },
            else: { create: ref, params: data },
          };
          const clear = { if: { exists: ref }, then: { delete: ref }, else: null };
          await tolerant(query(deletes ? clear : save));
          reached.transactions++;
          if (deletes) reached.deletions++;
        }
      };
      const disturb = async (): Promise<void> => {
        while (!stopped) {
          await pause(random() * 150);
          if (random() < 0.4) {
            await tolerant(declare(INDEXES[Math.floor(random() * 2)]!, true));
            reached.refills++;
          } else {
            const searchableAttributes = random() < 0.5 ? ['title'] : ['title', 'at'];
            await tolerant(
              propose({ kind: 'setSettings', index: 'all', settings: { searchableAttributes } }),
            );
            reached.settings++;
          }
        }
      };
      const work = Promise.all([write(1), write(2), write(3), write(4), disturb()]);
      for (let round = 0; round < rounds; round++) {
        await pause(20 + random() * 500);
        const { builder } = await member.statistics();
        if (Number(builder?.['pendingTaskCount'] ?? 0) > 0) reached.killedWhilePending++;
        await machine.killBuilder();
        await machine.startBuilder();
        // Else most of them would die before anybody has written.
        await member.whenBuilderPresent();
      }
      stopped = true;
      await work;

      const documents = new Map<string, JsonObject>(
        (await query({
          select: 'data',
          from: {
            map: {
              lambda: 'r',
              expr: {
                let: [{ d: { get: { var: 'r' } } }],
                in: [
                  { select: ['ref', 'id'], from: { var: 'd' } },
                  { select: 'data', from: { var: 'd' } },
                ],
              },
            },
            collection: { paginate: { documents: { collection: 'things' } }, size: 1000 },
          },
        })) as [string, JsonObject][],
      );
      expect(documents.size).toBeGreaterThan(0);
      await vi.waitFor(
        async () => {
          const all = (await query({ searchables: null })) as readonly { readonly state: string }[];
          expect(all.map(({ state }) => state)).toEqual(['ready', 'ready']);
          expect(sorted(recordsOf(member, 'all'))).toEqual(
            sorted([...documents].map(([objectID, data]) => ({ objectID, ...data }))),
          );
          expect(sorted(recordsOf(member, 'titles'))).toEqual(
            sorted([...documents].map(([objectID, { title }]) => ({ objectID, title: title ?? null }))),
          );
        },
        { timeout: 60_000, interval: 50 },
      );
      const entries = readdirSync(join(machine.data, 'apps', APP, 'indexes'));
      expect(entries.filter((entry) => entry.includes('.damaged'))).toEqual([]);
      member.close();
      console.log(`searchable crash test: ${JSON.stringify(reached)}`);
      for (const [branch, count] of rounds < 50 ? [] : Object.entries(reached))
        expect(count, `${branch} was never reached`).toBeGreaterThan(0);
    } finally {
      await machine.killBuilder();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  90_000 + rounds * 10_000,
);

/** What was carried out while the builder died may have lost its answer. */
async function tolerant(asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof BuilderError) || error.code !== 'answer-forgotten') throw error;
  }
}

class Machine {
  readonly data: string;
  readonly socket: string;
  readonly secret = 'a secret of enough bytes';
  #builder: ChildProcess | undefined;

  constructor(folder: string) {
    this.data = join(folder, 'data');
    this.socket = join(folder, 'builder.sock');
  }

  async startBuilder(): Promise<void> {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./builder-main.ts', import.meta.url))], {
      env: { ...process.env, TEST_DATA: this.data, TEST_SOCKET: this.socket, TEST_SECRET: this.secret },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#builder = child;
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code, signal) =>
        reject(new Error(`the builder ended at start: ${code ?? signal}`)),
      );
    });
  }

  async killBuilder(): Promise<void> {
    const child = this.#builder;
    this.#builder = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await ended;
  }
}

function recordsOf(member: Member, index: string): readonly JsonObject[] {
  const page = member.openIndex(APP, index)?.view.browse(defaultSearchQuery(), undefined, 1000);
  return (page?.records ?? []).map((json) => JSON.parse(json) as JsonObject);
}

function sorted(records: readonly JsonObject[]): readonly JsonObject[] {
  return [...records].sort((a, b) => Number(a['objectID']) - Number(b['objectID']));
}
