/** Exit codes of `skein`, for scripts. */
export const EXIT_CODES = {
  ok: { code: 0, help: 'done' },
  failed: { code: 1, help: 'the server refused, or something went wrong; the message says what' },
  rejected: { code: 2, help: 'import finished, but some records were rejected and reported' },
  unreachable: { code: 3, help: 'no server answers at the address' },
  usage: { code: 4, help: 'unknown command or flag, bad value, missing argument' },
} as const;

export type ExitName = keyof typeof EXIT_CODES;

/** What went wrong and what to do about it, in words for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitName;

  constructor(message: string, options: { readonly exit?: ExitName; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exit = options.exit ?? 'failed';
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
