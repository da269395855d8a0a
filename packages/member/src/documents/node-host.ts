/** What evaluation asks of this machine: hashing. */
import { hash as digest, scryptSync, timingSafeEqual } from 'node:crypto';
import type { Host } from '@skein/fql';

/**
 * About 4 ms: logins are evaluated at their place in the log, one after another, so the hash may not take as long as it could elsewhere. The
 * parameters stand in the hash, and can be raised.
 */
const COST = 2048;
const BLOCK_SIZE = 8;
const HASH_BYTES = 32;

export const nodeHost: Host = {
  hashPassword: (password, salt) => {
    const hash = scryptSync(password, salt, HASH_BYTES, { N: COST, r: BLOCK_SIZE, p: 1 });
    return [
      'scrypt',
      COST,
      BLOCK_SIZE,
      Buffer.from(salt).toString('base64url'),
      hash.toString('base64url'),
    ].join('$');
  },
  verifyPassword: (password, stored) => {
    const [name, cost, blockSize, salt, hash] = stored.split('$');
    if (name !== 'scrypt' || salt === undefined || hash === undefined) return false;
    const expected = Buffer.from(hash, 'base64url');
    const given = scryptSync(password, Buffer.from(salt, 'base64url'), expected.byteLength, {
      N: Number(cost),
      r: Number(blockSize),
      p: 1,
    });
    return timingSafeEqual(given, expected);
  },
  sha256: (text) => digest('sha256', text, 'hex'),
};
