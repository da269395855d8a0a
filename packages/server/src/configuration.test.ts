import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { ConfigurationError, defaultQueryProcesses, loadConfiguration, SETTINGS } from './configuration.ts';

const folder = mkdtempSync(join(tmpdir(), 'skein-configuration-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (args: readonly string[] = [], env: Record<string, string> = {}, cwd = folder) =>
  loadConfiguration({ args, env: { HOME: '/home/ann', ...env }, cwd });

test('without any configuration the documented defaults hold', () => {
  const { configuration, warnings } = load();
  expect(warnings).toEqual([]);
  expect(configuration).toMatchObject({
    port: 7700,
    host: '127.0.0.1',
    data: join(folder, 'skein-data'),
    applicationId: undefined,
    secretFile: '/home/ann/.config/skein/secret',
    credentialsFile: '/home/ann/.config/skein/credentials.json',
    demo: true,
    logLevel: 'info',
  });
});

test('a flag beats the environment, which beats the file, which beats the default', () => {
  const file = join(folder, 'own.json');
  writeFileSync(file, JSON.stringify({ port: 1, host: 'file', data: 'relative', demo: false }));
  const { configuration } = load(['--config', file, '--port=3'], { SKEIN_PORT: '2', SKEIN_HOST: 'env' });
  expect(configuration).toMatchObject({ port: 3, host: 'env', data: join(folder, 'relative'), demo: false });
});

test('skein.config.json of the working folder is read by itself, SKEIN_CONFIG names another', () => {
  const cwd = mkdtempSync(join(folder, 'cwd-'));
  writeFileSync(join(cwd, 'skein.config.json'), '{"port":4}');
  writeFileSync(join(cwd, 'other.json'), '{"port":5}');
  expect(load([], {}, cwd).configuration.port).toBe(4);
  expect(load([], { SKEIN_CONFIG: 'other.json' }, cwd).configuration.port).toBe(5);
  expect(() => load([], { SKEIN_CONFIG: 'absent.json' }, cwd)).toThrow(/absent\.json: ENOENT/);
});

test('a bad value names where it came from', () => {
  expect(() => load(['--port', 'x'])).toThrow('--port: expected a whole number from 0 to 65535, got "x"');
  expect(() => load([], { SKEIN_PORT: '70000' })).toThrow(
    'SKEIN_PORT: expected a whole number from 0 to 65535',
  );
  expect(() => load([], { SKEIN_DEMO: 'maybe' })).toThrow('SKEIN_DEMO: expected 1 or 0');
  expect(() => load([], { SKEIN_LOG_LEVEL: 'loud' })).toThrow('SKEIN_LOG_LEVEL: expected one of trace');
  expect(() => load([], { SKEIN_APPLICATION_ID: '../etc' })).toThrow(
    'SKEIN_APPLICATION_ID: expected 1 to 64',
  );
  const file = join(folder, 'bad.json');
  writeFileSync(file, '{"port":[]}');
  expect(() => load([], { SKEIN_CONFIG: file })).toThrow(`port in ${file}: expected`);
});

test('secrets and keys are not repeated in messages', () => {
  expect(() => load([], { SKEIN_ADMIN_KEY: 'häslich' })).toThrow(
    /^SKEIN_ADMIN_KEY: expected 8 to 256 visible ASCII characters$/,
  );
  expect(() => load([], { SKEIN_SECRET: 'short' })).toThrow(
    /^SKEIN_SECRET: expected at least 16 characters$/,
  );
});

test('unknown flags and file names are errors, unknown variables are warnings, both suggest', () => {
  expect(() => load(['--prot', '1'])).toThrow('--prot is not a flag; did you mean --port?');
  expect(() => load(['--no-port'])).toThrow('--no-port is not a flag');
  const file = join(folder, 'unknown.json');
  writeFileSync(file, '{"prot":1}');
  expect(() => load([], { SKEIN_CONFIG: file })).toThrow('"prot" is not a setting; did you mean port?');
  expect(load([], { SKEIN_PROT: '1' }).warnings).toEqual([
    'SKEIN_PROT is not a setting; did you mean SKEIN_PORT?',
  ]);
  expect(load([], { SKEIN_URL: 'http://x', SKEIN_API_KEY: 'x' }).warnings).toEqual([]);
});

test('switches take --demo, --no-demo and --demo=0', () => {
  expect(load(['--no-demo']).configuration.demo).toBe(false);
  expect(load(['--demo=0']).configuration.demo).toBe(false);
  expect(load(['--demo'], { SKEIN_DEMO: '0' }).configuration.demo).toBe(true);
});

test('with a secret given, no credentials are written down unless a file is named', () => {
  const env = { SKEIN_SECRET: 'sixteen letters!' };
  expect(load([], env).configuration.credentialsFile).toBeUndefined();
  expect(load([], { ...env, SKEIN_CREDENTIALS_FILE: 'c.json' }).configuration.credentialsFile).toBe(
    join(folder, 'c.json'),
  );
});

test('query processes follow cores, at least two, and give way on small machines', () => {
  const gib = 1024 ** 3;
  expect(defaultQueryProcesses(1, 8 * gib)).toBe(2);
  expect(defaultQueryProcesses(8, 32 * gib)).toBe(8);
  expect(defaultQueryProcesses(8, 2 * gib)).toBe(3);
  expect(defaultQueryProcesses(4, gib / 2)).toBe(1);
});

test('FQL listens where the rest does unless told otherwise, and wants certificate and key together', () => {
  expect(load(['--host', '0.0.0.0']).configuration).toMatchObject({
    fql: true,
    fqlPort: 8443,
    fqlHost: '0.0.0.0',
    fqlSecret: undefined,
    fqlStrictTemporal: false,
  });
  expect(load(['--no-fql', '--fql-host', '::1']).configuration).toMatchObject({ fql: false, fqlHost: '::1' });
  expect(load(['--fql-tls-cert', 'c.pem', '--fql-tls-key=k.pem']).configuration).toMatchObject({
    fqlTlsCert: join(folder, 'c.pem'),
    fqlTlsKey: join(folder, 'k.pem'),
  });
  expect(() => load([], { SKEIN_FQL_TLS_KEY: 'k.pem' })).toThrow(
    'SKEIN_FQL_TLS_KEY: expected together with SKEIN_FQL_TLS_CERT',
  );
  expect(() => load(['--fql-secret', 'secret:child:admin'])).toThrow(
    /^--fql-secret: expected text without colons$/,
  );
});

test('every setting has its own name in all three places', () => {
  for (const name of ['key', 'env', 'flag'] as const) {
    expect(new Set(SETTINGS.map((each) => each[name])).size).toBe(SETTINGS.length);
  }
});

test('any flags, variables and files give a configuration or a ConfigurationError', () => {
  const file = join(folder, 'any.json');
  const flag = fc.oneof(fc.string(), fc.constantFrom(...SETTINGS.map((each) => `--${each.flag}`)));
  const variables = fc.dictionary(fc.constantFrom(...SETTINGS.map((each) => each.env)), fc.string());
  fc.assert(
    fc.property(fc.array(flag), variables, fc.oneof(fc.json(), fc.string()), (args, env, content) => {
      writeFileSync(file, content);
      try {
        load(args, { ...env, SKEIN_CONFIG: file });
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
      }
    }),
  );
});
