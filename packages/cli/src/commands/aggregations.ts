/** `skein aggregations`: what the server computes of events: declared, watched, read, checked. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isJsonObject, type Json, type JsonObject } from '@skein/base';
import type { Command } from 'commander';
import { CliError, messageOf } from '../cli-error.ts';
import { type CommonFlags, type Context, print, withClient, withConnection } from '../context.ts';
import type { HttpClient } from '../http-client.ts';
import { startProgress } from '../import/progress.ts';
import { numberField, objectsField, textField } from '../json-fields.ts';
import { wholeNumber } from '../options.ts';
import { table } from '../table.ts';

interface DeclareFlags extends CommonFlags {
  readonly file?: string;
  readonly source?: string;
  readonly by?: string;
  readonly measure?: readonly string[];
  readonly every?: string;
  readonly cron?: string;
  readonly writeBack?: string;
  readonly eventId?: string;
  readonly wait: boolean;
}

interface WaitFlags extends CommonFlags {
  readonly wait: boolean;
}

interface LatestFlags extends CommonFlags {
  readonly jsonKey?: boolean;
}

interface SnapshotFlags extends CommonFlags {
  readonly limit: number;
}

const snapshotsPerPage = 1_000;
const waitMsMin = 50;
const waitMsMax = 1_000;

export function addAggregationsCommand(program: Command, context: Context): void {
  const aggregations = program
    .command('aggregations')
    .description('what the server computes of events: declare, read, run, check, drop');
  withConnection(aggregations.command('list', { isDefault: true }))
    .description('all of them, with how far they are')
    .addHelpText('after', '\nExample:\n  skein aggregations list')
    .action((flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const items = objectsField(await client.send('GET', '/1/aggregations'), 'aggregations');
        const words =
          items.length === 0
            ? 'No aggregations yet; `skein aggregations declare` makes one.'
            : listTable(items, context.stdout.columns);
        print(context, flags, items, words);
      }),
    );
  withConnection(aggregations.command('show <name>'))
    .description('its definition, and how far it is')
    .addHelpText('after', '\nExample:\n  skein aggregations show usage')
    .action((name: string, flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const found = await client.send('GET', pathOf(name));
        print(context, flags, found, JSON.stringify(found, null, 2));
      }),
    );
  addDeclareCommand(aggregations, context);
  withConnection(aggregations.command('latest <name> <key>'))
    .description('what the events of a key add up to, up to this moment')
    .option('--json-key', 'the key is JSON, such as 42 or null, instead of text')
    .addHelpText(
      'after',
      '\nExamples:\n  skein aggregations latest usage ann\n  skein aggregations latest usage --json-key 42',
    )
    .action((name: string, key: string, flags: LatestFlags) =>
      withClient(context, flags, async (client) => {
        const given = flags.jsonKey === true ? parsedKey(key) : key;
        const answer = await client.send('POST', pathOf(name, 'latest'), { key: given });
        print(context, flags, answer, latestWords(name, answer));
      }),
    );
  withConnection(aggregations.command('snapshots <name>'))
    .description('what runs have computed, by key')
    .option('--limit <count>', 'at most so many keys', wholeNumber(1, 1_000_000), 100)
    .addHelpText('after', '\nExample:\n  skein aggregations snapshots usage --limit 1000 --json')
    .action((name: string, flags: SnapshotFlags) =>
      withClient(context, flags, async (client) => {
        const items = await snapshots(client, name, flags.limit);
        const words = items.length === 0 ? 'No snapshots yet.' : snapshotTable(items, context.stdout.columns);
        print(context, flags, items, words);
      }),
    );
  for (const [verb, does] of [
    ['run', 'fold what has come since the last run into the snapshots'],
    ['rebuild', 'forget the snapshots, and read everything that exists again'],
  ] as const) {
    withConnection(aggregations.command(`${verb} <name>`))
      .description(does)
      .option('--no-wait', 'do not wait for its end')
      .addHelpText('after', `\nExample:\n  skein aggregations ${verb} usage`)
      .action((name: string, flags: WaitFlags) =>
        withClient(context, flags, async (client) => {
          const begun = await client.send('POST', pathOf(name, verb));
          const ended = flags.wait ? await settled(client, name, { context, flags }) : begun;
          print(context, flags, ended, stateWords(ended));
        }),
      );
  }
  withConnection(aggregations.command('verify <name>'))
    .description('compare it with a plain scan of all documents')
    .addHelpText(
      'after',
      `
Events that were changed, deleted or ended by their ttl since they were counted make a difference: a scan sees only what exists.
With a difference the exit code is 1.

Example:
  skein aggregations verify usage`,
    )
    .action((name: string, flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        const answer = await client.send('POST', pathOf(name, 'verify'));
        print(context, flags, answer, verifyWords(answer));
        if (answer['equal'] !== true) context.setExitCode(1);
      }),
    );
  withConnection(aggregations.command('drop <name>'))
    .description('free its snapshots, and drop its functions; the events stay')
    .addHelpText('after', '\nExample:\n  skein aggregations drop usage')
    .action((name: string, flags: CommonFlags) =>
      withClient(context, flags, async (client) => {
        print(context, flags, await client.send('DELETE', pathOf(name)), `Dropped ${name}.`);
      }),
    );
}

function addDeclareCommand(aggregations: Command, context: Context): void {
  withConnection(aggregations.command('declare <name>'))
    .description('declare one, or change the one of this name; waits until it has read what is there')
    .option('--file <path>', 'the whole definition as JSON; flags replace its parts')
    .option('--source <collection>', 'whose documents are the events')
    .option('--by <path>', 'what is computed for each value of this field, such as data.user')
    .option('--measure <name=what>', 'may be given again; see below', collect)
    .option('--every <time>', 'run so often when events wait: 500ms, 10s, 5m, 1h')
    .option('--cron <pattern>', 'run at these times (UTC): five fields, or six with seconds first')
    .option('--write-back <collection:path>', 'write what was computed into the documents that keys name')
    .option('--event-id <path>', 'events with the same value here count once')
    .option('--no-wait', 'do not wait until it has read what is there')
    .addHelpText(
      'after',
      `
Measures: name=count, name=sum:path, min:, max:, last:, distinct:, and name=histogram:path:bound,bound,…

Without --every or --cron it runs when it is asked to, and when many events wait.

Examples:
  skein aggregations declare usage --source eventsLog --by data.user --measure bytes=sum:data.bytes --every 10s
  skein aggregations declare sizes --source eventsLog --by data.kind --measure n=count --measure size=histogram:data.bytes:1000,1000000
  skein aggregations declare usage --file usage.json`,
    )
    .action((name: string, flags: DeclareFlags) =>
      withClient(context, flags, async (client) => {
        const definition = definitionOf(flags, context);
        const declared = await client.send('PUT', pathOf(name), definition);
        const ended = flags.wait ? await settled(client, name, { context, flags }) : declared;
        print(context, flags, ended, stateWords(ended));
      }),
    );
}

function pathOf(name: string, verb?: string): string {
  return `/1/aggregations/${encodeURIComponent(name)}${verb === undefined ? '' : `/${verb}`}`;
}

/** Waits until nothing is being built or run. */
async function settled(
  client: HttpClient,
  name: string,
  { context, flags }: { readonly context: Context; readonly flags: CommonFlags },
): Promise<JsonObject> {
  const progress = startProgress({
    stream: context.stderr,
    isQuiet: flags.json === true,
    nowMs: context.nowMs,
    noun: 'documents',
  });
  try {
    for (let waitMs = waitMsMin; ; waitMs = Math.min(waitMsMax, waitMs * 2)) {
      const state = await client.send('GET', pathOf(name));
      if (state['running'] !== true) return state;
      progress.update({ records: numberField(state, 'documentsRead'), rejected: 0, share: undefined });
      if (context.interrupted.aborted) return state;
      await pause(waitMs);
    }
  } finally {
    progress.stop();
  }
}

