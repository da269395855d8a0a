import { asSequence, CorruptionError } from '@skein/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ApplicationState,
  applyToApplication,
  decodeApplicationState,
  encodeApplicationState,
} from './application-state.ts';
import { KeyVault, SealError } from './key-vault.ts';
import type { ApplicationOperation } from './operation.ts';

const vault = new KeyVault('a secret of enough bytes');
const sealed = (value: string): string => vault.seal('APP', value);

function applied(...operations: readonly ApplicationOperation[]): ApplicationState | undefined {
  let state: ApplicationState | undefined;
  operations.forEach((operation, at) => {
    state = applyToApplication(state, operation, {
      application: 'APP',
      sequence: asSequence(at + 1),
      proposedAtMs: 1000 + at,
      vault,
    });
  });
  return state;
}

const create: ApplicationOperation = { kind: 'createApplication' };
const save = (value: string, acl: string): ApplicationOperation => ({
  kind: 'saveKey',
  sealedKey: sealed(value),
  definition: { acl: [acl] },
});

describe('application state', () => {
  test('saving a key again replaces its definition and keeps its age', () => {
    const state = applied(create, save('k', 'search'), save('k', 'browse'));
    expect(state?.keys.get('k')).toMatchObject({ definition: { acl: ['browse'] }, createdAtMs: 1001 });
    expect(state?.appliedSequence).toBe(3);
  });

  test('a deleted key can be restored as it was, a live one is left alone', () => {
    const remove: ApplicationOperation = { kind: 'deleteKey', sealedKey: sealed('k') };
    const restore: ApplicationOperation = { kind: 'restoreKey', sealedKey: sealed('k') };
    expect(applied(create, save('k', 'search'), remove)?.keys.has('k')).toBe(false);
    expect(applied(create, save('k', 'search'), remove, restore)?.keys.get('k')).toMatchObject({
      createdAtMs: 1001,
    });
    expect(applied(create, save('k', 'search'), restore)?.keys.size).toBe(1);
    expect(applied(create, restore)?.keys.size).toBe(0);
  });

  test('the last 1,000 deleted keys are remembered', () => {
    const keys = Array.from({ length: 1005 }, (_, at) => `key-${at}`);
    const state = applied(
      create,
      ...keys.flatMap((key) => [save(key, 'search'), { kind: 'deleteKey', sealedKey: sealed(key) } as const]),
    );
    expect(state?.deletedKeys.size).toBe(1000);
    expect(state?.deletedKeys.has('key-4')).toBe(false);
    expect(state?.deletedKeys.has('key-5')).toBe(true);
  });

  test('nothing happens to an application that was not created', () => {
    expect(applied(save('k', 'search'))).toBeUndefined();
  });

  test('the file holds everything and no value of a key', () => {
    const state = applied(create, save('value-one', 'search'), save('value-two', 'admin'), {
      kind: 'deleteKey',
      sealedKey: sealed('value-two'),
    })!;
    const text = encodeApplicationState(state);
    expect(text).not.toContain('value-');
    expect(decodeApplicationState(text, 'f', vault)).toEqual(state);
    expect(() => decodeApplicationState(text, 'f', new KeyVault('another secret of enough bytes'))).toThrow(
      SealError,
    );
  });

  test('any text is a state or damage', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => decodeApplicationState(text, 'f', vault)).toThrow(CorruptionError);
      }),
    );
  });
});
