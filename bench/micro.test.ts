import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const files = globSync(['bench/*.bench.ts', 'packages/*/src/**/*.bench.ts'], { cwd: root });

test('there are micro benches', () => {
  expect(files.length).toBeGreaterThanOrEqual(5);
});

test.each(files)('%s runs on a small input', { timeout: 120_000 }, async (file) => {
  const { stdout } = await promisify(execFile)(
    `${root}/node_modules/node/bin/node`,
    ['--import', './bench/mitata-once.mjs', file],
    { cwd: root, env: { ...process.env, SIZE: '300' } },
  );
  expect(stdout).toMatch(/^\d+ ran$/m);
});
