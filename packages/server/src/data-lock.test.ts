import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ConfigurationError } from './configuration.ts';
import { readCredentials, writeCredentials } from './credentials-file.ts';
import { DataFolderError, DataLock, DataLockedError, ownerOf, startOf } from './data-lock.ts';
import { loadSecret } from './secret.ts';

const root = mkdtempSync(join(tmpdir(), 'skein-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a folder has one owner; after release it is free', async () => {
  const folder = join(root, 'locked', 'data');
  const lock = await DataLock.take(folder, 1);
  lock.listening('http://127.0.0.1:1');
  expect(ownerOf(folder)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:1' });
  await expect(DataLock.take(folder, 1)).rejects.toThrow(DataLockedError);
  await expect(DataLock.take(folder, 1)).rejects.toThrow(
    /in use by another Skein server \(process \d+, listening on http/,
  );
  lock.release();
  expect(ownerOf(folder)).toBeUndefined();
  (await DataLock.take(folder, 1)).release();
});

test('a folder that cannot be made or written to is named, with what to do', async () => {
  const file = join(root, 'a-file');
  writeFileSync(file, '');
  for (const folder of [file, join(file, 'data')]) {
    await expect(DataLock.take(folder, 1)).rejects.toThrow(DataFolderError);
    await expect(DataLock.take(folder, 1)).rejects.toThrow(`cannot write to the data folder ${folder} (`);
  }
});

test('the mark of a dead process, of a reused process id, and a damaged mark do not lock', async () => {
  const folder = mkdtempSync(join(root, 'stale-'));
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  for (const content of [
    JSON.stringify({ pid: child.pid, startedAt: '1' }),
    JSON.stringify({ pid: process.pid, startedAt: '1' }),
    '{',
    '',
  ]) {
    writeFileSync(join(folder, 'skein.pid'), content);
    const lock = await DataLock.take(folder, 1);
    expect(JSON.parse(readFileSync(join(folder, 'skein.pid'), 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  }
});

test('a builder that a killed server left behind is waited for', async () => {
  const folder = mkdtempSync(join(root, 'orphan-'));
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const builder = { pid: child.pid, startedAt: startOf(child.pid ?? -1) };
  writeFileSync(
    join(folder, 'skein.pid'),
    JSON.stringify({ pid: child.pid, startedAt: 'long ago', builder }),
  );
  const lock = await DataLock.take(folder, 1);
  await expect(lock.untilNoBuilder(50)).rejects.toThrow(/left by a server that was killed/);
  const waiting = lock.untilNoBuilder(20_000);
  child.kill('SIGKILL');
  await waiting;
  lock.builderIs(process.pid, '/run/builder.sock');
  expect(ownerOf(folder)).toMatchObject({
    builder: { pid: process.pid },
    builderSocket: '/run/builder.sock',
  });
  lock.release();
});

test('the start of a process is known where there is /proc', () => {
  expect(startOf(process.pid) !== undefined).toBe(existsSync('/proc/self/stat'));
});

test('a secret is made once, with mode 0600, and found again', () => {
  const file = join(root, 'home', '.config', 'skein', 'secret');
  const first = loadSecret({ secret: undefined, secretFile: file, data: join(root, 'data') });
  expect(first.length).toBeGreaterThanOrEqual(43);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(loadSecret({ secret: undefined, secretFile: file, data: join(root, 'data') })).toBe(first);
});

test('a secret that others can read, that is too short, or that lies with the data is refused', () => {
  const data = join(root, 'data');
  const load = (secretFile: string) => () => loadSecret({ secret: undefined, secretFile, data });
  writeFileSync(join(root, 'open'), 'x'.repeat(40), { mode: 0o644 });
  expect(load(join(root, 'open'))).toThrow(/others can read the secret \(mode 644\); run: chmod 600/);
  writeFileSync(join(root, 'short'), 'x', { mode: 0o600 });
  expect(load(join(root, 'short'))).toThrow(/expected at least 16 characters/);
  expect(load(join(data, 'secret'))).toThrow(/must lie outside the data folder/);
  expect(load(join(root, 'open', 'secret'))).toThrow(ConfigurationError);
});

test('a secret given outright touches no file', () => {
  const secretFile = join(root, 'never');
  expect(loadSecret({ secret: 'sixteen letters!', secretFile, data: root })).toBe('sixteen letters!');
  expect(existsSync(secretFile)).toBe(false);
});

test('credentials of several servers live in one private file; the latest is the default', () => {
  const file = join(root, 'credentials', 'credentials.json');
  expect(readCredentials(file)).toBeUndefined();
  writeCredentials(file, { url: 'http://a', applicationId: 'A', apiKey: 'a' });
  writeCredentials(file, { url: 'http://b', applicationId: 'B', apiKey: 'b' });
  writeCredentials(file, { url: 'http://a', applicationId: 'A', apiKey: 'c' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readCredentials(file)).toEqual({ url: 'http://a', applicationId: 'A', apiKey: 'c' });
  expect(readCredentials(file, 'http://b')).toEqual({ url: 'http://b', applicationId: 'B', apiKey: 'b' });
  expect(readCredentials(file, 'http://c')).toBeUndefined();
});
