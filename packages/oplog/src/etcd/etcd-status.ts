import { type ServiceError, status } from '@grpc/grpc-js';
import { EtcdError } from './etcd-port.ts';

/** What is checked before anything is proposed to the others: certainly not carried out. */
const REFUSED_BEFORE_PROPOSED = [
  'etcdserver: no leader',
  'etcdserver: too many requests',
  'etcdserver: not capable',
  // Members are added and removed only after all of them have been connected for five seconds.
  'etcdserver: unhealthy cluster',
];

/** What a call that was sent failed with, in our words. Only for calls that ask etcd to have a leader. */
export function etcdErrorOf(error: ServiceError, what: string): EtcdError {
  const text = error.details === '' ? error.message : error.details;
  const message = `etcd, ${what}: ${text}`;
  const fail = (code: EtcdError['code'], outcome: EtcdError['outcome']): EtcdError =>
    new EtcdError(code, outcome, message, { cause: error });
  if (REFUSED_BEFORE_PROPOSED.some((known) => text.startsWith(known))) return fail('unavailable', 'refused');
  if (text.includes('database space exceeded')) return fail('no-space', 'refused');
  switch (error.code) {
    case status.CANCELLED:
      return fail('cancelled', 'unknown');
    case status.DEADLINE_EXCEEDED:
      return fail('timeout', 'unknown');
    case status.UNAVAILABLE:
      return fail(text.startsWith('etcdserver: request timed out') ? 'timeout' : 'unavailable', 'unknown');
    case status.OUT_OF_RANGE:
      return fail(text.includes('has been compacted') ? 'compacted' : 'failed', 'refused');
    case status.NOT_FOUND:
      return fail(text.includes('lease not found') ? 'no-lease' : 'failed', 'refused');
    case status.PERMISSION_DENIED:
    case status.UNAUTHENTICATED:
      return fail('refused', 'refused');
    case status.INVALID_ARGUMENT:
    case status.FAILED_PRECONDITION:
    case status.ALREADY_EXISTS:
    case status.UNIMPLEMENTED:
      return fail('failed', 'refused');
    default:
      // A line that broke in the middle of a message says "internal" or "unknown", too.
      return fail(text.startsWith('etcdserver:') ? 'failed' : 'unavailable', 'unknown');
  }
}

/** Whether marks that were asked for are told in order with the events before them (etcd issue 15220). */
export function hasSoundMarks(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/, 3).map(Number);
  if (major !== 3) return major > 3;
  if (minor === 4) return patch >= 25;
  if (minor === 5) return patch >= 8;
  return minor > 5;
}
