/** Runs a command line in this process, with streams that a test can read. */
import { PassThrough } from 'node:stream';
import { runCommandLine } from '../program.ts';

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly interrupted?: AbortSignal;
}

export async function runCommand(args: readonly string[], options: RunOptions): Promise<Run> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(options.stdin ?? '');
  const code = await runCommandLine(args, {
    env: { HOME: options.cwd, ...options.env },
    cwd: options.cwd,
    stdin,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    nowMs: () => Date.now(),
    interrupted: options.interrupted ?? new AbortController().signal,
  });
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}
