/** `skein searchable`: indexes that are filled from collections of documents. */
import { setTimeout as pause } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '@skein/base';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import { type CommonFlags, type Context, print, withClient, withConnection } from '../context.ts';
import type { HttpClient } from '../http-client.ts';
import { startProgress } from '../import/progress.ts';
import { numberField, objectsField, textField } from '../json-fields.ts';
import { assignment } from '../options.ts';
import { table } from '../table.ts';

interface DeclareFlags extends CommonFlags {
  readonly attribute?: Readonly<Record<string, string>>;
  readonly setting?: Readonly<Record<string, unknown>>;
  readonly refill?: boolean;
  readonly replace?: boolean;
  readonly wait: boolean;
}

interface DropFlags extends CommonFlags {
  readonly records: 'keep' | 'delete';
}

const waitMsMin = 50;
const waitMsMax = 1_000;

export function addSearchableCommand(program: Command, context: Context): void {
  const searchable = program
    .command('searchable')
    .description('indexes that are filled from collections of documents: declare, list, drop');
  withConnection(searchable.command('list', { isDefault: true }))
    .description('all of them, with how far they are')
    .addHelpText('after', '\nExample:\n  skein searchable list')
    .action((flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const items = objectsField(await client.send('GET', pathOf()), 'items');
        const words =
          items.length === 0
            ? 'No searchable collections yet; `skein searchable declare` makes one.'
            : listTable(items, context.stdout.columns);
        print(context, flags, items, words);
      }),
    );
  withConnection(searchable.command('show <index>'))
    .description('its declaration, how far it is, and which documents are too large for it')
    .addHelpText('after', '\nExample:\n  skein searchable show products')
    .action((index: string, flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const found = await client.send('GET', pathOf(index));
        print(context, flags, found, JSON.stringify(found, null, 2));
      }),
    );
  withConnection(searchable.command('declare <index> <collection>'))
    .description('fill an index from a collection, from now on, and with the documents that are there')
    .option('--attribute <name=path>', 'what a record holds, and where it stands in a document', mapping)
    .option('--setting <name=value>', 'a setting of the index', assignment)
    .option('--refill', 'empty and fill the index, also when nothing of its declaration changes')
    .option('--replace', 'the index may have records of its own: they are lost')
    .option('--no-wait', 'do not wait until the documents that are there are in the index')
    .addHelpText(
      'after',
      `
Without --attribute, records hold all of a document's data. Each record's objectID is the document's id.

Examples:
  skein searchable declare shop products
  skein searchable declare shop products --attribute title=data.name --attribute price=data.price \\
      --setting 'searchableAttributes=["title"]'`,
    )
    .action((index: string, collection: string, flags: DeclareFlags) =>
      withClient(context, flags, async (client) => {
        const answer = await client.send('PUT', pathOf(index), declaration(collection, flags));
        const state = flags.wait ? await filled(client, context, index, flags) : answer;
        print(context, flags, state, declaredWords(index, collection, state));
      }),
    );
  withConnection(searchable.command('drop <index>'))
    .description('fill an index from a collection no longer')
    .addOption(
      new Option('--records <what>', 'what becomes of the index: it stays, open to be written to, or goes')
        .choices(['keep', 'delete'])
        .default('keep'),
    )
    .addHelpText('after', '\nExample:\n  skein searchable drop shop --records delete')
    .action((index: string, flags: DropFlags) =>
      withClient(context, flags, async (client) => {
        const answer = await client.send('DELETE', `${pathOf(index)}?records=${flags.records}`);
        const rest = flags.records === 'keep' ? 'The index stays as it is.' : 'The index is deleted.';
        print(context, flags, answer, `${index} is filled from a collection no longer. ${rest}`);
      }),
    );
}

function pathOf(index?: string): string {
  return `/1/searchable-collections${index === undefined ? '' : `/${encodeURIComponent(index)}`}`;
}

function declaration(collection: string, flags: DeclareFlags): JsonObject {
  const { attribute, setting, refill, replace } = flags;
  return {
    collection,
    ...(attribute === undefined ? {} : { attributes: attribute }),
    ...(setting === undefined ? {} : { settings: setting as JsonObject }),
    ...(refill === true ? { refill } : {}),
    ...(replace === true ? { replace } : {}),
  };
}

/** `title=data.name`. */
function mapping(
  text: string,
  previous: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) throw new InvalidArgumentError('Expected name=path.');
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** Its state once every document that was there has been looked at. */
async function filled(
  client: HttpClient,
  context: Context,
  index: string,
  flags: CommonFlags,
): Promise<JsonObject> {
  const progress = startProgress({
    stream: context.stderr,
    isQuiet: flags.json === true,
    nowMs: context.nowMs,
    noun: 'documents',
  });
  try {
    for (let waitMs = waitMsMin; ; waitMs = Math.min(waitMsMax, waitMs * 2)) {
      const state = await client.send('GET', pathOf(index));
      const records = numberField(state, 'filledCount');
      progress.update({ records, rejected: numberField(state, 'leftOutCount'), share: undefined });
      if (textField(state, 'state') === 'ready') return state;
      if (context.interrupted.aborted) {
        throw new CliError(`interrupted; the server goes on filling ${index}.`);
      }
      await pause(waitMs);
    }
  } finally {
    progress.stop();
  }
}

function declaredWords(index: string, collection: string, state: JsonObject): string {
  if (textField(state, 'state') !== 'ready') return `${index} is being filled from ${collection}.`;
  const count = numberField(state, 'filledCount').toLocaleString('en');
  const leftOut = numberField(state, 'leftOutCount');
  const but =
    leftOut === 0
      ? ''
      : `\n${leftOut.toLocaleString('en')} of them are too large for records and left out; see \`skein searchable show\`.`;
  return `${index} is filled from ${collection}: ${count} documents.${but}`;
}

function listTable(items: readonly JsonObject[], columnsMax: number | undefined): string {
  return table({
    head: ['index', 'collection', 'attributes', 'state', 'filled with', 'left out'],
    rows: items.map((item) => [
      textField(item, 'indexName'),
      textField(item, 'collection'),
      isJsonObject(item['attributes']) ? Object.keys(item['attributes']).join(', ') : 'all of data',
      textField(item, 'state'),
      numberField(item, 'filledCount'),
      numberField(item, 'leftOutCount'),
    ]),
    columnsMax,
  });
}
