import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeOperation, encodeOperation, indexesOf, type Operation } from './operation.ts';
import { formatOfPayload, OPERATION_FORMAT } from './operation-format.ts';
import { NewerFormatError, OperationFormatError } from './operation-format-error.ts';

const OPERATIONS: readonly Operation[] = [
  {
    kind: 'batch',
    index: 'movies',
    requests: [
      { action: 'addObject', objectID: '1', body: { objectID: '1', title: 'Ünder the Skin' } },
      { action: 'deleteObject', objectID: '2' },
      { action: 'clear' },
    ],
  },
  {
    kind: 'multiBatch',
    requests: [
      { action: 'updateObject', index: 'a/b', objectID: '1', body: {} },
      { action: 'delete', index: 'c' },
    ],
  },
  { kind: 'setSettings', index: 'movies', settings: { ranking: null } },
  { kind: 'clearIndex', index: 'movies' },
  { kind: 'deleteIndex', index: 'movies' },
  { kind: 'deleteBy', index: 'movies', params: { filters: 'a:b' } },
  { kind: 'copyIndex', index: 'movies', destination: 'films', scope: ['settings'] },
  { kind: 'moveIndex', index: 'movies', destination: 'films' },
  { kind: 'createApplication' },
  { kind: 'saveKey', sealedKey: 'v1.x', definition: { acl: ['search'] } },
  { kind: 'deleteKey', sealedKey: 'v1.x' },
  { kind: 'restoreKey', sealedKey: 'v1.x' },
];

describe('operations', () => {
  test.each(OPERATIONS)('$kind comes out of its bytes as it went in', (operation) => {
    expect(decodeOperation(encodeOperation(operation, OPERATION_FORMAT))).toMatchObject(operation);
  });

  test('an operation of a format that came later is told from one that is wrong', () => {
    const later = encodeOperation({ kind: 'createApplication' }, OPERATION_FORMAT + 1);
    expect(() => decodeOperation(later)).toThrow(NewerFormatError);
    expect(() => decodeOperation(later)).toThrow('upgrade');
    for (const wrong of [0, -1, 1.5, 'x', null])
      expect(() => decodeOperation(Buffer.from(JSON.stringify({ v: wrong })))).toThrow(OperationFormatError);
    expect(() => decodeOperation(Buffer.from('{"kind":"createApplication"}'))).toThrow(OperationFormatError);
  });

  test('bytes tell their format without being read', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPERATIONS),
        fc.integer({ min: 1, max: 1_000_000 }),
        (operation, format) => {
          expect(formatOfPayload(encodeOperation(operation, format))).toBe(format);
        },
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(formatOfPayload(bytes)).toBeGreaterThan(0);
      }),
    );
  });

  test('an operation names its indexes once each', () => {
    expect(OPERATIONS.map(indexesOf)).toEqual([
      ['movies'],
      ['a/b', 'c'],
      ['movies'],
      ['movies'],
      ['movies'],
      ['movies'],
      ['movies', 'films'],
      ['movies', 'films'],
      [],
      [],
      [],
      [],
    ]);
  });

  test('arbitrary bytes and arbitrary JSON give an operation or the documented errors', () => {
    const member = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(...OPERATIONS.map(({ kind }) => kind), 'addObject'),
    );
    const json = fc.dictionary(
      fc.constantFrom('kind', 'index', 'requests', 'settings', 'params', 'scope', 'destination'),
      member,
    );
    const payload = fc.oneof(
      fc.uint8Array(),
      json.map((value) => Buffer.from(JSON.stringify({ v: 1, ...value }))),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
    );
    fc.assert(
      fc.property(payload, (bytes) => {
        try {
          decodeOperation(bytes);
        } catch (error) {
          if (!(error instanceof NewerFormatError)) expect(error).toBeInstanceOf(OperationFormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
