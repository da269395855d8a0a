/** `skein cluster add` and `skein cluster remove`: who belongs to the cluster. Any living member carries it out. */
import { createInterface } from 'node:readline';
import type { JsonObject } from '@skein/base';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type CommonFlags, type Context, print, withClient, withConnection } from '../context.ts';
import type { HttpClient } from '../http-client.ts';
import { objectsField, textField } from '../json-fields.ts';

interface RemoveFlags extends CommonFlags {
  readonly yes?: boolean;
  readonly force?: boolean;
}

export function addClusterMembersCommands(cluster: Command, context: Context): void {
  withConnection(cluster.command('add <name=host>'))
    .description('let a further machine be a member, before it is started for the first time')
    .addHelpText(
      'after',
      `
Then start it there, with all members in SKEIN_MEMBERS; it takes everything from the others by itself. Until it runs it counts as a member that
is away. Put it into SKEIN_MEMBERS of the other machines, too, for their next start.

Examples:
  skein cluster add d=10.0.0.4
  skein cluster add d=10.0.0.4:7801`,
    )
    .action((text: string, flags: CommonFlags) => add(text, flags, context));
  withConnection(cluster.command('remove <name>'))
    .description('take a member out for good: a dead one that is to be replaced, or one that is not needed')
    .option('--yes', 'do not ask')
    .option('--force', 'also when no majority of living members is left, or asked of the member itself')
    .addHelpText(
      'after',
      `
The member loses its vote, and its etcd leaves the others'. What is on its disk stays there. A member that is away for a while need not be
removed: it catches up when it is back, also with an empty disk.

Examples:
  skein cluster remove c
  skein cluster remove c --yes --url http://10.0.0.1:7700`,
    )
    .action((name: string, flags: RemoveFlags) => remove(name, flags, context));
}

async function add(text: string, flags: CommonFlags, context: Context): Promise<void> {
  const match = /^([^=]+)=(.+)$/.exec(text);
  if (match === null)
    throw new CliError(`expected NAME=HOST or NAME=HOST:PORT, got "${text}".`, { exit: 'usage' });
  const [, member = '', address = ''] = match;
  await withClient(context, flags, async (client) => {
    const answer = await client.send('POST', '/1/cluster/members', { member, address });
    print(
      context,
      flags,
      answer,
      `${member} at ${textField(answer, 'address')} may join now: start it there with SKEIN_MEMBER=${member}.`,
    );
  });
}

async function remove(name: string, flags: RemoveFlags, context: Context): Promise<void> {
  await withClient(context, flags, async (client) => {
    const { others, isKnown } = await othersOf(client, name);
    if (!isKnown) throw new CliError(`${name} is not a member. \`skein cluster status\` names them.`);
    const living = others.filter((each) => each['live'] === true).length;
    const majority = Math.floor(others.length / 2) + 1;
    if (living < majority && flags.force !== true) {
      throw new CliError(
        `without ${name} there would be ${others.length} members, of which ${majority} must live; ${living} do. ` +
          'Start the others first, or accept by --force that writes stop.',
      );
    }
    if (flags.yes !== true) {
      const question = `Take ${name} out of the cluster for good? ${others.length} members are left, of which ${majority} must live. [y/N] `;
      if (!(await agreed(question, context))) throw new CliError('nothing was changed.');
    }
    const path = `/1/cluster/members/${encodeURIComponent(name)}${flags.force === true ? '?force=true' : ''}`;
    const answer = await client.send('DELETE', path);
    print(context, flags, answer, `${name} is no member any more.`);
  });
}

async function othersOf(
  client: HttpClient,
  name: string,
): Promise<{ readonly others: readonly JsonObject[]; readonly isKnown: boolean }> {
  const answer = await client.send('GET', '/1/cluster');
  if (answer['mode'] !== 'cluster') throw new CliError('this server is alone, without a cluster.');
  const members = objectsField(answer, 'members');
  return {
    others: members.filter((each) => each['name'] !== name && each['registered'] === true),
    isKnown: members.some((each) => each['name'] === name),
  };
}

async function agreed(question: string, { stdin, stderr }: Context): Promise<boolean> {
  stderr.write(question);
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
