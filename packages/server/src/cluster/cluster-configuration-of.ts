/** From settings to what the member knows of its cluster. */
import type { ClusterConfiguration } from '@skein/member';
import { readCertificates } from '../certificates/read-certificates.ts';
import type { Configuration } from '../configuration.ts';
import { hostAndPort } from './member-list.ts';

const MIB = 1024 * 1024;

/**
 * Undefined where this machine is alone. Reads the certificates; throws `ConfigurationError` when they cannot be used, and gives `warn` what
 * an operator should mend before that.
 */
export function clusterConfigurationOf(
  configuration: Configuration,
  warn: (text: string) => void = () => {},
): ClusterConfiguration | undefined {
  const { cluster, member, members } = configuration;
  const own = members.find(({ name }) => name === member);
  if (!cluster || member === undefined || own === undefined) return undefined;
  const read =
    configuration.certificates === undefined
      ? undefined
      : readCertificates(configuration.certificates, { nowMs: Date.now(), member: own });
  for (const warning of read?.warnings ?? []) warn(warning);
  const certificates = read?.certificates;
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
