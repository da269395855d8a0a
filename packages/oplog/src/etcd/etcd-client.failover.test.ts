/** The client on three real members of etcd that are killed and stopped under it. */
import { type EtcdMember, etcdBinary, type RunningEtcd, startEtcd } from '@skein/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EtcdClient } from './etcd-client.ts';
import { EtcdError, type EtcdEvent, type EtcdTransactionAnswer } from './etcd-port.ts';

describe.skipIf(etcdBinary() === undefined)('with three real members of etcd', () => {
  let servers: RunningEtcd;
  let count = 0;
  const clients: EtcdClient[] = [];
  const aborts: AbortController[] = [];
  const disturbed: EtcdMember[] = [];
  beforeAll(async () => {
    // Without the check that members are taken out and added only five seconds after all have started.
    servers = await startEtcd({ members: 3, flags: ['--strict-reconfig-check=false'] });
  });
  afterAll(() => servers.stop());
  afterEach(async () => {
    for (const abort of aborts.splice(0)) abort.abort();
    for (const client of clients.splice(0)) client.close();
    await Promise.all(disturbed.splice(0).map((member) => member.restart()));
  });

  /** Prefers `first`. */
  const connect = (first: EtcdMember): EtcdClient => {
    const others = servers.endpoints.filter((endpoint) => endpoint !== first.endpoint);
    const client = new EtcdClient({ endpoints: [first.endpoint, ...others], timeoutMs: 20_000 });
    clients.push(client);
    return client;
  };

  const another = (than: EtcdMember): EtcdMember => servers.members.find((member) => member !== than)!;

  /** Everything below the prefix from its beginning on. */
  const watch = (client: EtcdClient, prefix: string): { readonly told: readonly EtcdEvent[] } => {
    const abort = new AbortController();
    aborts.push(abort);
    const told: EtcdEvent[] = [];
    void (async () => {
      const range = { end: `${prefix.slice(0, -1)}0`, fromRevision: 1 };
      for await (const batch of client.watch(prefix, range, abort.signal)) told.push(...batch.events);
    })();
    return { told };
  };

  const disturbances: readonly {
    readonly name: string;
    readonly whom: 'leader' | 'own';
    readonly signal: NodeJS.Signals;
  }[] = [
    { name: 'its own endpoint is killed', whom: 'own', signal: 'SIGKILL' },
    { name: 'its own endpoint hangs', whom: 'own', signal: 'SIGSTOP' },
    { name: 'the leader is killed', whom: 'leader', signal: 'SIGKILL' },
    { name: 'the leader hangs', whom: 'leader', signal: 'SIGSTOP' },
  ];
  for (const { name, whom, signal } of disturbances) {
    test(`a chain of transactions is carried out once each, and watched without gap, while ${name}`, async () => {
      const prefix = `chain-${++count}/`;
      const leader = await servers.leader();
      // Own endpoints are followers, so that both kinds of loss are seen apart from each other.
      const own = another(leader);
      const victim = whom === 'leader' ? leader : own;
      disturbed.push(victim);
      const writer = connect(own);
      const { told } = watch(connect(own), prefix);
      const done: EtcdTransactionAnswer[] = [];
      for (let at = 1; at <= 60; at++) {
        if (at === 20) await victim.kill(signal);
        if (at === 40 && signal === 'SIGSTOP') await victim.kill('SIGCONT');
        done.push(await next(writer, prefix, at));
      }
      const revisions = done.map(({ revision }) => revision);
      expect(new Set(revisions).size).toBe(60);
      await expect.poll(() => told.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(60);
      const values = told.map((event) => (event.kind === 'put' ? Number(event.kv.value) : 'deleted'));
      expect(values).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
    });
  }

  test('no answer of a majority is an unknown outcome or a refusal, never a success', async () => {
    const [own, second, third] = servers.members;
    disturbed.push(own!);
    const client = connect(own!);
    await client.range('majority', {});
    await Promise.all([second!.kill('SIGKILL'), third!.kill('SIGKILL')]);
    const outcomes = new Set<string>();
    for (let tries = 0; tries < 6; tries++) {
      const put = { kind: 'put', key: 'majority', value: `${tries}` } as const;
      const error = await failure(client.transaction({ compare: [], then: [put] }, { timeoutMs: 400 }));
      expect(error).toBeInstanceOf(EtcdError);
      outcomes.add((error as EtcdError).outcome);
      expect(['timeout', 'unavailable']).toContain((error as EtcdError).code);
    }
    // Once it is known that there is no leader, nothing is proposed any more.
    expect(outcomes).toContain('refused');
    await expect(client.range('majority', {}, { timeoutMs: 400 })).rejects.toBeInstanceOf(EtcdError);
    await Promise.all([second!.restart(), third!.restart()]);
    const { kvs } = await client.range('majority', {});
    expect(kvs.length).toBeLessThanOrEqual(1);
  });

  test('members are listed, taken out and added; the store is looked after', async () => {
    const leader = await servers.leader();
    const client = connect(leader);
    const members = await client.members();
    expect(members.map(({ name }) => name).sort()).toEqual(['m1', 'm2', 'm3']);
    const status = await client.status(leader.endpoint);
    const leaderId = members.find(({ name }) => name === leader.name)!.id;
    expect(status).toMatchObject({ leaderId, memberId: leaderId, errors: [] });
    expect(status.version).toMatch(/^3\.\d+\.\d+/);
    expect(status.dbBytes).toBeGreaterThan(0);
    await client.defragment(another(leader).endpoint);
    expect(await client.disarmNoSpace()).toBe(0);
    const heir = members.find(({ id }) => id !== leaderId)!;
    await client.moveLeader(leader.endpoint, heir.id);
    expect((await servers.leader()).name).toBe(heir.name);
    const extra = await client.addMember(['http://127.0.0.1:9']);
    expect((await client.members()).find(({ id }) => id === extra.id)).toEqual({ ...extra, name: '' });
    await client.removeMember(extra.id);
    await client.removeMember(extra.id);
    expect((await client.members()).map(({ id }) => id).sort()).toEqual(members.map(({ id }) => id).sort());
  });
});

/** Moves the chain from `at - 1` to `at`, exactly once: after an unknown outcome, looks. */
async function next(client: EtcdClient, prefix: string, at: number): Promise<EtcdTransactionAnswer> {
  const key = `${prefix}chain`;
  for (;;) {
    try {
      const answer = await client.transaction({
        compare: [at === 1 ? { key, target: 'version', is: 0 } : { key, target: 'value', is: `${at - 1}` }],
        then: [{ kind: 'put', key, value: `${at}` }],
        otherwiseGet: [key],
      });
      const found = answer.found.get(key);
      if (answer.succeeded) return answer;
      if (found?.value === `${at}`) return { ...answer, revision: found.modRevision };
      throw new Error(`the chain is at ${found?.value ?? 'nothing'}, not at ${at - 1}`);
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
    }
  }
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error;
  }
}
