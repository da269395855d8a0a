/** `skein keys`: API keys of the application, and secured keys made from one. */
import { createHmac } from 'node:crypto';
import type { Json, JsonObject } from '@skein/base';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type CommonFlags, type Context, print, withClient, withConnection } from '../context.ts';
import { objectsField, textField } from '../json-fields.ts';
import { assignment, list, wholeNumber } from '../options.ts';
import { table } from '../table.ts';

interface KeyFlags extends CommonFlags {
  readonly acl?: readonly string[];
  readonly description?: string;
  readonly indexes?: readonly string[];
  readonly validity?: number;
  readonly maxHitsPerQuery?: number;
  readonly maxQueriesPerIpPerHour?: number;
  readonly queryParameters?: string;
  readonly referers?: readonly string[];
}

interface SecuredFlags extends CommonFlags {
  readonly validUntil?: number;
  readonly restrictIndices?: readonly string[];
  readonly restrictSources?: readonly string[];
  readonly userToken?: string;
  readonly filters?: string;
  readonly param?: Readonly<Record<string, Json>>;
}

const secondsMax = 4_102_444_800;

export function addKeysCommand(program: Command, context: Context): void {
  const keys = program.command('keys').description('list, add, change, delete, restore or derive API keys');
  withConnection(keys.command('list', { isDefault: true }))
    .description('all keys with what they may do')
    .addHelpText('after', '\nExample:\n  skein keys list')
    .action((flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const answer = await client.send('GET', '/1/keys');
        const items = objectsField(answer, 'keys');
        print(context, flags, items, keyTable(items));
      }),
    );
  withConnection(keys.command('get <key>'))
    .description('what one key may do')
    .addHelpText('after', '\nExample:\n  skein keys get 0123456789abcdef0123456789abcdef')
    .action((key: string, flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const answer = await client.send('GET', keyPath(key));
        print(context, flags, answer, JSON.stringify(answer, null, 2));
      }),
    );
  withKeyFields(keys.command('add'))
    .description('make a key')
    .addHelpText(
      'after',
      `
Examples:
  skein keys add --acl search --description "shop front" --indexes "shop_*"
  skein keys add --acl search,browse --validity 86400`,
    )
    .action((flags: KeyFlags) =>
      withClient(context, flags, async (client) => {
        if (flags.acl === undefined)
          throw new CliError('say what the key may do by --acl, for example --acl search.', {
            exit: 'usage',
          });
        const answer = await client.send('POST', '/1/keys', keyFields(flags));
        print(context, flags, answer, textField(answer, 'key'));
      }),
    );
  withKeyFields(keys.command('update <key>'))
    .description('change a key; what is not named goes back to its default')
    .addHelpText('after', '\nExample:\n  skein keys update 0123… --acl search --max-hits-per-query 50')
    .action((key: string, flags: KeyFlags) =>
      withClient(context, flags, async (client) => {
        if (flags.acl === undefined)
          throw new CliError('say what the key may do by --acl, for example --acl search.', {
            exit: 'usage',
          });
        print(context, flags, await client.send('PUT', keyPath(key), keyFields(flags)), 'Changed.');
      }),
    );
  withConnection(keys.command('delete <key>'))
    .description('delete a key; `keys restore` brings it back')
    .addHelpText('after', '\nExample:\n  skein keys delete 0123…')
    .action((key: string, flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        print(context, flags, await client.send('DELETE', keyPath(key)), 'Deleted.');
      }),
    );
  withConnection(keys.command('restore <key>'))
    .description('bring a deleted key back')
    .addHelpText('after', '\nExample:\n  skein keys restore 0123…')
    .action((key: string, flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        print(context, flags, await client.send('POST', `${keyPath(key)}/restore`), 'Restored.');
      }),
    );
  addSecuredCommand(keys, context);
}

