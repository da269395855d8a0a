/**
 * What a test orders from the processes of a server, through a file that they look into: steps of the clock, the moment to die, a disk
 * without room. `fault-preload.ts` obeys inside the processes; the product knows nothing of it.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where a builder dies, in the order in which a transaction passes: before the journal has it, before the store's commit begins, with
 * everything written and nothing committed, committed and not answered, answered.
 */
export const CRASH_STAGES = [
  'before-append',
  'before-commit',
  'in-commit',
  'after-commit',
  'after-answer',
] as const;
export type CrashStage = (typeof CRASH_STAGES)[number];

/** Mistakes that are planted to see whether they are found; `planted-bugs.ts` tells what they are. */
export type PlantedBug =
  | 'stale-read'
  | 'time-of-clock'
  | 'repeat-twice'
  | 'early-answer'
  | 'unsynced-log'
  | 'forgotten-journal';

export interface FaultOrders {
  /** Added to the machine's clock. */
  readonly clockOffsetMs: number;
  readonly crashAt: CrashStage | undefined;
  /** How long a starting builder looks at its journal: queries are answered, or wait, meanwhile. */
  readonly replayMs: number;
  /** Which writes find no room. */
  readonly diskFull: 'journal' | 'store' | undefined;
  /** How much longer each sync of journal and entries takes. */
  readonly syncDelayMs: number;
  /** Whether the planted bug shows. */
  readonly bugShows: boolean;
}

export interface FaultEnvironment {
  readonly bug?: PlantedBug | undefined;
  /** Small journal files make it forget what it may while a test runs. */
  readonly journalFileBytesMax?: number | undefined;
}

const NO_FAULTS: FaultOrders = {
  clockOffsetMs: 0,
  crashAt: undefined,
  replayMs: 0,
  diskFull: undefined,
  syncDelayMs: 0,
  bugShows: false,
};

export class FaultControl {
  readonly #file: string;
  #orders = NO_FAULTS;

  constructor(file: string) {
    this.#file = file;
    this.order({});
  }

  /** For the processes to come. */
  environment({ bug, journalFileBytesMax = 30_000 }: FaultEnvironment = {}): Record<string, string> {
    const preload = fileURLToPath(new URL('fault-preload.ts', import.meta.url));
    return {
      NODE_OPTIONS: `--import=${preload}`,
      TEST_FAULTS_FILE: this.#file,
      TEST_JOURNAL_FILE_BYTES: String(journalFileBytesMax),
      ...(bug === undefined ? {} : { TEST_PLANTED_BUG: bug }),
    };
  }

  /** Changes what is named, leaves the rest. Processes obey within milliseconds. */
  order(orders: Partial<FaultOrders>): void {
    this.#orders = { ...this.#orders, ...orders };
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#orders));
    renameSync(`${this.#file}.new`, this.#file);
  }

  get orders(): FaultOrders {
    return this.#orders;
  }

  /** One builder will die there; `hasCrashed` tells whether it has. */
  crashAt(stage: CrashStage): void {
    rmSync(crashedFile(this.#file), { force: true });
    this.order({ crashAt: stage });
  }

  /** Bytes of a file of journal or entries that were synced. */
  syncedBytes(path: string): number {
    const note = syncedFile(this.#file, path);
    return existsSync(note) ? Number(readFileSync(note, 'utf8')) : 0;
  }

  get hasCrashed(): boolean {
    return existsSync(crashedFile(this.#file));
  }
}

export function readOrders(file: string): FaultOrders {
  return { ...NO_FAULTS, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<FaultOrders>) };
}

/** Its being there says that the ordered crash has happened. */
export function crashedFile(file: string): string {
  return `${file}.crashed`;
}

/** Holds how many bytes of a file survive a power loss. */
export function syncedFile(file: string, path: string): string {
  return `${file}.${basename(dirname(path))}-${basename(path)}.synced`;
}
