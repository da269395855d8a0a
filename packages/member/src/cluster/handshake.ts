/**
 * How two members prove to each other that they know the cluster's secret, before anything else is said:
 *
 *   asker     hello      {member, to, versions, nonce}
 *   answerer  challenge  {nonce}
 *   asker     proof      {proof}                     or the answerer closes, without a word
 *   answerer  welcome    {versions, proof}           or the asker closes
 *
 * A proof is an HMAC over the side's role, all that both have said, and what names this very line (`binding`: keying material that
 * TLS exports, the same at both ends and nowhere else). So a proof is of no use on another line, at another time, for another member, or sent
 * back to its maker; and neither side's versions can be changed on the way. The asker proves first: who does not know the secret learns
 * one random number.
 *
 * The newest version that both know is spoken. No I/O and no time here: the caller gives frames' headers, and closes late lines.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { JsonObject } from '@skein/base';

export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

/** Of what is said after the handshake. */
export const PEER_VERSIONS: VersionRange = { min: 1, max: 1 };

export interface HandshakeOptions {
  /** This side's name. */
  readonly member: string;
  /** Of `handshakeKey`. */
  readonly key: Uint8Array;
  /** Names the line; empty where it is not encrypted. */
  readonly binding: Uint8Array;
  readonly versions?: VersionRange | undefined;
}

export type HandshakeStep =
  | { readonly kind: 'send'; readonly header: JsonObject }
  /** Both know each other now; `header` is still to be sent. */
  | {
      readonly kind: 'done';
      readonly header?: JsonObject | undefined;
      readonly peer: string;
      readonly version: number;
    }
  /** To be closed; `header` may be sent before. `reason` is for this side's log. */
  | { readonly kind: 'refuse'; readonly header?: JsonObject | undefined; readonly reason: string };

const NONCE_BYTES = 32;
const MEMBER_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const VERSION_MAX = 1_000_000;

/** The secret itself is used for more than this. */
export function handshakeKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'skein: members know each other', 32));
}

interface Said {
  readonly asker: string;
  readonly answerer: string;
  readonly askerVersions: VersionRange;
  readonly askerNonce: string;
  readonly answererNonce: string;
}

export class AskerHandshake {
  readonly #options: HandshakeOptions;
  readonly #versions: VersionRange;
  readonly #to: string;
  readonly #nonce = makeNonce();
  #said: Said | undefined;

  constructor(options: HandshakeOptions & { readonly to: string }) {
    this.#options = options;
    this.#versions = options.versions ?? PEER_VERSIONS;
    this.#to = options.to;
  }

  /** The first frame. */
  hello(): JsonObject {
    const { min, max } = this.#versions;
    return {
      type: 'hello',
      member: this.#options.member,
      to: this.#to,
      versions: [min, max],
      nonce: this.#nonce,
    };
  }

  receive(header: JsonObject): HandshakeStep {
    if (this.#said === undefined) {
      const nonce = readNonce(header['nonce']);
      if (header['type'] !== 'challenge' || nonce === undefined)
        return refuse('it does not speak the language of members');
      this.#said = {
        asker: this.#options.member,
        answerer: this.#to,
        askerVersions: this.#versions,
        askerNonce: this.#nonce,
        answererNonce: nonce,
      };
      return {
        kind: 'send',
        header: { type: 'proof', proof: proofOf('asker', this.#options, this.#said, this.#versions) },
      };
    }
    const versions = readVersions(header['versions']);
    if (header['type'] !== 'welcome' || versions === undefined)
      return refuse('it does not speak the language of members');
    if (!isProof(header['proof'], proofOf('answerer', this.#options, this.#said, versions)))
      return refuse('its secret is another one');
    const version = commonVersion(this.#versions, versions);
    if (version === undefined) return refuse(noCommonVersion(this.#versions, versions));
    return { kind: 'done', peer: this.#to, version };
  }
}

export class AnswererHandshake {
  readonly #options: HandshakeOptions;
  readonly #versions: VersionRange;
  #said: Said | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#versions = options.versions ?? PEER_VERSIONS;
  }

  receive(header: JsonObject): HandshakeStep {
    if (this.#said === undefined) {
      const { type, member, to } = header;
      const askerVersions = readVersions(header['versions']);
      const askerNonce = readNonce(header['nonce']);
      if (type !== 'hello' || askerVersions === undefined || askerNonce === undefined)
        return refuse('it does not speak the language of members');
      if (typeof member !== 'string' || !MEMBER_NAME.test(member) || member === this.#options.member)
        return refuse('it has no name, or that of this member');
      if (to !== this.#options.member) return refuse(`${member} looks for another member`);
      const answererNonce = makeNonce();
      this.#said = { asker: member, answerer: to, askerVersions, askerNonce, answererNonce };
      return { kind: 'send', header: { type: 'challenge', nonce: answererNonce } };
    }
    const { asker, askerVersions } = this.#said;
    if (
      header['type'] !== 'proof' ||
      !isProof(header['proof'], proofOf('asker', this.#options, this.#said, askerVersions))
    )
      return refuse(`${asker} has not proved that it knows the cluster's secret`);
    const { min, max } = this.#versions;
    const welcome = {
      type: 'welcome',
      versions: [min, max],
      proof: proofOf('answerer', this.#options, this.#said, this.#versions),
    };
    const version = commonVersion(askerVersions, this.#versions);
    if (version === undefined)
      return {
        kind: 'refuse',
        header: welcome,
        reason: `${asker}: ${noCommonVersion(this.#versions, askerVersions)}`,
      };
    return { kind: 'done', header: welcome, peer: asker, version };
  }
}

/** `versions`: those of the side that proves; the asker's are known to both anyway. */
function proofOf(
  role: 'asker' | 'answerer',
  { key, binding }: HandshakeOptions,
  { asker, answerer, askerVersions, askerNonce, answererNonce }: Said,
  versions: VersionRange,
): string {
  const words = [
    'skein-peer',
    role,
    asker,
    answerer,
    askerVersions.min,
    askerVersions.max,
    versions.min,
    versions.max,
    askerNonce,
    answererNonce,
    Buffer.from(binding).toString('base64url'),
  ];
  return createHmac('sha256', key).update(JSON.stringify(words)).digest('base64url');
}

function isProof(value: unknown, expected: string): boolean {
  if (typeof value !== 'string') return false;
  const [given, wanted] = [Buffer.from(value), Buffer.from(expected)];
  return given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted);
}

function commonVersion(one: VersionRange, other: VersionRange): number | undefined {
  const version = Math.min(one.max, other.max);
  return version >= Math.max(one.min, other.min) ? version : undefined;
}

function noCommonVersion(own: VersionRange, other: VersionRange): string {
  return `its protocol is of versions ${other.min} to ${other.max}, this member's of ${own.min} to ${own.max}: upgrade one version at a time`;
}

function makeNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}

function readNonce(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
}

function readVersions(value: unknown): VersionRange | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [min, max] = value as readonly unknown[];
  const isVersion = (one: unknown): one is number =>
    typeof one === 'number' && Number.isInteger(one) && one >= 1 && one <= VERSION_MAX;
  return isVersion(min) && isVersion(max) && min <= max ? { min, max } : undefined;
}

function refuse(reason: string): HandshakeStep {
  return { kind: 'refuse', reason };
}
