/** When this machine's certificates end: those in the files, and those that the processes have read. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { MemberAddress } from '@skein/member';
import { readCertificates } from '../certificates/read-certificates.ts';
import type { CertificateSight } from './sight.ts';

export interface CertificateWatchOptions {
  /** Undefined: members talk without. */
  readonly member: { readonly folder: string; readonly own: MemberAddress } | undefined;
  /** File of the FQL port's certificate. */
  readonly fqlTlsCert: string | undefined;
}

const LOOK_MS = 60_000;

export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #inFiles: ReadonlyMap<CertificateSight['of'], number | undefined> = new Map();
  #inUse: ReadonlyMap<CertificateSight['of'], number | undefined> | undefined;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
  }

  /** The processes read their files anew. */
  reloaded(): void {
    this.#inUse = undefined;
    this.#lookedMs = Number.NEGATIVE_INFINITY;
  }

  look(nowMs: number, wallMs: number): readonly CertificateSight[] {
    if (nowMs - this.#lookedMs >= LOOK_MS) {
      this.#lookedMs = nowMs;
      this.#inFiles = this.#read(wallMs);
      this.#inUse ??= this.#inFiles;
    }
    return Array.from(this.#inFiles, ([of, validToMs]) => ({
      of,
      validToMs,
      usedValidToMs: this.#inUse?.get(of),
    }));
  }

  #read(wallMs: number): ReadonlyMap<CertificateSight['of'], number | undefined> {
    const { member, fqlTlsCert } = this.#options;
    const read = new Map<CertificateSight['of'], number | undefined>();
    if (member !== undefined) {
      const { folder, own } = member;
      read.set(
        'the member',
        endOf(() => readCertificates(folder, { nowMs: wallMs, member: own }).validToMs),
      );
    }
    if (fqlTlsCert !== undefined)
      read.set(
        'the FQL port',
        endOf(() => new X509Certificate(readFileSync(fqlTlsCert)).validToDate.getTime()),
      );
    return read;
  }
}

/** What is wrong with them was told at the start, or is told at the next one. */
function endOf(read: () => number): number | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
