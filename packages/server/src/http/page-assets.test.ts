import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { ApiRequest, ApiResponse } from './api-request.ts';
import { pageRoutes } from './page-assets.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const script = "document.title = 'page'";
mkdirSync(join(folder, 'built', 'assets'), { recursive: true });
writeFileSync(
  join(folder, 'built', 'index.html'),
  `<!doctype html><script>${script}</script><script src="/assets/a-1.js"></script>`,
);
writeFileSync(join(folder, 'built', 'assets', 'a-1.js'), `/* ${'x'.repeat(2_000)} */`);
writeFileSync(join(folder, 'built', 'logo.png'), Buffer.from([1, 2, 3]));

async function get(
  built: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<ApiResponse | undefined> {
  const route = pageRoutes(join(folder, built)).find(({ pattern }) => pattern === path);
  const request: ApiRequest = {
    method: 'GET',
    params: {},
    query: new URLSearchParams(),
    headers,
    body: Buffer.alloc(0),
    clientAddress: '',
    startedAtMs: 0,
  };
  return route?.handler(request);
}

test('every file has its address and type; index.html is also the root', async () => {
  expect(
    pageRoutes(join(folder, 'built'))
      .map(({ pattern }) => pattern)
      .sort(),
  ).toEqual(['/', '/assets/a-1.js', '/index.html', '/logo.png']);
  expect((await get('built', '/'))?.contentType).toBe('text/html; charset=utf-8');
  expect((await get('built', '/logo.png'))?.contentType).toBe('image/png');
});

test('names with a hash are kept for a year, the page is asked for anew', async () => {
  expect((await get('built', '/assets/a-1.js'))?.headers?.['Cache-Control']).toContain('immutable');
  expect((await get('built', '/'))?.headers?.['Cache-Control']).toBe('no-cache');
});

test('text is packed where it is accepted, and an unchanged file is not sent again', async () => {
  const packed = await get('built', '/assets/a-1.js', { 'accept-encoding': 'gzip, br' });
  expect(packed?.headers?.['Content-Encoding']).toBe('gzip');
  expect(gunzipSync(packed?.body as Buffer).toString()).toContain('xxxx');
  const tag = packed?.headers?.['ETag'] ?? '';
  const again = await get('built', '/assets/a-1.js', { 'if-none-match': `"other", W/${tag}` });
  expect(again).toMatchObject({ status: 304, body: '' });
});

test('the policy lets run what the page holds, and nothing from elsewhere', async () => {
  const policy = (await get('built', '/'))?.headers?.['Content-Security-Policy'] ?? '';
  expect(policy).toContain(
    `script-src 'self' 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  expect(policy).toContain("default-src 'self'");
});

test('without a built page the root says so', async () => {
  expect(await get('nothing', '/')).toMatchObject({
    status: 200,
    body: expect.stringContaining('not built'),
  });
});
