import type { Authentication } from '@skein/fql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyVault, SealError } from '../key-vault.ts';
import { formatOfPayload, OPERATION_FORMAT } from '../operation-format.ts';
import { NewerFormatError, OperationFormatError } from '../operation-format-error.ts';
import {
  type DocumentsOperation,
  decodeDocumentsOperation,
  encodeDocumentsOperation,
  isDocumentsPayload,
  newSeed,
  sealOf,
} from './documents-operation.ts';
import { decodeAnswer, encodeAnswer, type TransactionAnswer } from './transaction-answer.ts';

const seal = sealOf(new KeyVault('a secret of enough bytes'), 'APP');
const key = { scope: 0, collection: 7, id: 2n ** 62n } as unknown as NonNullable<Authentication['actsAs']>;
const principals: readonly Authentication['principal'][] = [
  { kind: 'root' },
  { kind: 'key', document: key },
  { kind: 'token', document: key, identity: { ...key, id: 0n } },
  { kind: 'jwt', provider: 'issuer', claims: new Map([['@id', new Map([['n', [1n, 1.5, null, 'x']]])]]) },
];
const fql = (body: string, authentication: Partial<Authentication> = {}): DocumentsOperation => ({
  kind: 'fql',
  body: Buffer.from(body),
  seed: newSeed(),
  strictTemporal: true,
  authentication: {
    scope: 3 as Authentication['scope'],
    principal: { kind: 'root' },
    roles: ['admin', { role: 'own' }],
    actsAs: undefined,
    ...authentication,
  },
});
const carried = (operation: DocumentsOperation): DocumentsOperation =>
  decodeDocumentsOperation(encodeDocumentsOperation(operation, seal, OPERATION_FORMAT), seal);

describe('operations on documents', () => {
  test('come back as they were, whoever asked', () => {
    for (const principal of principals) {
      for (const actsAs of [undefined, key]) {
        const operation = fql('{"now":null}', { principal, actsAs });
        expect(carried(operation)).toEqual(operation);
      }
    }
    const step: DocumentsOperation = { kind: 'documentsStep', limit: 5, seed: newSeed() };
    expect(carried(step)).toEqual(step);
  });

  test('are told from other operations by their first byte', () => {
    expect(isDocumentsPayload(encodeDocumentsOperation(fql('1'), seal, OPERATION_FORMAT))).toBe(true);
    expect(isDocumentsPayload(Buffer.from('{"v":1}'))).toBe(false);
    expect(isDocumentsPayload(new Uint8Array(0))).toBe(false);
  });

  test('say their format as other operations do', () => {
    for (const format of [1, 2, 17]) {
      for (const operation of [fql('1'), { kind: 'documentsStep', limit: 5, seed: newSeed() } as const])
        expect(formatOfPayload(encodeDocumentsOperation(operation, seal, format))).toBe(format);
    }
    const later = encodeDocumentsOperation(fql('1'), seal, OPERATION_FORMAT + 1);
    expect(() => decodeDocumentsOperation(later, seal)).toThrow(NewerFormatError);
  });

  test('hide a body that may hold a password, also when its name is written with escapes', () => {
    for (const body of ['{"login":1,"params":{"object":{"password":"hush"}}}', '{"\\u0070assword":"hush"}']) {
      const bytes = Buffer.from(encodeDocumentsOperation(fql(body), seal, OPERATION_FORMAT));
      expect(bytes.includes('hush')).toBe(false);
      expect(carried(fql(body))).toMatchObject({ body: Buffer.from(body) });
    }
    const other = sealOf(new KeyVault('another secret of enough bytes'), 'APP');
    const sealed = encodeDocumentsOperation(fql('{"password":"hush"}'), seal, OPERATION_FORMAT);
    expect(() => decodeDocumentsOperation(sealed, other)).toThrow(SealError);
  });

  test('arbitrary bytes, and operations with a byte changed, give an operation or the documented errors', () => {
    const attempt = (bytes: Uint8Array): void => {
      try {
        decodeDocumentsOperation(bytes, seal);
      } catch (error) {
        if (!(error instanceof SealError) && !(error instanceof NewerFormatError))
          expect(error).toBeInstanceOf(OperationFormatError);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => attempt(Uint8Array.of(0, ...bytes))));
    fc.assert(
      fc.property(
        fc.constantFrom(...principals),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (principal, place, change) => {
          const bytes = encodeDocumentsOperation(
            fql('{"password":1}', { principal }),
            seal,
            OPERATION_FORMAT,
          ).slice();
          bytes[place % bytes.byteLength]! ^= change;
          attempt(bytes);
        },
      ),
    );
  });
});

describe('kept answers', () => {
  const answer = (body: string): TransactionAnswer => ({
    sequence: 7 as TransactionAnswer['sequence'],
    time: 1_700_000_000_000_000,
    status: 201,
    wrote: true,
    costs: { computeOps: 1, readOps: 2, writeOps: 3, bytesRead: 4, bytesWritten: 5 },
    body,
  });

  test('come back as they were, and those that show a secret are not kept in clear', () => {
    const plain = answer('{"resource":"äöü"}');
    expect(decodeAnswer(encodeAnswer(plain, seal), 'f', seal)).toEqual(plain);
    const secret = answer('{"resource":{"secret":"fnAhush"}}');
    const stored = encodeAnswer(secret, seal);
    expect(Buffer.from(stored).includes('fnAhush')).toBe(false);
    expect(decodeAnswer(stored, 'f', seal)).toEqual(secret);
  });

  test('damaged bytes are told as damage', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(9), Buffer.from('\x02\0\0\0{]')]) {
      expect(() => decodeAnswer(bytes, 'f', seal)).toThrow('damaged');
    }
  });
});

test('chance comes from the seed and the secret, the same for all who have both', () => {
  const seed = newSeed();
  const vault = new KeyVault('a secret of enough bytes');
  expect(vault.chance('APP', seed)).toEqual(new KeyVault('a secret of enough bytes').chance('APP', seed));
  expect(vault.chance('APP', seed)).not.toEqual(vault.chance('OTHER', seed));
  expect(vault.chance('APP', seed)).not.toEqual(
    new KeyVault('another secret of enough bytes').chance('APP', seed),
  );
  expect(vault.chance('APP', seed)).not.toEqual(vault.chance('APP', newSeed()));
  expect(vault.chance('APP', seed).byteLength).toBe(16);
});
