/**
 * Before the builder opens anything: a member that cannot go on from what it has takes another one's state.
 *
 * That is so when it has nothing while the others have something, and when an earlier builder found that nobody keeps the operations any more
 * that come next here (`noteCheckpointNeeded`).
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { asSequence } from '@skein/base';
import { checkpointPeer, installCheckpoint, lastSequenceIn, needsCheckpoint } from './checkpoint-install.ts';
import type { ClusterConfiguration } from './cluster-configuration.ts';
import { noteFetchedFromCluster } from './cluster-origin.ts';
import { finishInstall } from './install-swap.ts';
import { PeerClient } from './peer-client.ts';
import { peerPort } from './peer-messages.ts';

/** How long an empty member waits for others that could have something. */
const LOOK_MS_MAX = 3_000;
const LOOK_PAUSE_MS = 50;
const MARK = 'needs-checkpoint';

export interface JoinParts {
  readonly dataFolder: string;
  readonly secret: string;
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void;
}

/** The next builder fetches a checkpoint before it starts. */
export function noteCheckpointNeeded(dataFolder: string): void {
  writeFileSync(join(dataFolder, MARK), '');
}

/** Rejects with `InstallError` where a checkpoint is needed and cannot be put in place. */
export async function joinCluster(configuration: ClusterConfiguration, parts: JoinParts): Promise<void> {
  const { dataFolder, secret, log } = parts;
  finishInstall(dataFolder);
  const own = await lastSequenceIn(dataFolder, log);
  const mark = join(dataFolder, MARK);
  const isMarked = existsSync(mark);
  if (own > 0 && !isMarked) return;
  const { member: self, members, certificates } = configuration;
  const clients = members
    .filter(({ name }) => name !== self)
    .map((peer) => new PeerClient({ self, peer, certificates, secret }));
  try {
    if (!isMarked && !(await othersAreAhead(clients))) return;
    log('info', 'this member takes the state of another one');
    noteFetchedFromCluster(dataFolder);
    const installed = await installCheckpoint({
      dataFolder,
      peers: () => clients.map((client) => checkpointPeer(client.member, client)),
      log,
    });
    rmSync(mark, { force: true });
    log('info', `this member goes on behind operation ${installed.lastSequence}`);
  } finally {
    for (const client of clients) client.close();
  }
}

/** Asks until all have answered, or one has something, or the time is over. */
async function othersAreAhead(clients: readonly PeerClient[]): Promise<boolean> {
  const endMs = performance.now() + LOOK_MS_MAX;
  const asked = new Set<PeerClient>();
  while (asked.size < clients.length && performance.now() < endMs) {
    for (const client of clients) {
      if (asked.has(client) || !client.connected) continue;
      try {
        const page = await peerPort(client).readJournal(asSequence(1), 1);
        asked.add(client);
        const peer =
          page.kind === 'released' ? { first: page.first, last: page.first } : { first: 1, last: page.last };
        if (needsCheckpoint({ own: 0, trimmed: 0, peers: [peer] })) return true;
      } catch {
        // It will be asked again; when it never answers, the log finds out what is missing.
      }
    }
    await pause(LOOK_PAUSE_MS);
  }
  return false;
}
