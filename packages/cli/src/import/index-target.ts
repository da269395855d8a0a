/** Records into an index. */
import type { HttpClient } from '../http-client.ts';
import { indexPath, ServerError } from '../http-client.ts';
import type { BatchOutcome, ImportTarget, ReadyRecord } from './importer.ts';
import { type IdRules, prepareRecord } from './prepare-record.ts';

export type WriteAction = 'updateObject' | 'partialUpdateObject' | 'partialUpdateObjectNoCreate';

export interface IndexTargetOptions {
  readonly client: HttpClient;
  readonly index: string;
  readonly action: WriteAction;
  readonly ids: IdRules;
}

export function indexTarget({ client, index, action, ids }: IndexTargetOptions): ImportTarget<ReadyRecord> {
  return {
    prepare: (item, ordinal) => prepareRecord(item, ordinal, ids),
    send: async (records): Promise<BatchOutcome> => {
      const requests = records.map(({ body }) => `{"action":"${action}","body":${body}}`);
      const body = Buffer.from(`{"requests":[${requests.join(',')}]}`);
      try {
        const { taskID } = await client.send('POST', indexPath(index, 'batch'), body);
        return { kind: 'accepted', taskID: typeof taskID === 'number' ? taskID : undefined };
      } catch (error) {
        if (!(error instanceof ServerError) || ![400, 413, 422].includes(error.status)) throw error;
        return { kind: 'refused', reason: error.reason, at: namedRecord(records, error) };
      }
    },
  };
}

/** Ordinal in `records` of the one that the refusal is about, if it says so and both marks agree. */
function namedRecord(records: readonly ReadyRecord[], refusal: ServerError): number | undefined {
  const { position, objectID } = refusal.body as { position?: unknown; objectID?: unknown };
  if (typeof position !== 'number' || !Number.isInteger(position)) return undefined;
  // Whether the first record counts as 0 or 1 differs between servers; the objectID decides.
  return [position, position - 1].find(
    (at) => records[at] !== undefined && (objectID === undefined || records[at].id === objectID),
  );
}
