/**
 * `npm start`: sets up what is missing, then runs `skein serve` on the pinned Node. Flags pass through:
 * `npm start -- --port 7800`, `npm start -- --help`.
 *
 * Signals: at a terminal Ctrl-C reaches every process of the foreground group, and npm sends it on once more,
 * so one key press arrives here twice. The server counts a second one as "stop at once". Therefore the server
 * runs in a group of its own, and this process hands on one signal per key press.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  checkMachine,
  ensureDependencies,
  ensureKernel,
  ensurePage,
  pinnedNode,
  root,
  say,
} from './setup.mjs';

/** Two signals closer than this are one key press. */
const samePressMs = 400;
const parentLookMs = 500;
const parent = process.ppid;

checkMachine();
await ensureDependencies();
await ensureKernel();
await ensurePage();

const server = spawn(
  pinnedNode,
  [join(root, 'packages', 'cli', 'bin', 'skein.js'), 'serve', ...process.argv.slice(2)],
  {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    // The fourth descriptor is a lifeline: when this process is killed outright, the server sees it close and stops.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, SKEIN_LIFELINE: '1' },
    detached: true,
  },
);

let lastSignalMs = Number.NEGATIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const nowMs = performance.now();
    if (nowMs - lastSignalMs < samePressMs) return;
    lastSignalMs = nowMs;
    server.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  });
}
if (process.env.npm_lifecycle_event !== undefined) {
  // Told to end, npm signals the shell between us, which passes nothing on: that our parent is gone is all we see.
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    server.kill('SIGTERM');
  }, parentLookMs);
  watch.unref();
}
server.on('error', (error) => {
  say(`could not start the server: ${error.message}`);
  process.exitCode = 1;
});
server.on('exit', (code, signal) => {
  process.exitCode = code ?? 1;
  if (signal !== null) say(`the server was ended by ${signal}.`);
});