function definitionOf(flags: DeclareFlags, context: Context): JsonObject {
  const { source, by, measure, every, cron, writeBack, eventId } = flags;
  if (every !== undefined && cron !== undefined) throw usage('give --every or --cron, not both.');
  const schedule: JsonObject | undefined =
    every === undefined ? (cron === undefined ? undefined : { cron }) : { intervalMs: milliseconds(every) };
  const parts: Record<string, Json | undefined> = {
    source,
    key: by,
    measures: measure === undefined ? undefined : Object.fromEntries(measure.map(measureOf)),
    schedule,
    writeBack: writeBack === undefined ? undefined : writeBackOf(writeBack),
    eventId,
  };
  const given = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  const base = flags.file === undefined ? {} : definitionIn(resolve(context.cwd, flags.file));
  return { schedule: { onDemand: true }, ...base, ...(given as JsonObject) };
}

function definitionIn(path: string): JsonObject {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Json;
    if (isJsonObject(value)) return value;
  } catch (error) {
    throw new CliError(`${path}: ${messageOf(error)}`, { cause: error });
  }
  throw new CliError(`${path}: expected a JSON object.`);
}

function collect(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), text];
}

function measureOf(text: string): [string, Json] {
  const match = /^([^=]+)=([a-z]+)(?::([^:]+))?(?::([^:]+))?$/i.exec(text);
  const [, name = '', kind = '', path, bounds] = match ?? [];
  if (
    match === null ||
    (kind === 'count') !== (path === undefined) ||
    (kind === 'histogram') !== (bounds !== undefined)
  ) {
    throw usage(`--measure ${text}: expected name=count, name=sum:path or name=histogram:path:bounds.`);
  }
  if (path === undefined) return [name, { count: true }];
  return bounds === undefined
    ? [name, { [kind]: path }]
    : [name, { histogram: path, bounds: bounds.split(',').map(Number) }];
}

