/**
 * API key values at rest: AES-256-GCM under a secret that lies outside the data folder. They cannot be hashed, since they are listed, and
 * verify secured keys; encrypted, a stolen backup or journal opens nothing.
 *
 *   "v1." base64url( nonce 12 bytes | tag 16 bytes | ciphertext )
 *
 * The application's id is authenticated with it: a value copied into another application's file does not open.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const PREFIX = 'v1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Shorter secrets could be guessed. */
const SECRET_BYTES_MIN = 16;

/** The value was not sealed under this secret for this application, or was changed since. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

export class KeyVault {
  readonly #key: Uint8Array;
  /** Made once: from bytes, each use would cost six times as much. */
  readonly #chanceKey: KeyObject;

  constructor(secret: string) {
    if (Buffer.byteLength(secret) < SECRET_BYTES_MIN) {
      throw new RangeError(
        `the secret has ${Buffer.byteLength(secret)} bytes, at least ${SECRET_BYTES_MIN} are needed`,
      );
    }
    this.#key = new Uint8Array(hkdfSync('sha256', secret, '', 'skein api keys v1', 32));
    this.#chanceKey = createSecretKey(new Uint8Array(hkdfSync('sha256', secret, '', 'skein chance v1', 32)));
  }

  /**
   * Chance for a transaction, 16 bytes, from the seed that its operation carries: every member gets the same, and nobody who only reads the
   * journal does, from which secrets of keys could be made again.
   */
  chance(application: string, seed: Uint8Array): Uint8Array {
    return createHmac('sha256', this.#chanceKey).update(application).update(seed).digest().subarray(0, 16);
  }

  seal(application: string, value: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(application));
    const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
  }

  /** Throws `SealError`. */
  open(application: string, sealed: string): string {
    const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64url');
    if (!sealed.startsWith(PREFIX) || bytes.byteLength < NONCE_BYTES + TAG_BYTES) {
      throw new SealError('not a sealed value');
    }
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(application))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const value = Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)),
        decipher.final(),
      ]);
      return value.toString('utf8');
    } catch (error) {
      throw new SealError(`a key of application ${application} does not open with this secret`, {
        cause: error,
      });
    }
  }
}
