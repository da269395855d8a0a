import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyVault, SealError } from './key-vault.ts';

const vault = new KeyVault('a secret of enough bytes');

describe('KeyVault', () => {
  test('a sealed value opens again, is never sealed the same twice, and does not show', () => {
    const sealed = vault.seal('APP', 'my-admin-key');
    expect(vault.open('APP', sealed)).toBe('my-admin-key');
    expect(vault.seal('APP', 'my-admin-key')).not.toBe(sealed);
    expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain('my-admin-key');
  });

  test('another secret, another application or a changed byte does not open it', () => {
    const sealed = vault.seal('APP', 'my-admin-key');
    expect(() => new KeyVault('another secret of enough bytes').open('APP', sealed)).toThrow(SealError);
    expect(() => vault.open('OTHER', sealed)).toThrow(SealError);
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    bytes[bytes.length - 1]! ^= 1;
    expect(() => vault.open('APP', `v1.${bytes.toString('base64url')}`)).toThrow(SealError);
  });

  test('any text opens or throws SealError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String().map((text) => `v1.${text}`),
        ),
        (text) => {
          expect(() => vault.open('APP', text)).toThrow(SealError);
        },
      ),
    );
  });

  test('a short secret is refused', () => {
    expect(() => new KeyVault('short')).toThrow('at least 16');
  });
});