function writeBackOf(text: string): Json {
  const at = text.indexOf(':');
  if (at <= 0) throw usage('--write-back: expected collection:path, such as User:data.usage.');
  return { collection: text.slice(0, at), field: text.slice(at + 1) };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function milliseconds(text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = unitMs[unit];
  if (count === undefined || factor === undefined)
    throw usage('--every: expected a time such as 500ms, 10s, 5m or 1h.');
  return Number(count) * factor;
}

function usage(message: string): CliError {
  return new CliError(message, { exit: 'usage' });
}

function parsedKey(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new CliError(`the key is no JSON: ${messageOf(error)}`, { exit: 'usage', cause: error });
  }
}

async function snapshots(client: HttpClient, name: string, limit: number): Promise<JsonObject[]> {
  const items: JsonObject[] = [];
  let after: Json | undefined;
  do {
    const size = Math.min(snapshotsPerPage, limit - items.length);
    const page = await client.send('POST', pathOf(name, 'snapshots'), {
      size,
      ...(after === undefined ? {} : { after }),
    });
    items.push(...objectsField(page, 'data'));
    after = page['after'];
  } while (after !== undefined && items.length < limit);
  return items;
}

function listTable(items: readonly JsonObject[], columnsMax: number | undefined): string {
  const rows = items.map((item) => [
    textField(item, 'name'),
    textField(item, 'source'),
    isJsonObject(item['measures'] ?? null) ? Object.keys(item['measures'] as JsonObject).join(', ') : '',
    JSON.stringify(item['schedule']),
    textField(item, 'state'),
    numberField(item, 'waitingEvents'),
    numberField(item, 'runs'),
  ]);
  return table({
    head: ['name', 'source', 'measures', 'schedule', 'state', 'waiting', 'runs'],
    rows,
    columnsMax,
  });
}

function snapshotTable(items: readonly JsonObject[], columnsMax: number | undefined): string {
  const names = Object.keys((items[0]?.['measures'] ?? {}) as JsonObject);
  const shown = (value: Json | undefined): string | number =>
    typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value ?? null);
  const rows = items.map((item) => {
    const measures = (item['measures'] ?? {}) as JsonObject;
    return [shown(item['key']), numberField(item, 'events'), ...names.map((name) => shown(measures[name]))];
  });
  return table({ head: ['key', 'events', ...names], rows, columnsMax });
}

function latestWords(name: string, answer: JsonObject): string {
  if (answer['state'] === 'building') return stateWords({ ...answer, name });
  const measures = Object.entries((answer['measures'] ?? {}) as JsonObject);
  const rows: [string, string | number][] = [
    ['events', numberField(answer, 'events')],
    ...measures.map(([measure, value]): [string, string] => [measure, JSON.stringify(value)]),
  ];
  return table({ head: ['measure', 'value'], rows });
}

function stateWords(state: JsonObject): string {
  const name = textField(state, 'name');
  if (state['state'] === 'building') {
    return `${name} is building: ${numberField(state, 'documentsRead').toLocaleString('en')} documents read.`;
  }
  const waiting = numberField(state, 'waitingEvents');
  const rest = waiting === 0 ? '' : ` ${waiting.toLocaleString('en')} events wait for the next run.`;
  return `${name} is ${state['running'] === true ? 'running' : 'up to date'}.${rest}`;
}

function verifyWords(answer: JsonObject): string {
  if (answer['state'] === 'building') return 'It is still building; verify it when it is done.';
  const [keys, events] = [numberField(answer, 'keys'), numberField(answer, 'events')];
  const counted = `${keys.toLocaleString('en')} keys, ${events.toLocaleString('en')} events`;
  if (answer['equal'] === true) return `Equal to a plain scan: ${counted}.`;
  const rows = objectsField(answer, 'differences').map((each) => [
    JSON.stringify(each['key']),
    JSON.stringify(each['kept']),
    JSON.stringify(each['scanned']),
  ]);
  const different = `${numberField(answer, 'differentKeys').toLocaleString('en')} keys differ (${counted}):`;
  return `${different}\n${table({ head: ['key', 'kept', 'scanned'], rows })}`;
}
