/** All documents of a member, for comparing it with others. */
import type { ClusterMember } from '@skein/testkit';
import type { Expr } from 'faunadb';
import { FqlConnection } from '../../documents/server/fql-connection.ts';
import { until } from '../../documents/server/until.ts';
import { q } from './official-driver.ts';

const COLLECTIONS = ['lists', 'registers', 'events', 'uniques'] as const;
const PAGE = 5_000;

export interface ReadDocument {
  readonly id: string;
  readonly ts: number;
  readonly data: { readonly [field: string]: unknown };
}

/** Of each collection, in the order of ids. */
export async function readDocuments(
  member: ClusterMember,
): Promise<ReadonlyMap<string, readonly ReadDocument[]>> {
  const connection = new FqlConnection(member, 'fresh');
  const all = new Map<string, readonly ReadDocument[]>();
  try {
    for (const name of COLLECTIONS) {
      const found: ReadDocument[] = [];
      for (let after: unknown; ; ) {
        const page = q.Paginate(q.Documents(q.Collection(name)), { size: PAGE });
        const shown = q.Lambda('ref', [
          q.Select('id', q.Var('ref')),
          q.Select('ts', q.Get(q.Var('ref'))),
          q.Select('data', q.Get(q.Var('ref'))),
        ]);
        const expression = wire(q.Map(page, shown));
        if (after !== undefined) (expression['collection'] as Record<string, unknown>)['after'] = after;
        const { data, after: next } = (await answer(connection, expression)) as {
          readonly data: readonly [string, number, ReadDocument['data']][];
          readonly after?: unknown;
        };
        found.push(...data.map(([id, ts, fields]) => ({ id, ts, data: fields })));
        if (next === undefined) break;
        after = next;
      }
      all.set(name, found);
    }
    return all;
  } finally {
    connection.close();
  }
}

function wire(expression: Expr): Record<string, unknown> {
  return JSON.parse(JSON.stringify(expression)) as Record<string, unknown>;
}

async function answer(connection: FqlConnection, expression: unknown): Promise<unknown> {
  let resource: unknown;
  await until('an answer to a read of documents', async () => {
    const told = await connection.ask(expression);
    if (told.status >= 400 && told.status < 500) throw new Error(`${told.status} ${told.text}`);
    resource = told.resource;
    return told.outcome === 'ok';
  });
  return resource;
}
