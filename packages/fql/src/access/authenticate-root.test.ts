import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore } from '../testing/memory-store.ts';
import { authenticate, authenticateRoot } from './authenticate.ts';

const host = { sha256: (text: string) => `#${text}` };

test('the root secret as it is needs no store, and everything else is left to the store', () => {
  const reader = new MemoryStore();
  const secrets = fc.constantFrom(
    'root',
    'root:',
    'rooted',
    'root:admin',
    'root:child:admin',
    'fnA',
    '',
    'root,',
  );
  fc.assert(
    fc.property(
      fc.oneof(secrets, fc.string()),
      fc.constantFrom('root', { sha256: '#root' }),
      (text, rootSecret) => {
        const found = authenticateRoot(text, host, rootSecret);
        expect(found !== undefined).toBe(text === 'root' || text === 'root:');
        if (found !== undefined) expect(found).toEqual(authenticate(reader, text, host, rootSecret));
      },
    ),
  );
});
