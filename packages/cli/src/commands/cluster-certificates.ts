/** `skein cluster certificates`: what members of a cluster prove themselves with, and encrypt their lines. */
import { resolve } from 'node:path';
import {
  CertificatesError,
  type MadeCertificates,
  makeCertificates,
  parseMemberList,
} from '@skein/server/certificates';
import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type Context, print } from '../context.ts';
import { list, wholeNumber } from '../options.ts';
import { table } from '../table.ts';

interface CertificatesFlags {
  readonly members: string;
  readonly also?: readonly string[];
  readonly out: string;
  readonly days: number;
  readonly renew?: boolean;
  readonly json?: boolean;
}

const DAYS_DEFAULT = 1_095;
const DAYS_MAX = 3_650;

/** `cluster`: the group of commands that it belongs to. */
export function addClusterCertificatesCommand(cluster: Command, context: Context): void {
  cluster
    .command('certificates')
    .description('make certificates for the members of a cluster, and the authority that signs them')
    .requiredOption('--members <list>', 'members and their hosts, as SKEIN_MEMBERS has them: a=10.0.0.1,b=…')
    .option('--also <list>', 'further names or addresses of a member: a=search-1.example.com', list)
    .option('--out <folder>', 'where to; an authority that is there already signs', 'skein-certificates')
    .option('--days <number>', 'how long they are good for', wholeNumber(1, DAYS_MAX), DAYS_DEFAULT)
    .option('--renew', 'replace certificates of members that are there already')
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText(
      'after',
      `
Each member gets a folder of three files, which SKEIN_CERTIFICATES names on its machine. ca-key.pem signs for further members and
renewals: keep it where none of the machines is, as who has it can make members.

Examples:
  skein cluster certificates --members a=10.0.0.1,b=10.0.0.2,c=10.0.0.3
  skein cluster certificates --members d=10.0.0.4                     a further member
  skein cluster certificates --members a=10.0.0.1 --renew             before they expire`,
    )
    .action((flags: CertificatesFlags) => certificates(flags, context));
}

function certificates(flags: CertificatesFlags, context: Context): void {
  const folder = resolve(context.cwd, flags.out);
  const members = parseMembers(flags.members, flags.also ?? []);
  let made: MadeCertificates;
  try {
    made = makeCertificates({
      members,
      folder,
      days: flags.days,
      onExisting: flags.renew === true ? 'renew' : 'refuse',
      nowMs: context.nowMs(),
    });
  } catch (error) {
    if (!(error instanceof CertificatesError)) throw error;
    throw new CliError(error.message, { cause: error });
  }
  const validTo = new Date(made.validToMs).toISOString();
  print(
    context,
    flags,
    { folder, validTo, authority: made.authority, members: made.members },
    words(made, folder),
  );
}

function parseMembers(
  text: string,
  also: readonly string[],
): readonly { readonly name: string; readonly hosts: readonly string[] }[] {
  const parsed = parseMemberList(text);
  if (parsed.kind === 'wrong')
    throw new CliError(`--members: expected ${parsed.expected}.`, { exit: 'usage' });
  const hosts = new Map(parsed.members.map(({ name, host }) => [name, [host]]));
  for (const each of also) {
    const at = each.indexOf('=');
    const of = hosts.get(each.slice(0, at));
    if (of === undefined)
      throw new CliError(`--also: expected MEMBER=HOST with one of --members, got "${each}".`, {
        exit: 'usage',
      });
    of.push(each.slice(at + 1));
  }
  return [...hosts].map(([name, own]) => ({ name, hosts: own }));
}

function words({ authority, members, validToMs }: MadeCertificates, folder: string): string {
  const day = new Date(validToMs).toISOString().slice(0, 10);
  const key =
    authority === 'made'
      ? `${folder}/ca-key.pem is the authority's key: keep it off the machines of the cluster.\n`
      : '';
  const rows = members.map(({ name, folder: own, names }) => [name, own, names.join(' ')]);
  const head = ['member', 'folder', 'good for'];
  return `${table({ head, rows })}\n\nValid until ${day}. ${key}Copy each folder to its member's machine, and name it there by SKEIN_CERTIFICATES.`;
}
