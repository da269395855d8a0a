import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataLayout, KeyVault, SealError } from '@skein/member';
import { afterAll, expect, test } from 'vitest';
import { rootSecretOf } from './root-secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-root-secret-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const layout = new DataLayout(folder);
const vault = new KeyVault('sixteen letters!');
const find = (configured?: string, under = vault) =>
  rootSecretOf({ configured, layout, vault: under, applicationId: 'A' });

test('it is made once, kept sealed for its owner only, and found again; a configured one goes before it and is not kept', () => {
  expect(find('configured')).toEqual({ secret: 'configured', made: false });
  const first = find();
  expect(first).toEqual({ secret: expect.stringMatching(/^[\da-f]{48}$/) as string, made: true });
  expect(find()).toEqual({ secret: first.secret, made: false });
  expect(find('configured')).toEqual({ secret: 'configured', made: false });
  const file = join(layout.applicationFolder('A'), 'fql-secret');
  expect(readFileSync(file, 'utf8')).not.toContain(first.secret);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(() => find(undefined, new KeyVault('sixteen others!!'))).toThrow(SealError);
});
