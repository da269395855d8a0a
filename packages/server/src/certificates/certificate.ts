/**
 * X.509 certificates of a cluster: an authority that signs, and members that are both servers and clients. P-256 and SHA-256, which
 * Node and etcd both take. Written here because a certificate has few parts, and the libraries for it bring twenty packages.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import {
  bitString,
  boolean,
  der,
  explicit,
  implicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  TAG,
  time,
  utf8String,
} from './der.ts';

/** PEM texts. */
export interface KeyedCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Party {
  readonly name: string;
  readonly key: KeyObject;
}

export interface Authority extends Party {
  readonly toMs: number;
}

const OIDS = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;
export const SERVER_USAGE = '1.3.6.1.5.5.7.3.1';
export const CLIENT_USAGE = '1.3.6.1.5.5.7.3.2';

/** An authority with a new key, signed by itself. */
export function makeAuthority(name: string, validity: Validity): KeyedCertificate {
  const { publicKey, privateKey } = newKeys();
  const authority = { name, key: publicKey };
  return make(authority, authority, privateKey, privateKey, validity, [
    extension(OIDS.basicConstraints, 'critical', sequence(boolean(true), integer(Buffer.of(0)))),
    // keyCertSign and cRLSign: bits 5 and 6.
    extension(OIDS.keyUsage, 'critical', bitString(Buffer.of(0b0000_0110), 1)),
  ]);
}

/** Who signs; undefined for certificates that `makeAuthority` has not made, as ours would not fit to them. */
export function readAuthority({ cert, key }: KeyedCertificate): Authority | undefined {
  const certificate = new X509Certificate(cert);
  const privateKey = createPrivateKey(key);
  const name = /^CN=(.*)$/.exec(certificate.subject)?.[1];
  if (name === undefined || !certificate.checkPrivateKey(privateKey)) return undefined;
  const parts = [nameOf({ name, key: privateKey }), identifierOf(privateKey)];
  return parts.every((part) => certificate.raw.includes(part))
    ? { name, key: privateKey, toMs: certificate.validToDate.getTime() }
    : undefined;
}

/** A member with a new key. `hosts`: names and addresses under which it is reached, in the order in which they shall stand. */
export function makeMember(
  { name, hosts }: { readonly name: string; readonly hosts: readonly string[] },
  validity: Validity,
  authority: Authority,
): KeyedCertificate {
  const { publicKey, privateKey } = newKeys();
  return make({ name, key: publicKey }, authority, privateKey, authority.key, validity, [
    extension(OIDS.basicConstraints, 'critical', sequence()),
    // digitalSignature: bit 0.
    extension(OIDS.keyUsage, 'critical', bitString(Buffer.of(0b1000_0000), 7)),
    extension(
      OIDS.extendedKeyUsage,
      'optional',
      sequence(objectIdentifier(SERVER_USAGE), objectIdentifier(CLIENT_USAGE)),
    ),
    extension(OIDS.subjectAltName, 'optional', sequence(...hosts.map(generalName))),
  ]);
}

function newKeys(): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function make(
  subject: Party,
  issuer: Party,
  subjectKey: KeyObject,
  issuerKey: KeyObject,
  { fromMs, toMs }: Validity,
  extensions: readonly Buffer[],
): KeyedCertificate {
  const algorithm = sequence(objectIdentifier(OIDS.ecdsaWithSha256));
  const body = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(randomBytes(16)),
    algorithm,
    nameOf(issuer),
    sequence(time(fromMs), time(toMs)),
    nameOf(subject),
    publicBytes(subject.key),
    explicit(
      3,
      sequence(
        ...extensions,
        extension(OIDS.subjectKeyIdentifier, 'optional', octetString(identifierOf(subject.key))),
        extension(OIDS.authorityKeyIdentifier, 'optional', sequence(implicit(0, identifierOf(issuer.key)))),
      ),
    ),
  );
  const signature = sign('sha256', body, issuerKey);
  return {
    cert: pem('CERTIFICATE', sequence(body, algorithm, bitString(signature))),
    key: String(subjectKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

function extension(oid: string, kind: 'critical' | 'optional', content: Uint8Array): Buffer {
  const critical = kind === 'critical' ? [boolean(true)] : [];
  return sequence(objectIdentifier(oid), ...critical, octetString(content));
}

function nameOf({ name }: Party): Buffer {
  return sequence(der(TAG.set, sequence(objectIdentifier(OIDS.commonName), utf8String(name))));
}

/** A name of DNS or an address, as `subjectAltName` has them. */
function generalName(host: string): Buffer {
  return isIP(host) === 0 ? implicit(2, Buffer.from(host, 'latin1')) : implicit(7, addressBytes(host));
}

/** 4 or 16 bytes. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes any form as eight groups with one `::` at most, and no dots.
  const [front = '', back] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(front), groups(back ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return Buffer.from(
    [...first, ...zeros, ...last].flatMap((group) => {
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    }),
  );
}

function publicBytes(key: KeyObject): Buffer {
  return publicOf(key).export({ type: 'spki', format: 'der' });
}

function identifierOf(key: KeyObject): Buffer {
  return createHash('sha256').update(publicBytes(key)).digest().subarray(0, 20);
}

function publicOf(key: KeyObject): KeyObject {
  return key.type === 'public' ? key : createPublicKey(key);
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`;
}
