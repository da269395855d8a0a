import { expect, test } from 'vitest';
import { etcdPortContract } from '../etcd/etcd-port.contract.ts';
import { SimEtcd } from './sim-etcd.ts';

for (const seed of [0, 7]) {
  etcdPortContract(seed === 0 ? 'SimEtcd' : `SimEtcd at random pace ${seed}`, async () => {
    const sim = new SimEtcd();
    const etcd = sim.connect('m1', seed === 0 ? {} : { random: randomOf(seed) });
    return {
      etcd,
      prefix: 'test/',
      letLeaseEnd: async (_lease, ttlS) => sim.advance(ttlS * 1000),
      cleanUp: async () => etcd.close(),
    };
  });
}

const put = (key: string, value: string) => ({ compare: [], then: [{ kind: 'put', key, value }] }) as const;

test('a cut line carries nothing out, and its watches go on without a gap afterwards', async () => {
  const sim = new SimEtcd();
  const [a, b] = [sim.connect('a'), sim.connect('b')];
  const batches = b
    .watch('k', { end: 'l', fromRevision: 2 }, new AbortController().signal)
    [Symbol.asyncIterator]();
  b.cut = true;
  const next = batches.next();
  await expect(b.transaction(put('k', 'lost'))).rejects.toMatchObject({
    code: 'unavailable',
    outcome: 'refused',
  });
  await a.transaction(put('k', '1'));
  await a.transaction(put('k', '2'));
  expect(await Promise.race([next, settled()])).toBe('still waiting');
  b.cut = false;
  expect((await next).value).toMatchObject({
    revision: 3,
    events: [{ kv: { value: '1' } }, { kv: { value: '2' } }],
  });
});

test('an answer that is lost belongs to a request that was carried out', async () => {
  const sim = new SimEtcd();
  const line = sim.connect('a');
  line.loseAnswers = true;
  await expect(line.transaction(put('k', '1'))).rejects.toMatchObject({
    code: 'timeout',
    outcome: 'unknown',
  });
  expect(sim.get('k')?.value).toBe('1');
});

test('a held request is carried out when it is released, long after its caller gave up', async () => {
  const sim = new SimEtcd();
  const line = sim.connect('a');
  line.hold = true;
  await expect(line.transaction(put('k', '1'))).rejects.toMatchObject({
    code: 'timeout',
    outcome: 'unknown',
  });
  expect(sim.get('k')).toBeUndefined();
  expect(line.heldCount).toBe(1);
  line.hold = false;
  line.releaseHeld();
  expect(sim.get('k')?.value).toBe('1');
});

test('a full store refuses puts and still deletes', async () => {
  const sim = new SimEtcd();
  const line = sim.connect('a');
  await line.transaction(put('k', '1'));
  sim.full = true;
  await expect(line.transaction(put('k', '2'))).rejects.toMatchObject({
    code: 'no-space',
    outcome: 'refused',
  });
  await expect(line.grantLease(5)).rejects.toMatchObject({ code: 'no-space', outcome: 'refused' });
  await line.transaction({ compare: [], then: [{ kind: 'delete', key: 'k' }] });
  sim.full = false;
  await line.transaction(put('k', '3'));
  expect(sim.list('')).toMatchObject([{ key: 'k', version: 1, value: '3' }]);
});

test('marks without events are told only by a simulation that is asked for them', async () => {
  const sim = new SimEtcd({ progressMarks: true });
  const line = sim.connect('a');
  const batches = line
    .watch('k', { end: 'l', fromRevision: 2 }, new AbortController().signal)
    [Symbol.asyncIterator]();
  await line.transaction(put('other', '1'));
  expect((await batches.next()).value).toEqual({ revision: 2, events: [] });
});

/** After all that could go on by itself has. */
async function settled(): Promise<string> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
  return 'still waiting';
}

/** Numbers in [0, 1), the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
