#!/usr/bin/env node
/**
 * Launcher of `skein`: finds a Node that runs the TypeScript sources as they are, and starts them on it.
 * Plain JavaScript of the oldest supported kind, since it may run on any Node.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const nodeMajorMin = 24;
const main = new URL('../src/main.ts', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
  // Compiled code is kept between starts, which halves the time to the first line of help.
  module.enableCompileCache?.();
  whenParentGoes(() => process.kill(process.pid, 'SIGTERM'));
  await import(main.href);
} else {
  const node = pinnedNode(dirname(fileURLToPath(import.meta.url)));
  if (node === undefined) {
    process.stderr.write(
      `skein: Node ${nodeMajorMin} or newer is needed, this is ${process.version}. Run \`npm install\` in the project, which brings one along.\n`,
    );
    process.exitCode = 1;
  } else runOn(node);
}

/** The `node` package of the project, looked for upwards as module resolution does. */
function pinnedNode(from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '.bin', 'node');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return undefined;
  }
}

function runOn(node) {
  const hasLifeline = process.send !== undefined;
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: hasLifeline ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
  });
  whenParentGoes(() => child.kill('SIGTERM'));
  // A terminal sends Ctrl-C to the child as well; only what was sent to this process alone is handed on.
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  if (hasLifeline) process.on('disconnect', () => child.connected && child.disconnect());
  child.on('error', (error) => {
    process.stderr.write(`skein: could not run ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (hasLifeline && process.connected) process.disconnect();
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

/**
 * For a server under npm (`npx skein serve`): told to end, npm signals the shell between us, which passes nothing on. That our
 * parent is gone is all we see of it.
 */
function whenParentGoes(act) {
  if (process.argv[2] !== 'serve' || process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    act();
  }, 500);
  watch.unref();
}
