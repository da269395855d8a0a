/** `skein backup` and `skein restore`: a data folder to a copy, and back. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isJsonObject } from '@skein/base';
import { type DataOwner, isRunning, ownerOf } from '@skein/server/data-lock';
import type { Command } from 'commander';
import { sizeOf, takeSnapshot } from '../backup/snapshot.ts';
import { CliError, messageOf } from '../cli-error.ts';
import { type Context, print } from '../context.ts';
import { numberField, textField } from '../json-fields.ts';
import { bytesText } from './indexes.ts';

interface DataFlags {
  readonly data?: string;
  readonly json?: boolean;
}

/** Names the folder as a whole backup: it is written last. */
const MARK_FILE = 'backup.json';
const BACKUP_VERSION = 1;
/** Inside the data folder, because hard links do not leave a file system. */
const STAGING = '.backup-';

export function addBackupCommands(program: Command, context: Context): void {
  program
    .command('backup <folder>')
    .description('copy the data folder of this machine to a new folder, also while the server runs')
    .option('--data <folder>', 'data folder (SKEIN_DATA; ./skein-data)')
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText(
      'after',
      `
On the same file system index files are hard links, so these take a moment and next to no room; documents are
copied as they are at one moment. API keys and secrets inside are
encrypted; the secret that opens them (SKEIN_SECRET, or the secret file) is not part of the backup: keep it elsewhere.

Examples:
  skein backup /backups/skein-$(date +%F)
  skein backup ./copy --data /var/lib/skein`,
    )
    .action((folder: string, flags: DataFlags) => backup(folder, flags, context));
  program
    .command('restore <backup>')
    .description('make a data folder from a backup')
    .option('--data <folder>', 'data folder to make (SKEIN_DATA; ./skein-data); must not exist')
    .option('--json', 'print JSON for programs instead of text for people')
    .addHelpText(
      'after',
      `
The server has to be given the secret that was in use when the backup was made.

Example:
  skein restore /backups/skein-2026-11-22 --data ./restored && skein serve --data ./restored`,
    )
    .action((from: string, flags: DataFlags) => restore(from, flags, context));
}

async function backup(folder: string, flags: DataFlags, context: Context): Promise<void> {
  const data = dataFolder(flags, context);
  const target = resolve(context.cwd, folder);
  if (!existsSync(join(data, 'journal')) && !existsSync(join(data, 'apps'))) {
    throw new CliError(`${data} is not a data folder of Skein; name one by --data or SKEIN_DATA.`, {
      exit: 'usage',
    });
  }
  refuseExisting(target, 'a backup');
  const staging = join(data, `${STAGING}${process.pid}`);
  removeAbandoned(data);
  try {
    const owner = ownerOf(data);
    if (owner === undefined) {
      mkdirSync(staging, { mode: 0o700 });
      await takeSnapshot(data, staging, copyDocuments);
    } else await askBuilder(owner, staging);
    const { files, bytes } = sizeOf(staging);
    const mark = { version: BACKUP_VERSION, takenAt: new Date(context.nowMs()).toISOString(), files, bytes };
    writeFileSync(join(staging, MARK_FILE), `${JSON.stringify(mark)}\n`);
    moveFolder(staging, target);
    print(
      context,
      flags,
      { folder: target, ...mark },
      `${files} files, ${bytesText(bytes)}, into ${target}.`,
    );
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`the backup to ${target} failed: ${messageOf(error)}.`, { cause: error });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** What a server would start on: that it was stopped by a power loss is not known. */
async function copyDocuments(from: string, to: string): Promise<void> {
  // Native code, which no other command needs.
  const { DocumentStorage } = await import('@skein/documents');
  const storage = DocumentStorage.open(from);
  try {
    await storage.backup(to);
  } finally {
    await storage.close();
  }
}

/** The process that writes to the folder copies it, between two writes. */
async function askBuilder({ builderSocket }: DataOwner, staging: string): Promise<void> {
  if (builderSocket === undefined) throw new CliError('the server is just starting; try again in a moment.');
  const { BuilderClient } = await import('@skein/member');
  const client = new BuilderClient({
    socketPath: builderSocket,
    onChanges: () => undefined,
    onResync: () => undefined,
  });
  try {
    const { checkpoint, folder } = await client.openCheckpoint();
    renameSync(folder, staging);
    await client.releaseCheckpoint(checkpoint);
  } finally {
    client.close();
  }
}

async function restore(from: string, flags: DataFlags, context: Context): Promise<void> {
  const source = resolve(context.cwd, from);
  const data = dataFolder(flags, context);
  const mark = readMark(source);
  const owner = ownerOf(data);
  if (owner !== undefined) {
    throw new CliError(
      `a server (process ${owner.pid}) runs on ${data}; stop it, or restore to another folder by --data.`,
    );
  }
  refuseExisting(data, 'a restored data folder');
  const found = sizeOf(source);
  // The mark itself is one file more.
  if (found.files !== mark.files + 1) {
    throw new CliError(
      `${source} is not whole: it has ${found.files - 1} files, ${mark.files} were backed up.`,
    );
  }
  const staging = `${data}.restoring-${process.pid}`;
  try {
    // Copies, not links: the restored server appends to its journal, and the backup must stay as it is.
    cpSync(source, staging, { recursive: true, preserveTimestamps: true });
    rmSync(join(staging, MARK_FILE));
    renameSync(staging, data);
  } catch (error) {
    throw new CliError(`restoring to ${data} failed: ${messageOf(error)}.`, { cause: error });
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
  const summary = { data, files: mark.files, bytes: mark.bytes, takenAt: mark.takenAt };
  print(
    context,
    flags,
    summary,
    `${mark.files} files, ${bytesText(mark.bytes)}, as of ${mark.takenAt}, into ${data}.`,
  );
}

/** What a backup left behind that was killed: its links would keep old index files on the disk for good. */
function removeAbandoned(data: string): void {
  for (const name of readdirSync(data)) {
    const pid = name.startsWith(STAGING) ? Number(name.slice(STAGING.length)) : Number.NaN;
    if (Number.isInteger(pid) && (pid === process.pid || !isRunning(pid))) {
      rmSync(join(data, name), { recursive: true, force: true });
    }
  }
}

/** By rename where that is possible; else by links or copies into a temporary name beside the target, then rename. */
function moveFolder(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    renameSync(from, to);
    return;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
  }
  const beside = `${to}.copying`;
  rmSync(beside, { recursive: true, force: true });
  try {
    cpSync(from, beside, { recursive: true, preserveTimestamps: true });
    renameSync(beside, to);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function readMark(folder: string): { files: number; bytes: number; takenAt: string } {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, MARK_FILE), 'utf8'));
    if (isJsonObject(value) && value['version'] === BACKUP_VERSION) {
      return {
        files: numberField(value, 'files'),
        bytes: numberField(value, 'bytes'),
        takenAt: textField(value, 'takenAt'),
      };
    }
  } catch (error) {
    throw new CliError(`${folder} is not a backup of Skein: ${messageOf(error)}.`, {
      exit: 'usage',
      cause: error,
    });
  }
  throw new CliError(`${folder} was made by another version of Skein, which this one cannot read.`);
}

function dataFolder(flags: DataFlags, context: Context): string {
  return resolve(context.cwd, flags.data ?? (context.env['SKEIN_DATA'] || 'skein-data'));
}

function refuseExisting(path: string, what: string): void {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory() && readdirSync(path).length === 0) {
    rmSync(path, { recursive: true });
    return;
  }
  throw new CliError(`${path} exists; ${what} goes into a new folder.`, { exit: 'usage' });
}
