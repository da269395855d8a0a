/** From settings to what the member knows of its cluster. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterCertificates, ClusterConfiguration } from '@skein/member';
import { type Configuration, ConfigurationError } from '../configuration.ts';
import { hostAndPort } from './member-list.ts';

const MIB = 1024 * 1024;

/** Undefined where this machine is alone. Reads the certificates; throws `ConfigurationError` when it cannot. */
export function clusterConfigurationOf(configuration: Configuration): ClusterConfiguration | undefined {
  const { cluster, member, members } = configuration;
  if (!cluster || member === undefined) return undefined;
  const certificates =
    configuration.certificates === undefined ? undefined : readPemFiles(configuration.certificates);
  const scheme = certificates === undefined ? 'http' : 'https';
  const ownFirst = members.toSorted((a, b) => Number(b.name === member) - Number(a.name === member));
  return {
    member,
    members,
    etcdEndpoints:
      configuration.etcdEndpoints ??
      ownFirst.map(({ host, port }) => `${scheme}://${hostAndPort(host, port + 1)}`),
    runsEtcd: configuration.etcdEndpoints === undefined,
    certificates,
    lagMsMax: configuration.lagMsMax,
    journalKeepBytes: configuration.journalKeepMib * MIB,
    publicUrl: configuration.publicUrl,
  };
}

function readPemFiles(folder: string): ClusterCertificates {
  const read = (name: string): string => {
    const file = join(folder, name);
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ConfigurationError(
        `SKEIN_CERTIFICATES: ${file} cannot be read (${reason}); make certificates by: skein cluster certificates`,
        { cause: error },
      );
    }
  };
  return { ca: read('ca.pem'), cert: read('member.pem'), key: read('member-key.pem') };
}
