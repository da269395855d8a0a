/**
 * What all members of a cluster have in common without telling each other: the application's id and its first keys, derived from the
 * cluster's secret wherever they are not configured. So it does not matter which member comes first, nor how many do at once.
 */
import { hkdfSync } from 'node:crypto';
import type { Configuration } from '../configuration.ts';

type Shared = Pick<Configuration, 'applicationId' | 'adminKey' | 'searchKey' | 'fqlSecret'>;

const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

export function withSharedIdentity(configuration: Configuration, secret: string): Configuration {
  return { ...configuration, ...sharedIdentity(configuration, secret) };
}

export function sharedIdentity(given: Shared, secret: string): Required<{ [K in keyof Shared]: string }> {
  return {
    applicationId: given.applicationId ?? idOf(derive(secret, 'application id')),
    adminKey: given.adminKey ?? derive(secret, 'admin key').toString('hex'),
    searchKey: given.searchKey ?? derive(secret, 'search key').toString('hex'),
    fqlSecret: given.fqlSecret ?? derive(secret, 'fql secret').toString('hex'),
  };
}

function derive(secret: string, what: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `skein cluster ${what} v1`, 16));
}

/** Ten capital letters and digits, as clients know application ids. */
function idOf(bytes: Buffer): string {
  return Array.from(bytes.subarray(0, 10), (byte) => ID_LETTERS[byte % ID_LETTERS.length]).join('');
}
