import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hexOf, wireId, wireLease } from './etcd-messages.ts';
import { METHODS } from './etcd-methods.ts';
import { EtcdError } from './etcd-port.ts';
import { etcdErrorOf, hasSoundMarks } from './etcd-status.ts';

test('ids of 64 bits keep every bit on their way to text and back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
      expect(wireId(hexOf(id.toString()))).toBe(id.toString());
      const signed = BigInt.asIntN(64, id).toString();
      expect(wireLease(hexOf(signed))).toBe(signed);
    }),
  );
});

test('text is written and read as etcd writes and reads bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (key, value) => {
      const bytes = METHODS.transaction.requestSerialize({
        compare: [],
        success: [{ request_put: { key, value } }],
        failure: [],
      });
      expect(bytes.includes(Buffer.from(key))).toBe(true);
      expect(bytes.includes(Buffer.from(value))).toBe(true);
    }),
  );
});

test('an answer that is no message of etcd is an error, and nothing worse', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const method of [METHODS.transaction, METHODS.watch, METHODS.range, METHODS.status]) {
        try {
          expect(method.responseDeserialize(Buffer.from(bytes))).toBeTypeOf('object');
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }
    }),
  );
});

describe('what a call failed with', () => {
  const cases: readonly (readonly [status, string, EtcdError['code'], EtcdError['outcome']])[] = [
    [status.UNAVAILABLE, 'etcdserver: no leader', 'unavailable', 'refused'],
    [status.UNAVAILABLE, 'etcdserver: unhealthy cluster', 'unavailable', 'refused'],
    [status.RESOURCE_EXHAUSTED, 'etcdserver: too many requests', 'unavailable', 'refused'],
    [status.UNAVAILABLE, 'etcdserver: request timed out', 'timeout', 'unknown'],
    [
      status.UNAVAILABLE,
      'etcdserver: request timed out, possibly due to previous leader failure',
      'timeout',
      'unknown',
    ],
    [status.UNAVAILABLE, 'etcdserver: leader changed', 'unavailable', 'unknown'],
    [status.UNAVAILABLE, 'etcdserver: server stopped', 'unavailable', 'unknown'],
    [status.UNAVAILABLE, 'Connection dropped', 'unavailable', 'unknown'],
    [status.INTERNAL, 'Received RST_STREAM with code 2', 'unavailable', 'unknown'],
    [status.DEADLINE_EXCEEDED, 'Deadline exceeded', 'timeout', 'unknown'],
    [status.CANCELLED, 'Cancelled on client', 'cancelled', 'unknown'],
    [status.RESOURCE_EXHAUSTED, 'etcdserver: mvcc: database space exceeded', 'no-space', 'refused'],
    [status.OUT_OF_RANGE, 'etcdserver: mvcc: required revision has been compacted', 'compacted', 'refused'],
    [status.OUT_OF_RANGE, 'etcdserver: mvcc: required revision is a future revision', 'failed', 'refused'],
    [status.NOT_FOUND, 'etcdserver: requested lease not found', 'no-lease', 'refused'],
    [status.NOT_FOUND, 'etcdserver: member not found', 'failed', 'refused'],
    [status.INVALID_ARGUMENT, 'etcdserver: request is too large', 'failed', 'refused'],
    [status.PERMISSION_DENIED, 'etcdserver: permission denied', 'refused', 'refused'],
    [status.UNKNOWN, 'etcdserver: corrupt cluster', 'failed', 'unknown'],
  ];
  test.each(cases)('%i %s: %s, %s', (code, details, expected, outcome) => {
    const failure: ServiceError = Object.assign(new Error(details), {
      code,
      details,
      metadata: new Metadata(),
    });
    expect(etcdErrorOf(failure, 'Txn')).toMatchObject({ code: expected, outcome, cause: failure });
    expect(etcdErrorOf(failure, 'Txn')).toBeInstanceOf(EtcdError);
  });
});

test.each([
  ['3.4.23', false],
  ['3.4.25', true],
  ['3.4.37', true],
  ['3.5.0', false],
  ['3.5.8', true],
  ['3.5.21-rc.0', true],
  ['3.6.0', true],
  ['4.0.0', true],
  ['3.3.99', false],
  ['unknown', false],
])('marks that are asked for can be trusted in etcd %s: %s', (version, expected) => {
  expect(hasSoundMarks(version)).toBe(expected);
});
