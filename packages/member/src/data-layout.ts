/**
 * Where things lie in the data folder:
 *
 *   journal/                                        the operation log
 *   recent-operations.json                          operation ids that left the journal but may still be retried
 *   checkpoints/<id>/                               copies of all this that are being fetched, or made for a backup (`cluster/checkpoint.ts`)
 *   installing/, installed-<number>/                another member's state on its way in (`cluster/install-swap.ts`)
 *   apps/<application>/application.json             the application and its keys
 *   apps/<application>/documents/                   documents: an LMDB environment; made by the first transaction
 *   apps/<application>/indexes/<index>/             one index: manifest and segments
 *   apps/<application>/indexes/<index>.deleted      the index was deleted at this sequence; kept until the journal has forgotten it
 *   apps/<application>/indexes/<index>.damaged      why the index cannot be served; <index>.damaged-<sequence>/ holds its files
 *
 * Names are percent-encoded so that any index name is a file name, and none of them contains a dot.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** File systems allow 255 bytes; suffixes need some. */
const ENCODED_BYTES_MAX = 200;

export class DataLayout {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  get journalFolder(): string {
    return join(this.root, 'journal');
  }

  get recentOperationsFile(): string {
    return join(this.root, 'recent-operations.json');
  }

  get applicationsFolder(): string {
    return join(this.root, 'apps');
  }

  applicationFolder(application: string): string {
    return join(this.applicationsFolder, encodeName(application));
  }

  applicationFile(application: string): string {
    return join(this.applicationFolder(application), 'application.json');
  }

  documentsFolder(application: string): string {
    return join(this.applicationFolder(application), 'documents');
  }

  indexesFolder(application: string): string {
    return join(this.applicationFolder(application), 'indexes');
  }

  indexFolder(application: string, index: string): string {
    return join(this.indexesFolder(application), encodeName(index));
  }

  deletedFile(application: string, index: string): string {
    return `${this.indexFolder(application, index)}.deleted`;
  }

  damagedFile(application: string, index: string): string {
    return `${this.indexFolder(application, index)}.damaged`;
  }

  setAsideFolder(application: string, index: string, sequence: number): string {
    return `${this.indexFolder(application, index)}.damaged-${sequence}`;
  }
}

/**
 * Letters, digits, `-` and `_` stay, everything else is percent-encoded. Names too long for a file system end in a hash; for these
 * `decodeName` gives undefined, and the name stands in the files themselves.
 */
export function encodeName(name: string): string {
  const encoded = Buffer.from(name, 'utf8').reduce((text, byte) => {
    const letter = String.fromCharCode(byte);
    return (
      text + (/[A-Za-z0-9_-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    );
  }, '');
  if (encoded.length <= ENCODED_BYTES_MAX) return encoded;
  const hash = createHash('sha256').update(name).digest('hex');
  return `${encoded.slice(0, ENCODED_BYTES_MAX - 66)}%%${hash}`;
}

export function decodeName(encoded: string): string | undefined {
  if (encoded.includes('%%') || encoded.includes('.')) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
