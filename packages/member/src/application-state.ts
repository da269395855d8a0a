/**
 * An application and its API keys, as one file holds them (`application.json`). Plain data and functions; values of keys are sealed in the file and in
 * the log, and open only in memory.
 */
import {
  asSequence,
  CorruptionError,
  isJsonObject,
  type Json,
  type JsonObject,
  type Sequence,
} from '@skein/base';
import type { KeyVault } from './key-vault.ts';
import type { ApplicationOperation } from './operation.ts';

export interface ApplicationState {
  readonly id: string;
  readonly createdAtMs: number;
  /** The last operation that this state contains. */
  readonly appliedSequence: Sequence;
  /** By value. */
  readonly keys: ReadonlyMap<string, StoredKey>;
  /** Deleted ones that can be restored; oldest first, at most `DELETED_KEYS_MAX`. */
  readonly deletedKeys: ReadonlyMap<string, StoredKey>;
}

export interface StoredKey {
  readonly value: string;
  readonly sealed: string;
  /** What the key may do, as it was sent (`acl`, `indexes`, `validity` …). */
  readonly definition: JsonObject;
  readonly createdAtMs: number;
}

const DELETED_KEYS_MAX = 1000;
const FORMAT_VERSION = 1;

/** `state` is undefined before `createApplication`; other operations on an application that does not exist change nothing. */
export function applyToApplication(
  state: ApplicationState | undefined,
  operation: ApplicationOperation,
  at: {
    readonly application: string;
    readonly sequence: Sequence;
    readonly proposedAtMs: number;
    readonly vault: KeyVault;
  },
): ApplicationState | undefined {
  if (operation.kind === 'createApplication') {
    if (state !== undefined) return { ...state, appliedSequence: at.sequence };
    return {
      id: at.application,
      createdAtMs: at.proposedAtMs,
      appliedSequence: at.sequence,
      keys: new Map(),
      deletedKeys: new Map(),
    };
  }
  if (state === undefined) return undefined;
  const value = at.vault.open(at.application, operation.sealedKey);
  const keys = new Map(state.keys);
  const deletedKeys = new Map(state.deletedKeys);
  const live = keys.get(value);
  const deleted = deletedKeys.get(value);
  switch (operation.kind) {
    case 'saveKey':
      keys.set(value, {
        value,
        sealed: live?.sealed ?? operation.sealedKey,
        definition: operation.definition,
        createdAtMs: live?.createdAtMs ?? at.proposedAtMs,
      });
      deletedKeys.delete(value);
      break;
    case 'deleteKey':
      if (live === undefined) break;
      keys.delete(value);
      deletedKeys.delete(value);
      deletedKeys.set(value, live);
      for (const oldest of deletedKeys.keys()) {
        if (deletedKeys.size <= DELETED_KEYS_MAX) break;
        deletedKeys.delete(oldest);
      }
      break;
    case 'restoreKey':
      if (live !== undefined || deleted === undefined) break;
      deletedKeys.delete(value);
      keys.set(value, deleted);
      break;
  }
  return { ...state, appliedSequence: at.sequence, keys, deletedKeys };
}

export function encodeApplicationState(state: ApplicationState): string {
  const encodeKey = ({ sealed, definition, createdAtMs }: StoredKey): JsonObject => ({
    sealed,
    definition,
    createdAtMs,
  });
  return JSON.stringify({
    format: FORMAT_VERSION,
    id: state.id,
    createdAtMs: state.createdAtMs,
    appliedSequence: state.appliedSequence,
    keys: [...state.keys.values()].map(encodeKey),
    deletedKeys: [...state.deletedKeys.values()].map(encodeKey),
  });
}

/** Throws `CorruptionError` for text that is not a state, `SealError` when the secret is another one. */
export function decodeApplicationState(text: string, file: string, vault: KeyVault): ApplicationState {
  const damaged = (expected: string): CorruptionError => new CorruptionError({ file, offset: 0, expected });
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    throw damaged('JSON text');
  }
  if (!isJsonObject(value) || value['format'] !== FORMAT_VERSION)
    throw damaged(`an application of format ${FORMAT_VERSION}`);
  const { id, createdAtMs, appliedSequence } = value as {
    id?: Json;
    createdAtMs?: Json;
    appliedSequence?: Json;
  };
  if (typeof id !== 'string' || typeof createdAtMs !== 'number' || typeof appliedSequence !== 'number') {
    throw damaged('an application with id, createdAtMs and appliedSequence');
  }
  const decodeKeys = (list: Json | undefined): Map<string, StoredKey> => {
    if (!Array.isArray(list)) throw damaged('lists of keys');
    return new Map(
      (list as readonly Json[]).map((key) => {
        if (!isJsonObject(key)) throw damaged('a key');
        const {
          sealed,
          definition,
          createdAtMs: since,
        } = key as { sealed?: Json; definition?: Json; createdAtMs?: Json };
        if (typeof sealed !== 'string' || typeof since !== 'number' || !isJsonObject(definition))
          throw damaged('a key');
        const opened = vault.open(id, sealed);
        return [opened, { value: opened, sealed, definition, createdAtMs: since }];
      }),
    );
  };
  return {
    id,
    createdAtMs,
    appliedSequence: asSequence(appliedSequence),
    keys: decodeKeys(value['keys']),
    deletedKeys: decodeKeys(value['deletedKeys']),
  };
}
