/**
 * Members of two versions, of which the later one knows one more format of operations (`next-format.ts`):
 *   1. While a member of the earlier version takes part, all propose in its format, and all show the same.
 *   2. That stays so while it is away; once it has come back as the later version, the later format is used.
 *   3. A member that goes back to the earlier version passes over nothing: it stops, says so, and harms nobody. As the later one it goes on.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClusterMember, makeCluster, type RunningCluster } from '@skein/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { until } from '../documents/server/until.ts';

vi.setConfig({ testTimeout: 180_000 });

let cluster: RunningCluster;
let a: ClusterMember;
let b: ClusterMember;
let c: ClusterMember;

/** The later version's environment. */
function later(member: ClusterMember): Record<string, string> {
  const hooks = fileURLToPath(new URL('next-format.ts', import.meta.url));
  const faults = member.control.environment()['NODE_OPTIONS'] ?? '';
  return { NODE_OPTIONS: `--import=${hooks} ${faults}` };
}

beforeAll(async () => {
  cluster = await makeCluster({ network: 'loopback' });
  [a, b, c] = cluster.members as [ClusterMember, ClusterMember, ClusterMember];
  await Promise.all([a.start(later(a)), b.start(later(b)), c.start()]);
}, 120_000);
afterAll(async () => {
  await cluster.remove();
});

async function ask(member: ClusterMember, route: string, body: object): Promise<{ nbHits?: number }> {
  const [method = '', path = ''] = route.split(' ');
  const answer = await fetch(`${member.url}/1/indexes/${path}`, {
    method,
    headers: { 'x-algolia-application-id': cluster.applicationId, 'x-algolia-api-key': cluster.adminKey },
    body: JSON.stringify(body),
  });
  // An index that is not there yet has no records.
  if (answer.status === 404) return { nbHits: 0 };
  expect(answer.status, `${member.name} ${route}`).toBe(200);
  return (await answer.json()) as { nbHits?: number };
}

async function write(member: ClusterMember, index: string): Promise<void> {
  await ask(member, `PUT ${index}/by-${member.name}`, { by: member.name });
}

async function untilShown(members: readonly ClusterMember[], index: string, count: number): Promise<void> {
  for (const member of members)
    await until(`${count} records of ${index} on ${member.name}`, async () => {
      const { nbHits } = await ask(member, `POST ${index}/query`, { query: '' });
      return nbHits === count;
    });
}

/** In which its journal has the operations on this index. */
function formats(member: ClusterMember, index: string): readonly number[] {
  const folder = join(member.dataFolder, 'journal');
  const text = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('');
  const found = text.matchAll(new RegExp(`\\{"v":(\\d+),"kind":"\\w+","index":"${index}"`, 'g'));
  return [...new Set(Array.from(found, ([, format]) => Number(format)))];
}

test('1: with an earlier version among them all propose in its format', async () => {
  for (const member of cluster.members) await write(member, 'mixed');
  await untilShown(cluster.members, 'mixed', 3);
  for (const member of cluster.members) expect(formats(member, 'mixed')).toEqual([1]);
});

test('2: the later format is used once the last member is known to read it', async () => {
  await c.stop();
  await write(a, 'away');
  await untilShown([a, b], 'away', 1);
  expect(formats(a, 'away')).toEqual([1]);
  await c.start(later(c));
  let number = 0;
  for (const member of cluster.members) {
    await until(`a write in the later format by ${member.name}`, async () => {
      const index = `common-${++number}`;
      await write(member, index);
      await untilShown(cluster.members, index, 1);
      return formats(member, index)[0] === 2;
    });
  }
});

test('3: who is older than the log stops and says so; it goes on as the later version', async () => {
  await c.stop();
  await write(a, 'beyond');
  await write(b, 'beyond');
  expect(formats(a, 'beyond')).toEqual([2]);
  const failure = await c.start().then(
    () => '',
    (error: unknown) => String(error),
  );
  await until('what it says', () => (failure + c.output()).includes('it is older than what wrote the log'));
  await write(a, 'beside');
  await untilShown([a, b], 'beside', 1);
  await c.stop();
  await c.start(later(c));
  await untilShown(cluster.members, 'beyond', 2);
  await untilShown(cluster.members, 'beside', 1);
});
