import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptionError } from '@skein/base';
import { NodeJournalDisk } from '@skein/oplog';
import { EntryStore } from '@skein/oplog/cluster';

/**
 * The entries that this member keeps for the cluster. Damaged ones are set aside: each has another copy on another member, without which
 * it would not have been acknowledged.
 */
export async function openEntries(
  dataFolder: string,
  log: (level: 'error', message: string) => void,
): Promise<EntryStore> {
  const folder = join(dataFolder, 'entries');
  try {
    return await EntryStore.open(await NodeJournalDisk.open(folder));
  } catch (error) {
    if (!(error instanceof CorruptionError)) throw error;
    const aside = `${folder}.damaged-${Date.now()}`;
    renameSync(folder, aside);
    log(
      'error',
      `entries on their way into the order are damaged, and set aside in ${aside}: ${error.message}`,
    );
    return EntryStore.open(await NodeJournalDisk.open(folder));
  }
}
