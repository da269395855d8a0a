/** `skein fql`, typed into as into a terminal, and run from files, against a database in memory. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommandLine } from '../program.ts';
import { MemoryFqlServer } from '../testing/memory-fql-server.ts';
import { type Run, runCommand } from '../testing/run-command.ts';

let folder: string;
let server: MemoryFqlServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skein-fql-'));
  server = await MemoryFqlServer.start();
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const fql = (args: readonly string[], stdin?: string): Promise<Run> =>
  runCommand(['fql', ...args], { cwd: folder, env: server.env, ...(stdin === undefined ? {} : { stdin }) });

/** A terminal with a shell in it. */
class Terminal {
  readonly ended: Promise<number>;
  readonly #stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
  #seen = '';
  #at = 0;
  readonly #looking = new Set<() => void>();

  constructor() {
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 100, hasColors: () => true });
    const stderr = new PassThrough();
    for (const stream of [stdout, stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#seen += chunk.toString();
        for (const look of this.#looking) look();
      });
    }
    this.ended = runCommandLine(['fql'], {
      env: { HOME: folder, ...server.env },
      cwd: folder,
      stdin: this.#stdin,
      stdout: stdout as unknown as NodeJS.WriteStream,
      stderr: stderr as unknown as NodeJS.WriteStream,
      nowMs: () => Date.now(),
      interrupted: new AbortController().signal,
    });
  }

  get seen(): string {
    return stripVTControlCharacters(this.#seen);
  }

  get raw(): string {
    return this.#seen;
  }

  /** Types, and waits until the text is on the screen behind what was waited for before. */
  async type(keys: string, until: string | RegExp): Promise<void> {
    this.#stdin.write(keys);
    await new Promise<void>((resolve) => {
      const look = (): void => {
        const fresh = this.seen.slice(this.#at);
        const found = typeof until === 'string' ? fresh.indexOf(until) : fresh.search(until);
        if (found < 0) return;
        this.#looking.delete(look);
        this.#at += found + (typeof until === 'string' ? until.length : 1);
        resolve();
      };
      this.#looking.add(look);
      look();
    });
  }
}

const historyFile = (): string => join(folder, '.config', 'skein', 'fql-history');

test('expressions of one line and of several are run as they are typed', async () => {
  const terminal = new Terminal();
  await terminal.type('', 'fql> ');
  await terminal.type('Add(1, 2)\r', /\n3\r?\n/);
  await terminal.type('Map([1,\r', '...  ');
  await terminal.type('2], x => Add(x, 1))\r', '[2, 3]');
  await terminal.type("const c = Collection('people')\r", /people'\)\r?\n[^]*fql> /);
  await terminal.type('Exists(c)\r', 'false');
  await terminal.type('{ a: 1, b: Time("2020-01-01T00:00:00Z") }\r', 'Time("2020-01-01T00:00:00Z") }');
  expect(terminal.raw).toContain('\u001b[');
  await terminal.type('\u0004', '');
  expect(await terminal.ended).toBe(0);
});

test('tab completes names of functions', async () => {
  const terminal = new Terminal();
  await terminal.type('', 'fql> ');
  await terminal.type('ToMic\t', 'ToMicros');
  await terminal.type('(1)\r', /\n1\r?\n/);
  await terminal.type('.he\t\r', '.exit');
  await terminal.type('.help paginate\r', 'Paginate(');
  await terminal.type('.exit\r', '');
  expect(await terminal.ended).toBe(0);
});

test('errors stand under what was typed, and the shell goes on', async () => {
  const terminal = new Terminal();
  await terminal.type('', 'fql> ');
  await terminal.type("Add(1, 'b')\r", "  Add(1, 'b')\r\n         ^^^".replace('\r', ''));
  await terminal.type('Get(]\r', 'Unexpected token');
  await terminal.type('nope(1)\r', 'nope is not defined');
  await terminal.type('1\r', /\n1\r?\n/);
  await terminal.type('\u0004', '');
  await terminal.ended;
});

test('Ctrl-C drops what is being typed, and gives up waiting for an answer', async () => {
  let asked = (): void => {};
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  server.interfere = (body) => {
    if (!body.includes('slow')) return 'none';
    asked();
    return new Promise(() => {});
  };
  const terminal = new Terminal();
  await terminal.type('', 'fql> ');
  await terminal.type('Add(1,\r', '...  ');
  await terminal.type('\u0003', '^C');
  await terminal.type('7\r', /\n7\r?\n/);
  await terminal.type("Concat(['slow'])\r", 'slow');
  await isAsked;
  await terminal.type('\u0003', 'cancelled');
  await terminal.type('8\r', /\n8\r?\n/);
  await terminal.type('\u0004', '');
  expect(await terminal.ended).toBe(0);
});

test('what was typed is there in the next shell, in a file that only its owner can read', async () => {
  const first = new Terminal();
  await first.type('', 'fql> ');
  await first.type('Add(1,\r', '...  ');
  await first.type('41)\r', '42');
  await first.type('\u0004', '');
  await first.ended;
  expect(readFileSync(historyFile(), 'utf8')).toBe('Add(1, 41)\n');
  expect(statSync(historyFile()).mode & 0o777).toBe(0o600);
  const second = new Terminal();
  await second.type('', 'fql> ');
  await second.type('\u001b[A\r', '42');
  await second.type('\u0004', '');
  await second.ended;
});

test('.file runs a file in the shell', async () => {
  writeFileSync(join(folder, 'x.fql'), 'const two = 2\nAdd(two, 3)');
  const terminal = new Terminal();
  await terminal.type('', 'fql> ');
  await terminal.type('.file x.fql\r', /\n5\r?\n/);
  await terminal.type('.file missing.fql\r', 'ENOENT');
  await terminal.type('Multiply(two, 5)\r', /\n10\r?\n/);
  await terminal.type('\u0004', '');
  await terminal.ended;
});

test('a file, -e and standard input run expression by expression, until one fails', async () => {
  writeFileSync(
    join(folder, 'x.fql'),
    "const c = Collection('people')\nCreateCollection({ name: 'people' })\nCreate(Ref(c, 1), { data: { n: 10n } });\n\nGet(Ref(c, 2))\nAdd(1, 1)",
  );
  const ran = await fql(['x.fql']);
  expect(ran.code).toBe(1);
  expect(ran.out).toContain('Ref(Collection("people"), "1")');
  expect(ran.out).not.toContain('2\n');
  expect(ran.err).toContain('x.fql:5: instance not found');
  expect((await fql(['-e', 'Add(1, 2)', '-e', 'ToDouble(3)', '--output', 'json'])).out).toBe('3\n3.0\n');
  expect(await fql([], 'Add(1, 2)\nAdd(3, 4)\n')).toEqual({ code: 0, out: '3\n7\n', err: '' });
  expect((await fql(['x.fql', '-e', '1'])).code).toBe(4);
  expect((await fql(['missing.fql'])).err).toContain('cannot read');
});

test('address and secret of a server of this machine are found by themselves', async () => {
  const { url, secret } = server.connection;
  mkdirSync(join(folder, '.config', 'skein'), { recursive: true });
  const servers = {
    'http://127.0.0.1:7700': { applicationId: 'a', apiKey: 'k', fqlUrl: url, fqlSecret: secret },
  };
  writeFileSync(
    join(folder, '.config', 'skein', 'credentials.json'),
    JSON.stringify({ version: 1, latest: 'http://127.0.0.1:7700', servers }),
  );
  expect((await runCommand(['fql', '-e', '1'], { cwd: folder })).out).toBe('1\n');
  // The secret is not told to another server.
  const other = await runCommand(['fql', '-e', '1', '--url', 'http://127.0.0.1:9'], { cwd: folder });
  expect(other).toMatchObject({ code: 4, err: expect.stringContaining('no secret for http://127.0.0.1:9') });
});

test('the server is told how long a query may take', async () => {
  await fql(['-e', '1', '--timeout', '7']);
  expect(server.headers).toMatchObject({ 'x-query-timeout': '7000', 'x-faunadb-api-version': '4' });
  expect((await fql(['-e', '1', '--timeout', '0'])).code).toBe(4);
});

test('no server is told by its address', async () => {
  const env = { SKEIN_FQL_URL: 'http://127.0.0.1:9', SKEIN_FQL_SECRET: 'x' };
  const { code, err } = await runCommand(['fql', '-e', '1'], { cwd: folder, env });
  expect(code).toBe(3);
  expect(err).toContain('http://127.0.0.1:9');
});
