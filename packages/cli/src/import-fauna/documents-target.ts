/**
 * Exported documents into collections, by transactions of many documents.
 *
 * Every document has an id, and writing it twice leaves what writing it once does: a document that is there already with the same
 * data is left alone. So a batch whose answer was lost is sent again, and an import that stopped anywhere goes on a little earlier.
 */
import { CliError } from '../cli-error.ts';
import { type FqlClient, reasonOf, refusal } from '../fql/fql-client.ts';
import type { BatchOutcome, ImportTarget, ReadyRecord } from '../import/importer.ts';
import type { SourceItem } from '../import/record-source.ts';
import { type ExportedDocument, readDocumentLine } from './document-line.ts';

export interface DocumentsTargetOptions {
  readonly client: FqlClient;
  /** Where documents go; undefined: where their refs say. */
  readonly collection: string | undefined;
  /** `keep`: at the times that the export tells, by rewriting history. */
  readonly times: 'keep' | 'now';
  /** What becomes of a document whose id is taken by one with other data. */
  readonly existing: 'replace' | 'leave';
  /** `create`: collections that are missing are made. */
  readonly missingCollections: 'create' | 'refuse';
  /** Of collections that are made; undefined: the server's own default. */
  readonly historyDays: number | undefined;
}

export interface DocumentRecord extends ReadyRecord {
  readonly collections: ReadonlySet<string>;
}

export class DocumentsTarget implements ImportTarget<DocumentRecord> {
  readonly #options: DocumentsTargetOptions;
  /** Collections looked after, or being so. */
  readonly #known = new Map<string, Promise<void>>();

  constructor(options: DocumentsTargetOptions) {
    this.#options = options;
  }

  /** Names of collections that documents were about so far. */
  get collections(): readonly string[] {
    return [...this.#known.keys()];
  }

  prepare({
    text,
    line,
    reason,
  }: SourceItem): DocumentRecord | { kind: 'rejected'; reason: string; line: number; text: string } {
    if (reason !== undefined) return { kind: 'rejected', reason, line, text };
    const read = readDocumentLine(text, this.#options.collection);
    if (read.kind === 'refused') return { kind: 'rejected', reason: read.reason, line, text };
    const { document } = read;
    return {
      kind: 'ready',
      id: `${document.collection}/${document.id}`,
      body: writeText(document, this.#options),
      text,
      line,
      collections: document.collections,
    };
  }

  async send(records: readonly DocumentRecord[]): Promise<BatchOutcome> {
    await Promise.all(
      records.flatMap(({ collections }) => [...collections].map((name) => this.#provide(name))),
    );
    const body = `{"do":[${records.map((record) => record.body).join(',')},null]}`;
    const answer = await this.#options.client.send(body, { repeat: 'yes' });
    if (answer.kind === 'value') return { kind: 'accepted' };
    const [error] = answer.errors;
    if (![400, 404, 413].includes(answer.status) || error === undefined) throw refusal(answer);
    const [form, at] = error.position;
    return {
      kind: 'refused',
      reason: reasonOf(error),
      at: form === 'do' && typeof at === 'number' ? at : undefined,
      // It may be the one at which the whole transaction became too large.
      isAtFault: 'perhaps',
    };
  }

  /** Makes the collection when that is asked for; else documents that need it are refused one by one. */
  #provide(name: string): Promise<void> {
    let known = this.#known.get(name);
    if (known === undefined) {
      known = this.#options.missingCollections === 'create' ? this.#createMissing(name) : Promise.resolve();
      this.#known.set(name, known);
    }
    return known;
  }

  async #createMissing(name: string): Promise<void> {
    const { client, historyDays } = this.#options;
    const ref = { collection: name };
    const params = { name, ...(historyDays === undefined ? {} : { history_days: historyDays }) };
    const create = { if: { exists: ref }, then: null, else: { create_collection: { object: params } } };
    const answer = await client.send(JSON.stringify(create), { repeat: 'yes' });
    if (answer.kind === 'value') return;
    throw new CliError(`the collection ${name} cannot be made. ${refusal(answer).message}`);
  }
}

/** JSON of the expression that writes one document. */
function writeText(
  { collection, id, ts, isDeletion, params }: ExportedDocument,
  { times, existing }: DocumentsTargetOptions,
): string {
  const ref = `{"ref":{"collection":${JSON.stringify(collection)}},"id":${JSON.stringify(id)}}`;
  if (times === 'keep' && ts !== undefined) {
    const action = isDeletion ? 'delete' : 'create';
    return `{"insert":${ref},"ts":${ts},"action":"${action}","params":${isDeletion ? '{"object":{}}' : params}}`;
  }
  const r = '{"var":"r"}';
  if (isDeletion)
    return `{"let":[{"r":${ref}}],"in":{"if":{"exists":${r}},"then":{"delete":${r}},"else":null}}`;
  const p = '{"var":"p"}';
  const taken =
    existing === 'leave' ? 'null' : `{"if":${IS_SAME},"then":null,"else":{"replace":${r},"params":${p}}}`;
  return `{"let":[{"r":${ref}},{"p":${params}}],"in":{"if":{"exists":${r}},"then":${taken},"else":{"create":${r},"params":${p}}}}`;
}

/** Whether the document `r` has what `p` says. */
const IS_SAME = JSON.stringify({
  let: [{ d: { get: { var: 'r' } } }],
  in: {
    and: [
      {
        equals: [
          { select: 'data', from: { var: 'd' }, default: { object: {} } },
          { select: 'data', from: { var: 'p' } },
        ],
      },
      {
        equals: [
          { select: 'ttl', from: { var: 'd' }, default: null },
          { select: 'ttl', from: { var: 'p' }, default: null },
        ],
      },
    ],
  },
});
