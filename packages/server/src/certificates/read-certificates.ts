/** Reads a member's certificates, and says what is wrong with them before others only close the line. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { ClusterCertificates } from '@skein/member';
import { ConfigurationError } from '../configuration.ts';
import { CLIENT_USAGE, SERVER_USAGE } from './certificate.ts';

export interface ReadCertificates {
  readonly certificates: ClusterCertificates;
  /** The earliest end: of the member's, or of an authority's that it needs. */
  readonly validToMs: number;
  /** For the operator, in whole sentences; empty when all is well. */
  readonly warnings: readonly string[];
}

export interface ReadCertificatesOptions {
  readonly nowMs: number;
  /** As others call and reach this member. */
  readonly member: { readonly name: string; readonly host: string };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SOON_DAYS = 30;
const CHAIN_MAX = 8;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Throws `ConfigurationError`, which names the file and what to do. */
export function readCertificates(
  folder: string,
  { nowMs, member }: ReadCertificatesOptions,
): ReadCertificates {
  const files = {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'member.pem'),
    key: join(folder, 'member-key.pem'),
  };
  const certificates = { ca: read(files.ca), cert: read(files.cert), key: read(files.key) };
  const authorities = parse(files.ca, certificates.ca);
  const [own, ...between] = parse(files.cert, certificates.cert);
  if (own === undefined) throw wrong(files.cert, 'expected a certificate in PEM form');
  if (!own.checkPrivateKey(parseKey(files.key, certificates.key)))
    throw wrong(
      files.key,
      `expected the key of the certificate in ${files.cert}; was one of them renewed alone?`,
    );
  const chain = chainOf(own, between, authorities);
  if (chain === undefined)
    throw wrong(
      files.cert,
      `it is not signed by an authority in ${files.ca}; copy both from the same folder`,
    );
  for (const one of chain) checkTime(one === own ? files.cert : files.ca, one, nowMs);
  checkUsage(files.cert, own);
  checkNames(files.cert, own, member);
  const validToMs = Math.min(...chain.map((one) => one.validToDate.getTime()));
  return { certificates, validToMs, warnings: warningsOf(files, own, validToMs, { nowMs, member }) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw wrong(
      file,
      `cannot be read (${reasonOf(error)}); make certificates by: skein cluster certificates`,
      error,
    );
  }
}

function parse(file: string, text: string): readonly X509Certificate[] {
  try {
    const found = [...text.matchAll(PEM_CERTIFICATE)].map(([pem]) => new X509Certificate(pem));
    if (found.length > 0) return found;
  } catch (error) {
    throw wrong(file, `expected a certificate in PEM form (${reasonOf(error)})`, error);
  }
  throw wrong(file, 'expected a certificate in PEM form');
}

function parseKey(file: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw wrong(file, `expected a private key in PEM form, without a password (${reasonOf(error)})`, error);
  }
}

/** From the member's certificate to an authority that is trusted; undefined: there is no such way. */
function chainOf(
  own: X509Certificate,
  between: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const chain = [own];
  for (let last = own; chain.length <= CHAIN_MAX; ) {
    const authority = authorities.find((one) => isSignedBy(last, one));
    if (authority !== undefined) return [...chain, authority];
    const next = between.find((one) => !chain.includes(one) && isSignedBy(last, one));
    if (next === undefined) return undefined;
    chain.push(next);
    last = next;
  }
  return undefined;
}

function isSignedBy(one: X509Certificate, other: X509Certificate): boolean {
  return other.ca && one.checkIssued(other) && one.verify(other.publicKey);
}

function checkTime(file: string, one: X509Certificate, nowMs: number): void {
  const [from, to] = [one.validFromDate, one.validToDate];
  if (to.getTime() <= nowMs)
    throw wrong(file, `expired on ${day(to)}; make new ones by: skein cluster certificates --renew`);
  if (from.getTime() > nowMs)
    throw wrong(
      file,
      `not valid before ${day(from)}, and it is ${day(new Date(nowMs))} here: is the clock right?`,
    );
}

/** A member is asked, and asks. */
function checkUsage(file: string, own: X509Certificate): void {
  // What Node calls so is the extended usage; absent means any.
  const usages: readonly string[] | undefined = own.keyUsage;
  if (usages === undefined || [SERVER_USAGE, CLIENT_USAGE].every((usage) => usages.includes(usage))) return;
  throw wrong(file, 'expected a certificate for both servers and clients (extended key usage)');
}

function checkNames(
  file: string,
  own: X509Certificate,
  { name, host }: ReadCertificatesOptions['member'],
): void {
  const names = own.subjectAltName ?? 'no name';
  const named = /DNS:([^.,\s]+)\.skein(?=,|$)/.exec(names)?.[1];
  const isNamed = own.checkHost(`${name}.skein`) !== undefined;
  if (named !== undefined && !isNamed) throw wrong(file, `it is of member ${named}, and this is ${name}`);
  if (isNamed || isFor(own, host)) return;
  throw wrong(file, `expected a certificate for ${name}.skein or ${host}, it is for: ${names}`);
}

function isFor(own: X509Certificate, host: string): boolean {
  return (isIP(host) === 0 ? own.checkHost(host) : own.checkIP(host)) !== undefined;
}

function warningsOf(
  files: { readonly cert: string; readonly key: string },
  own: X509Certificate,
  validToMs: number,
  { nowMs, member }: ReadCertificatesOptions,
): readonly string[] {
  const warnings: string[] = [];
  if (!isFor(own, member.host))
    warnings.push(
      `${files.cert} is not for ${member.host}, where other members find this one: its etcd is not trusted there; add the host by: skein cluster certificates --also`,
    );
  const daysLeft = Math.floor((validToMs - nowMs) / DAY_MS);
  if (daysLeft < SOON_DAYS)
    warnings.push(
      `${files.cert} expires in ${daysLeft} days, on ${day(new Date(validToMs))}; make new ones by: skein cluster certificates --renew`,
    );
  if ((statSync(files.key).mode & 0o077) !== 0)
    warnings.push(`${files.key} can be read by others; run: chmod 600 ${files.key}`);
  return warnings;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function wrong(file: string, what: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError(`SKEIN_CERTIFICATES: ${file}: ${what}`, { cause });
}
