/**
 * Makes what members prove themselves with: an authority of the cluster, and for each member a folder that `SKEIN_CERTIFICATES` names:
 *
 *   <folder>/ca.pem, ca-key.pem                    the authority; its key signs members, and is needed on no machine of the cluster
 *   <folder>/<name>/ca.pem, member.pem, member-key.pem
 *
 * An authority that is there already signs for further members, and for those whose certificates are renewed.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { MEMBER_NAME } from '../cluster/member-list.ts';
import { writePrivateFile } from '../secret.ts';
import {
  type Authority,
  type KeyedCertificate,
  makeAuthority,
  makeMember,
  readAuthority,
} from './certificate.ts';

export interface CertificatesRequest {
  readonly members: readonly {
    readonly name: string;
    /** DNS names and addresses under which other members reach it. */
    readonly hosts: readonly string[];
  }[];
  readonly folder: string;
  readonly days: number;
  /** What to do about members that have certificates there already. */
  readonly onExisting: 'refuse' | 'renew';
  readonly nowMs: number;
}

export interface MadeCertificates {
  readonly authority: 'made' | 'found';
  readonly members: readonly {
    readonly name: string;
    readonly folder: string;
    /** All that the certificate is good for. */
    readonly names: readonly string[];
  }[];
  readonly validToMs: number;
}

/** Not made; the message says what to do. */
export class CertificatesError extends Error {
  override readonly name = 'CertificatesError';
}

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3_650;
/** Clocks of machines differ. */
const EARLIER_MS = DAY_MS;
/** On its own machine a member is asked by these, whatever its hosts are. */
const OWN_HOSTS = ['localhost', '127.0.0.1', '::1'];
const DNS_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** Throws `CertificatesError` before anything is written. */
export function makeCertificates(request: CertificatesRequest): MadeCertificates {
  const { members, folder, days, nowMs } = request;
  check(request);
  const found = findAuthority(folder);
  const fromMs = nowMs - EARLIER_MS;
  const authority = found ?? newAuthority(folder, { fromMs, toMs: nowMs + AUTHORITY_DAYS * DAY_MS });
  if (authority.toMs <= nowMs) {
    throw new CertificatesError(
      `${join(folder, 'ca.pem')} has expired: make certificates with a new authority in another folder, for all members`,
    );
  }
  const ca = readFileSync(join(folder, 'ca.pem'), 'utf8');
  // One that outlives its authority would be of no use.
  const validToMs = Math.min(nowMs + days * DAY_MS, authority.toMs);
  const made = members.map(({ name, hosts }) => {
    const own = join(folder, name);
    const names = [...new Set([`${name}.skein`, ...hosts, ...OWN_HOSTS])];
    const { cert, key } = makeMember(
      { name: `${name}.skein`, hosts: names },
      { fromMs, toMs: validToMs },
      authority,
    );
    writePrivateFile(join(own, 'ca.pem'), ca);
    writePrivateFile(join(own, 'member-key.pem'), key);
    writePrivateFile(join(own, 'member.pem'), cert);
    return { name, folder: own, names };
  });
  return { authority: found === undefined ? 'made' : 'found', members: made, validToMs };
}

function check({ members, folder, onExisting }: CertificatesRequest): void {
  if (members.length === 0) throw new CertificatesError('expected at least one member');
  const names = new Set<string>();
  for (const { name, hosts } of members) {
    if (!MEMBER_NAME.test(name))
      throw new CertificatesError(
        `expected a name of at most 32 small letters, digits and "-", got "${name}"`,
      );
    if (names.has(name)) throw new CertificatesError(`expected names that differ, got "${name}" twice`);
    names.add(name);
    const wrong = hosts.find((host) => isIP(host) === 0 && !DNS_NAME.test(host));
    if (wrong !== undefined)
      throw new CertificatesError(`expected a DNS name or an address for ${name}, got "${wrong}"`);
    const existing = join(folder, name, 'member.pem');
    if (onExisting === 'refuse' && existsSync(existing))
      throw new CertificatesError(
        `${existing} is there already; to replace it by one of the same authority, add --renew`,
      );
  }
}

function findAuthority(folder: string): Authority | undefined {
  const files = { cert: join(folder, 'ca.pem'), key: join(folder, 'ca-key.pem') };
  const [hasCert, hasKey] = [existsSync(files.cert), existsSync(files.key)];
  if (!hasCert && !hasKey) return undefined;
  if (!hasCert || !hasKey)
    throw new CertificatesError(
      `${hasCert ? files.key : files.cert} is not there: bring it back, as members only trust each other with certificates of the same authority; or make new ones for all in another folder`,
    );
  let authority: Authority | undefined;
  try {
    authority = readAuthority({
      cert: readFileSync(files.cert, 'utf8'),
      key: readFileSync(files.key, 'utf8'),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CertificatesError(`${files.cert} and ${files.key} cannot be read (${reason})`, {
      cause: error,
    });
  }
  if (authority === undefined)
    throw new CertificatesError(
      `${files.cert} and ${files.key}: expected an authority that this command has made, and its key; another one has to sign with its own tools`,
    );
  return authority;
}

function newAuthority(
  folder: string,
  validity: { readonly fromMs: number; readonly toMs: number },
): Authority {
  // Two authorities of the same name would be taken for each other.
  const made: KeyedCertificate = makeAuthority(`skein cluster ${randomBytes(4).toString('hex')}`, validity);
  writePrivateFile(join(folder, 'ca-key.pem'), made.key);
  writePrivateFile(join(folder, 'ca.pem'), made.cert);
  const authority = readAuthority(made);
  if (authority === undefined) throw new CertificatesError('the new authority cannot be read');
  return authority;
}
