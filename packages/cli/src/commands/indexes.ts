/** `skein indexes`: what is there, and copy, move, clear, delete. */
import type { JsonObject } from '@skein/base';
import { type Command, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import { type CommonFlags, type Context, print, withClient, withConnection } from '../context.ts';
import { type HttpClient, indexPath } from '../http-client.ts';
import { numberField, objectsField, textField } from '../json-fields.ts';
import { table } from '../table.ts';
import { settled } from '../wait-for-task.ts';

interface OperationFlags extends CommonFlags {
  readonly scope?: readonly string[];
}

const pageIndexes = 100;

export function addIndexesCommand(program: Command, context: Context): void {
  const indexes = program.command('indexes').description('list, copy, move, clear or delete indexes');
  withConnection(indexes.command('list', { isDefault: true }))
    .description('names, records, size')
    .addHelpText('after', '\nExample:\n  skein indexes list --json')
    .action((flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const items = await allIndexes(client);
        const words =
          items.length === 0
            ? 'No indexes yet; `skein import` makes one.'
            : indexTable(items, context.stdout.columns);
        print(context, flags, items, words);
      }),
    );
  for (const operation of ['copy', 'move'] as const) {
    const command = withConnection(indexes.command(`${operation} <from> <to>`))
      .description(
        operation === 'copy' ? 'copy an index over another' : 'rename an index, over another if there is one',
      )
      .addHelpText(
        'after',
        `\nExample:\n  skein indexes ${operation} movies movies_${operation === 'copy' ? 'copy' : 'old'}`,
      );
    if (operation === 'copy') {
      command.addOption(
        new Option('--scope <parts...>', 'only these parts, without the records').choices([
          'settings',
          'synonyms',
          'rules',
        ]),
      );
    }
    command.action((from: string, to: string, flags: OperationFlags) =>
      change(
        context,
        flags,
        from,
        `${operation === 'copy' ? 'Copied' : 'Moved'} ${from} to ${to}.`,
        (client) =>
          client.send('POST', indexPath(from, 'operation'), {
            operation,
            destination: to,
            ...(flags.scope === undefined ? {} : { scope: flags.scope }),
          }),
      ),
    );
  }
  withConnection(indexes.command('clear <index>'))
    .description('remove all records, keep the settings')
    .addHelpText('after', '\nExample:\n  skein indexes clear movies')
    .action((index: string, flags: CommonFlags) =>
      change(context, flags, index, `Cleared ${index}.`, (client) =>
        client.send('POST', indexPath(index, 'clear')),
      ),
    );
  withConnection(indexes.command('delete <index...>'))
    .description('delete indexes with all that they hold')
    .addHelpText('after', '\nExample:\n  skein indexes delete movies_old movies_tmp')
    .action(async (names: string[], flags: CommonFlags) => {
      for (const name of names) {
        await change(context, flags, name, `Deleted ${name}.`, (client) =>
          client.send('DELETE', indexPath(name)),
        );
      }
    });
}

async function change(
  context: Context,
  flags: CommonFlags,
  index: string,
  words: string,
  send: (client: HttpClient) => Promise<JsonObject>,
): Promise<void> {
  await withClient(context, flags, async (client) => {
    const known = await allIndexes(client);
    // The API takes changes to an index that does not exist without a word; a person has mistyped it.
    if (!known.some((item) => item['name'] === index)) {
      throw new CliError(`index ${index} does not exist. \`skein indexes list\` names those that do.`);
    }
    const answer = await send(client);
    await settled(client, index, answer);
    print(context, flags, answer, words);
  });
}

async function allIndexes(client: HttpClient): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  for (let page = 0; ; page++) {
    const answer = await client.send('GET', `/1/indexes?page=${page}&hitsPerPage=${pageIndexes}`);
    items.push(...objectsField(answer, 'items'));
    if (page + 1 >= numberField(answer, 'nbPages')) return items;
  }
}

function indexTable(items: readonly JsonObject[], columnsMax: number | undefined): string {
  const rows = items.map((item) => [
    textField(item, 'name'),
    numberField(item, 'entries'),
    bytesText(numberField(item, 'fileSize')),
    textField(item, 'updatedAt'),
  ]);
  return table({ head: ['name', 'records', 'size', 'updated'], rows, columnsMax });
}

/** `1536` → `1.5 kB`, in powers of 1000 as disks are sold. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at++;
  }
  return `${at === 0 ? value : value.toFixed(1)} ${units[at]}`;
}
