/** `docs/operating/settings.md` is the table of settings, in words: rewrite it by `REWRITE=1`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTINGS } from '@skein/server/configuration';
import { expect, test } from 'vitest';

const file = join(import.meta.dirname, '../../docs/operating/settings.md');

function page(): string {
  const rows = SETTINGS.map(({ env, flag, kind, key, defaultText, help }) => {
    const flags = kind === 'switch' ? `\`--${flag}\`, \`--no-${flag}\`` : `\`--${flag}\``;
    return `| \`${env}\` | ${flags} | \`${key}\` | ${defaultText} | ${help} |`;
  });
  return [
    '# Settings',
    '',
    'A setting comes from its flag of `skein serve`, else its environment variable, else the configuration file (`skein.config.json` in the',
    'working folder, or the one that `SKEIN_CONFIG` or `--config` names: a JSON object), else its default.',
    '',
    '| variable | flag | in the file | default | what it does |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

test('the page of settings says what the table says', () => {
  if (process.env['REWRITE'] === '1') writeFileSync(file, page());
  expect(readFileSync(file, 'utf8')).toBe(page());
});
