import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { EXIT_CODES } from '../cli-error.ts';
import { runCommandLine } from '../program.ts';

const cwd = mkdtempSync(join(tmpdir(), 'skein-cli-certificates-'));
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function certificates(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCommandLine(['cluster', 'certificates', ...args], {
    env: { HOME: '/nowhere' },
    cwd,
    stdin: new PassThrough(),
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    nowMs: () => Date.now(),
    interrupted: new AbortController().signal,
  });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

test('members get a folder each, good for their hosts; a further one is signed by the same authority', async () => {
  const three = await certificates(
    ...[
      '--members',
      'a=10.0.0.1,b=10.0.0.2:7801,c=c.example.com',
      '--also',
      'a=search-1.example.com,c=10.0.0.3',
    ],
  );
  expect(three).toMatchObject({ code: 0, err: '' });
  expect(three.out).toContain('a.skein 10.0.0.1 search-1.example.com localhost');
  expect(three.out).toContain('ca-key.pem');
  expect(three.out).toContain('SKEIN_CERTIFICATES');
  const fourth = await certificates('--members', 'd=10.0.0.4', '--days', '30', '--json');
  expect(JSON.parse(fourth.out)).toMatchObject({
    folder: join(cwd, 'skein-certificates'),
    authority: 'found',
    members: [{ name: 'd', names: ['d.skein', '10.0.0.4', 'localhost', '127.0.0.1', '::1'] }],
  });
  const read = (file: string): X509Certificate =>
    new X509Certificate(readFileSync(join(cwd, 'skein-certificates', file)));
  for (const name of ['a', 'b', 'c', 'd'])
    expect(read(`${name}/member.pem`).verify(read('ca.pem').publicKey)).toBe(true);
});

test('certificates that are there are kept unless they shall be renewed', async () => {
  const args = ['--members', 'a=10.0.0.1', '--out', 'there'];
  expect((await certificates(...args)).code).toBe(0);
  const again = await certificates(...args);
  expect(again.code).toBe(EXIT_CODES.failed.code);
  expect(again.err).toContain('--renew');
  expect((await certificates(...args, '--renew')).code).toBe(0);
});

test('what is no list of members is refused, and nothing is made', async () => {
  const wrong = [
    [],
    ['--members', 'a'],
    ['--members', 'a=10.0.0.1,a=10.0.0.2'],
    ['--members', 'a=10.0.0.1', '--also', 'b=10.0.0.2'],
    ['--members', 'a=10.0.0.1', '--also', '10.0.0.2'],
    ['--members', 'a=10.0.0.1', '--days', '0'],
  ];
  for (const args of wrong) expect((await certificates(...args)).code).toBe(EXIT_CODES.usage.code);
  expect(existsSync(join(cwd, 'skein-certificates'))).toBe(false);
});
