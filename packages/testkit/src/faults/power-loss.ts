import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '@skein/base';
import type { FaultControl } from './faults.ts';

/**
 * To a member all of whose processes are gone: the disk has of the document stores what was synced, and of the files of the log that
 * and perhaps a part of the rest, as after a start of the machine. `control` was obeyed by its processes.
 */
export function losePower({
  dataFolder,
  control,
  random,
}: {
  readonly dataFolder: string;
  readonly control: FaultControl;
  readonly random: () => number;
}): void {
  for (const folder of ['journal', 'entries'].map((name) => join(dataFolder, name))) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      const path = join(folder, name);
      const synced = control.syncedBytes(path);
      const unsynced = statSync(path).size - synced;
      if (unsynced > 0) truncateSync(path, synced + Math.floor(random() * (unsynced + 1)));
    }
  }
  const applications = join(dataFolder, 'apps');
  for (const application of existsSync(applications) ? readdirSync(applications) : []) {
    const folder = join(applications, application, 'documents');
    if (existsSync(join(folder, 'durable.bin'))) forgetBoot(folder);
  }
}

/** The noted boot becomes another one: one letter of its id, behind a head of 16 bytes. */
function forgetBoot(folder: string): void {
  const file = join(folder, 'durable.bin');
  const bytes = readFileSync(file);
  bytes[16] = bytes[16] === 0x30 ? 0x31 : 0x30;
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, -4)), bytes.length - 4);
  writeFileSync(file, bytes);
  writeFileSync(join(folder, 'ready'), 'another start');
}
