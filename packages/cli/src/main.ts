/** Entry of the `skein` command: the real world, and how it ends. */
import { runCommandLine } from './program.ts';

/** These stop by themselves at Ctrl-C, with nothing lost. */
const INTERRUPTIBLE = new Set(['import', 'export', 'fql', 'import-fauna', 'database']);

const interruption = new AbortController();
const command = process.argv[2];
const { SKEIN_LIFELINE: lifeline, ...env } = process.env;
delete process.env['SKEIN_LIFELINE'];

if (command === 'serve') {
  // Whoever started us with a lifeline wants us to end with it, even when it is killed outright.
  if (lifeline !== undefined) {
    process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    // Listening to it must not keep a server alive that has ended.
    process.channel?.unref();
  }
} else if (command !== undefined && INTERRUPTIBLE.has(command)) {
  process.once('SIGINT', () => {
    interruption.abort();
    // The second time nothing is waited for.
    process.once('SIGINT', () => process.exit(130));
  });
}
// `skein export movies | head` closes the pipe before the end, which is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  nowMs: () => Date.now(),
  interrupted: interruption.signal,
});