function addSecuredCommand(keys: Command, context: Context): void {
  keys
    .command('secured <parent-key>')
    .description('derive a key with fixed parameters, without asking the server')
    .option('--valid-until <seconds>', 'end of its life, seconds since 1970', wholeNumber(0, secondsMax))
    .option('--restrict-indices <names>', 'only these indexes; * is a wildcard', list)
    .option('--restrict-sources <ranges>', 'only from these networks (CIDR)', list)
    .option('--user-token <token>', 'the user that searches belong to')
    .option('--filters <filters>', 'joined to the filters of every search by AND')
    .option('--param <name=value>', 'any search parameter to force; may be given again', assignment)
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText(
      'after',
      `
The parent is a key that may only search.

Example:
  skein keys secured "$SEARCH_KEY" --filters "tenant:42" --valid-until $(($(date +%s) + 3600))`,
    )
    .action((parent: string, flags: SecuredFlags) => {
      const restrictions: JsonObject = {
        ...flags.param,
        ...(flags.validUntil === undefined ? {} : { validUntil: flags.validUntil }),
        ...(flags.restrictIndices === undefined ? {} : { restrictIndices: flags.restrictIndices }),
        ...(flags.restrictSources === undefined ? {} : { restrictSources: flags.restrictSources.join(',') }),
        ...(flags.userToken === undefined ? {} : { userToken: flags.userToken }),
        ...(flags.filters === undefined ? {} : { filters: flags.filters }),
      };
      const key = securedKey(parent, restrictions);
      print(context, flags, { key }, key);
    });
}

/** As the official client makes it: names sorted, arrays joined by commas. */
export function securedKey(parent: string, restrictions: JsonObject): string {
  const query = Object.keys(restrictions)
    .sort()
    .map((name) => {
      const value = restrictions[name];
      const text = Array.isArray(value)
        ? value.join(',')
        : typeof value === 'string'
          ? value
          : JSON.stringify(value);
      return `${name}=${encodeURIComponent(text).replaceAll('+', '%20')}`;
    })
    .join('&');
  const hash = createHmac('sha256', parent).update(query).digest('hex');
  return Buffer.from(hash + query).toString('base64');
}

function withKeyFields(command: Command): Command {
  return withConnection(command)
    .option('--acl <rights>', 'what it may do: search, browse, addObject, …', list)
    .option('--description <text>', 'what it is for')
    .option('--indexes <names>', 'only these indexes; * is a wildcard', list)
    .option('--validity <seconds>', 'life of the key; 0 has no end', wholeNumber(0, secondsMax))
    .option(
      '--max-hits-per-query <count>',
      'most records per search; 0 has no bound',
      wholeNumber(0, 1_000_000),
    )
    .option(
      '--max-queries-per-ip-per-hour <count>',
      'most requests; 0 has no bound',
      wholeNumber(0, 1_000_000_000),
    )
    .option('--query-parameters <text>', 'forced search parameters, URL-encoded')
    .option('--referers <patterns>', 'only from pages at these addresses', list);
}

function keyFields(flags: KeyFlags): JsonObject {
  const fields: Record<string, Json | undefined> = {
    acl: flags.acl,
    description: flags.description,
    indexes: flags.indexes,
    validity: flags.validity,
    maxHitsPerQuery: flags.maxHitsPerQuery,
    maxQueriesPerIPPerHour: flags.maxQueriesPerIpPerHour,
    queryParameters: flags.queryParameters,
    referers: flags.referers,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function keyPath(key: string): string {
  return `/1/keys/${encodeURIComponent(key)}`;
}

function keyTable(items: readonly JsonObject[]): string {
  const joined = (value: Json | undefined): string => (Array.isArray(value) ? value.join(', ') : '');
  const rows = items.map((item) => [
    textField(item, 'value'),
    joined(item['acl']),
    joined(item['indexes']),
    textField(item, 'description'),
  ]);
  // Nothing is cut here: half a key is of no use.
  return table({ head: ['key', 'may', 'indexes', 'description'], rows });
}
