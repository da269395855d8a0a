/** What the README tells a newcomer to type works as written. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'skein-readme-'));
let server: RunningSkein;

beforeAll(async () => {
  server = await startSkein({ env: { SKEIN_QUERY_PROCESSES: '1' } });
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true });
});

/** The fenced block of `language` that contains `text`. */
function block(language: string, text: string): string {
  const blocks = [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.find(([, name, content]) => name === language && content?.includes(text));
  return found?.[2] ?? expect.fail(`README has no ${language} block with ${text}`);
}

test('the shell lines import and find', async () => {
  const lines = block('sh', 'skein import').replaceAll('npx skein', 'skein');
  const env = {
    PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    // The credentials that the server of this test has written down.
    HOME: join(server.folder, 'home'),
  };
  const { stdout } = await run('bash', ['-ec', lines], { cwd: folder, env });
  expect(stdout).toContain('2 records into lamps');
  expect(stdout).toContain('Desk lamp');
  expect(stdout).toContain('Usage: skein');
});

test('the example with the official client finds what it saved', async () => {
  const code = block('js', 'algoliasearch')
    .replace("'algoliasearch'", JSON.stringify(import.meta.resolve('algoliasearch')))
    .replace('127.0.0.1:7700', new URL(server.url).host);
  const file = join(folder, 'example.mjs');
  const names = `const APPLICATION_ID = '${server.applicationId}', ADMIN_KEY = '${server.adminKey}';\n`;
  writeFileSync(file, `${names}${code}\nexport { hits };\n`);
  const { hits } = (await import(pathToFileURL(file).href)) as { hits: { objectID: string }[] };
  expect(hits[0]?.objectID).toBe('3');
});

test('the shell lines about documents make some and read them', async () => {
  const lines = block('sh', 'skein fql').replaceAll('npx skein', 'skein');
  const env = {
    PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
    HOME: join(server.folder, 'home'),
  };
  const { stdout } = await run('bash', ['-ec', lines], { cwd: folder, env });
  expect(stdout).toContain('Ref(Collection("people"), "1")');
  expect(stdout).toContain('Ada');
});

test('the example with the official driver changes what it wrote', async () => {
  const code = block('js', 'faunadb')
    .replace("'faunadb'", JSON.stringify(import.meta.resolve('faunadb')))
    .replace('http://127.0.0.1:8443', server.fqlUrl);
  const file = join(folder, 'documents.mjs');
  writeFileSync(file, `const FQL_SECRET = '${server.fqlSecret}';\n${code}\nexport { person };\n`);
  const { person } = (await import(pathToFileURL(file).href)) as { person: object };
  expect(person).toEqual({ name: 'Grace', born: 1906, rank: 'rear admiral' });
});

test('every link of the README, HACKING and ARCHITECTURE leads to a file', async () => {
  for (const page of ['README.md', 'HACKING.md', 'ARCHITECTURE.md']) {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!http)([^)#]+)/g)) {
      await run('test', ['-e', join(root, target!)]);
    }
  }
});
