/** `skein cluster status`: all members in a table, and what is not fine. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Json, JsonObject } from '@skein/base';
import { isJsonObject } from '@skein/base';
import type { Command } from 'commander';
import { type CommonFlags, type Context, print, withClient, withConnection } from '../context.ts';
import type { HttpClient } from '../http-client.ts';
import { numberField, objectsField, textField } from '../json-fields.ts';
import { table } from '../table.ts';
import { bytesText } from './indexes.ts';

interface StatusFlags extends CommonFlags {
  readonly watch?: boolean;
}

const watchMs = 1_000;
/** To the top of the terminal, and what was below it away. */
const CLEAR = '\u001b[H\u001b[2J';

export function addClusterStatusCommand(cluster: Command, context: Context): void {
  withConnection(cluster.command('status', { isDefault: true }))
    .description('members, how far each of them is, and what is not fine')
    .option('--watch', 'again each second, until Ctrl-C')
    .addHelpText(
      'after',
      `
Any member can be asked. "applied" is the last operation whose effect the member shows; "lag" is what it lacks of the member that is furthest
ahead, and for how long already.

Examples:
  skein cluster status
  skein cluster status --watch --url http://10.0.0.2:7700`,
    )
    .action((flags: StatusFlags) =>
      withClient(context, flags, (client) =>
        flags.watch === true ? watch(client, context, flags) : showOnce(client, context, flags),
      ),
    );
}

async function showOnce(client: HttpClient, context: Context, flags: StatusFlags): Promise<void> {
  const answer = await client.send('GET', '/1/cluster');
  print(context, flags, answer, statusText(answer, context.stdout.columns));
}

async function watch(client: HttpClient, context: Context, flags: StatusFlags): Promise<void> {
  const { stdout, interrupted } = context;
  while (!interrupted.aborted) {
    if (stdout.isTTY && flags.json !== true) stdout.write(CLEAR);
    await showOnce(client, context, flags);
    try {
      await pause(watchMs, undefined, { signal: interrupted });
    } catch {
      // Ctrl-C.
    }
  }
}

/** What a person reads of `GET /1/cluster`. */
export function statusText(answer: JsonObject, columnsMax: number | undefined): string {
  if (answer['mode'] !== 'cluster') {
    const alone = `This server is alone, without a cluster. Sequence: ${numberField(answer, 'sequence')}`;
    return [alone, ...probeLines(answer)].join('\n');
  }
  const members = objectsField(answer, 'members');
  const asked = textField(answer, 'member');
  const rows = members.map((member) => [
    `${textField(member, 'name')}${member['name'] === asked ? ' *' : ''}`,
    textField(member, 'address'),
    member['live'] === true ? textField(member, 'state') : 'away',
    textField(member, 'version'),
    textField(member, 'sequence'),
    lagText(member),
    diskText(member),
    etcdText(member['etcd']),
  ]);
  const head = ['member', 'address', 'state', 'version', 'applied', 'lag', 'disk free', 'etcd'];
  const lines = [table({ head, rows, columnsMax }), ''];
  const isOld = answer['stale'] === true ? ` (as of ${textField(answer, 'asOf')}: its builder is away)` : '';
  const writes = answer['quorum'] === true ? 'accepted' : 'waiting for a majority';
  lines.push(`Asked: ${asked}${isOld}. Writes: ${writes}.`);
  const probes = objectsField(answer, 'probes');
  // The asked member's own probes are told in more words below.
  const own = new Set(probes.map((probe) => `${asked}: ${textField(probe, 'name')}`));
  const problems = texts(answer['problems']).filter((problem) => !own.has(problem));
  lines.push(...problems.map((problem) => `! ${problem}`), ...probeLines(answer));
  if (problems.length + probes.length === 0) lines.push('All is well.');
  return lines.join('\n');
}

/** Of the asked server: what its probes say. */
function probeLines(answer: JsonObject): readonly string[] {
  return objectsField(answer, 'probes').map((probe) => {
    const [name, state, message] = ['name', 'state', 'message'].map((field) => textField(probe, field));
    return `! ${name}, ${state} since ${textField(probe, 'since').slice(0, 19)}Z: ${message}`;
  });
}

function lagText(member: JsonObject): string {
  if (member['live'] !== true) return '';
  const [operations, lagMs] = [numberField(member, 'lagOperations'), numberField(member, 'lagMs')];
  if (operations === 0 && lagMs === 0) return '0';
  return `${operations} (${lagMs < 1_000 ? `${lagMs} ms` : `${(lagMs / 1_000).toFixed(1)} s`})`;
}

function diskText(member: JsonObject): string {
  const all = numberField(member, 'diskBytes');
  return all === 0 ? '' : `${bytesText(numberField(member, 'diskFreeBytes'))} of ${bytesText(all)}`;
}

function etcdText(etcd: Json | undefined): string {
  if (!isJsonObject(etcd)) return '';
  const version = textField(etcd, 'version');
  if (version === '') return 'away';
  return `${version} ${bytesText(numberField(etcd, 'dbBytes'))}${etcd['leader'] === true ? ' leader' : ''}`;
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((each) => typeof each === 'string') : [];
}
