/**
 * What members ask each other about the log, as requests between `PeerClient` and `PeerServer`:
 *
 *   storeEntry   {entry} + payload                  → {}
 *   fetchEntry   {entry, first?, last?}             → {found} + payload
 *   readJournal  {from, bytesMax}                   → {page: 'operations', first, last} + operations | {page: 'released', first}
 *
 * A page's operations travel as an entry's payload does, which is checked when it is read; their sequences are `first` and those after it.
 */
import { asSequence, type Json, type JsonObject, type Sequence } from '@skein/base';
import {
  decodeEntry,
  ENTRY_BYTES_MAX,
  type EntryId,
  encodeEntry,
  entryText,
  type JournalPage,
  type Operation,
  operationBytesInEntry,
  type PeerPort,
  type PeerService,
  parseEntryText,
  type SequenceRange,
} from '@skein/oplog';
import type { PeerClient } from './peer-client.ts';
import { PeerError, type PeerHandlers } from './peer-handler.ts';

/** How many bytes of operations a page may ask for; one that is larger comes alone. */
const PAGE_BYTES_MAX = 8 * 1024 * 1024;
const NO_BYTES = new Uint8Array(0);

/** This member's side. */
export function servePeer(service: PeerService): PeerHandlers {
  return {
    storeEntry: async ({ fields, payload }) => {
      await service.storeEntry(readEntry(fields), payload);
      return {};
    },
    fetchEntry: async ({ fields }) => {
      const payload = await service.fetchEntry(readEntry(fields), readRange(fields));
      return { fields: { found: payload !== undefined }, payload };
    },
    readJournal: async ({ fields }) => {
      const from = readSequence(fields['from'], 1);
      const bytesMax = Math.min(PAGE_BYTES_MAX, readNumber(fields['bytesMax'], 1));
      return encodePage(from, await service.readJournal(from, bytesMax));
    },
  };
}

export interface PeerPortOptions {
  /** For each request. Milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** As much of a `PeerClient` as this needs. */
export type PeerAsker = Pick<PeerClient, 'member' | 'connected' | 'request'>;

/** The other member's side, as asked from here. Rejects with `PeerError`. */
export function peerPort(client: PeerAsker, options: PeerPortOptions = {}): PeerPort {
  return new ClientPeerPort(client, options);
}

class ClientPeerPort implements PeerPort {
  readonly #client: PeerAsker;
  readonly #options: PeerPortOptions;

  constructor(client: PeerAsker, options: PeerPortOptions) {
    this.#client = client;
    this.#options = options;
  }

  get member(): string {
    return this.#client.member;
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  async storeEntry(id: EntryId, payload: Uint8Array): Promise<void> {
    await this.#client.request({ kind: 'storeEntry', entry: entryText(id) }, payload, this.#options);
  }

  async fetchEntry(id: EntryId, range: SequenceRange | undefined): Promise<Uint8Array | undefined> {
    const { fields, payload } = await this.#client.request(
      { kind: 'fetchEntry', entry: entryText(id), first: range?.first, last: range?.last },
      undefined,
      this.#options,
    );
    return fields['found'] === true ? payload : undefined;
  }

  async readJournal(from: Sequence, bytesMax: number): Promise<JournalPage> {
    const { fields, payload } = await this.#client.request(
      { kind: 'readJournal', from, bytesMax },
      undefined,
      this.#options,
    );
    return decodePage(from, fields, payload);
  }
}

function encodePage(from: Sequence, page: JournalPage): { fields: JsonObject; payload: Uint8Array } {
  if (page.kind === 'released') return { fields: { page: 'released', first: page.first }, payload: NO_BYTES };
  const { operations, last } = page;
  let count = 0;
  let bytes = 0;
  for (const operation of operations) {
    if (operation.sequence !== from + count) throw new PeerError('failed', 'the journal has a gap');
    bytes += operationBytesInEntry(operation);
    if (count > 0 && bytes > ENTRY_BYTES_MAX / 2) break;
    count++;
  }
  const sent = operations.slice(0, count);
  return {
    fields: { page: 'operations', first: from, last },
    payload: sent.length === 0 ? NO_BYTES : encodeEntry(sent),
  };
}

/** Throws `PeerError` or `EntryFormatError` for what no member says. */
function decodePage(from: Sequence, fields: JsonObject, payload: Uint8Array): JournalPage {
  if (fields['page'] === 'released') return { kind: 'released', first: readSequence(fields['first'], 1) };
  const last = readSequence(fields['last'], 0);
  if (fields['page'] !== 'operations' || fields['first'] !== from)
    throw new PeerError('failed', 'a page of the journal that was not asked for');
  const operations = payload.byteLength === 0 ? [] : decodeEntry(payload);
  const numbered = operations.map(
    (operation, at): Operation => ({ ...operation, sequence: asSequence(from + at) }),
  );
  if (numbered.length > 0 && from + numbered.length - 1 > last)
    throw new PeerError('failed', 'a page that goes on behind the end of its journal');
  return { kind: 'operations', operations: numbered, last };
}

function readEntry(fields: JsonObject): EntryId {
  const text = fields['entry'];
  const id = typeof text === 'string' ? parseEntryText(text) : undefined;
  if (id === undefined) throw new PeerError('failed', 'no name of an entry');
  return id;
}

function readRange({ first, last }: JsonObject): SequenceRange | undefined {
  if (first === undefined && last === undefined) return undefined;
  const range = { first: readSequence(first, 1), last: readSequence(last, 1) };
  if (range.first > range.last) throw new PeerError('failed', 'an empty range of sequences');
  return range;
}

function readSequence(value: Json | undefined, min: number): Sequence {
  return asSequence(readNumber(value, min));
}

function readNumber(value: Json | undefined, min: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min)
    throw new PeerError('failed', `expected a whole number from ${min} on`);
  return value;
}
