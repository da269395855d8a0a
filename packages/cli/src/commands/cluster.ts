/** `skein cluster …`: what an operator of several machines needs. */
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { addClusterCertificatesCommand } from './cluster-certificates.ts';
import { addClusterMembersCommands } from './cluster-members.ts';
import { addClusterStatusCommand } from './cluster-status.ts';

export function addClusterCommands(program: Command, context: Context): void {
  const cluster = program
    .command('cluster')
    .description('set up and look after a cluster of several machines');
  addClusterStatusCommand(cluster, context);
  addClusterMembersCommands(cluster, context);
  addClusterCertificatesCommand(cluster, context);
}
