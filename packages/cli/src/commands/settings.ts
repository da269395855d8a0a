/** `skein settings`: read and change the settings of an index. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import type { Command } from 'commander';
import { CliError, messageOf } from '../cli-error.ts';
import { type CommonFlags, type Context, print, withClient, withConnection } from '../context.ts';
import { indexPath } from '../http-client.ts';
import { assignment } from '../options.ts';
import { settled } from '../wait-for-task.ts';

interface SetFlags extends CommonFlags {
  readonly file?: string;
}

export function addSettingsCommand(program: Command, context: Context): void {
  const settings = program.command('settings').description('read or change the settings of an index');
  withConnection(settings.command('get <index>'))
    .description('print all settings as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  skein settings get movies\n  skein settings get movies > movies.settings.json',
    )
    .action((index: string, flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const answer = await client.send('GET', `${indexPath(index, 'settings')}?getVersion=2`);
        print(context, flags, answer, JSON.stringify(answer, null, 2));
      }),
    );
  withConnection(settings.command('set <index> [name=value...]'))
    .description('change settings; the ones not named stay as they are')
    .option('--file <file>', 'take the settings from a JSON file (- for standard input)')
    .addHelpText(
      'after',
      `
A value is JSON where it can be read as such, text otherwise; null resets a setting to its default.

Examples:
  skein settings set movies 'searchableAttributes=["title","director"]' hitsPerPage=12
  skein settings set movies 'customRanking=["desc(rating)"]' typoTolerance=min
  skein settings set movies --file movies.settings.json`,
    )
    .action((index: string, pairs: string[], flags: SetFlags) =>
      withClient(context, flags, async (client) => {
        const fromFile = flags.file === undefined ? {} : await readSettings(flags.file, context);
        const patch: JsonObject = { ...fromFile, ...assigned(pairs) };
        if (Object.keys(patch).length === 0) {
          throw new CliError('nothing to set: give name=value, or --file.', { exit: 'usage' });
        }
        const answer = await client.send('PUT', indexPath(index, 'settings'), patch);
        await settled(client, index, answer);
        print(context, flags, answer, `Changed ${Object.keys(patch).join(', ')} of ${index}.`);
      }),
    );
}

function assigned(pairs: readonly string[]): JsonObject {
  let patch: Readonly<Record<string, unknown>> = {};
  for (const pair of pairs) patch = assignment(pair, patch);
  return patch as Readonly<Record<string, Json>>;
}

/** What `settings get` printed is accepted back: its `version` is no setting. */
async function readSettings(file: string, context: Context): Promise<JsonObject> {
  let value: unknown;
  try {
    value = JSON.parse(
      file === '-' ? await readAll(context) : readFileSync(resolve(context.cwd, file), 'utf8'),
    );
  } catch (error) {
    throw new CliError(`cannot read settings from ${file}: ${messageOf(error)}.`, {
      exit: 'usage',
      cause: error,
    });
  }
  if (!isJsonObject(value))
    throw new CliError(`${file}: expected a JSON object of settings.`, { exit: 'usage' });
  const { version: _, ...rest } = value;
  return rest;
}

async function readAll(context: Context): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of context.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
