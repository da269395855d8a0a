/**
 * What a fresh clone needs before anything of it can run: dependencies, the search kernel, the page.
 *
 * Plain JavaScript without dependencies, because it runs before there are any, on whatever Node (20 or newer)
 * the machine has. Each step is skipped when what it made is still true to its sources: a hash of the sources
 * is kept beside the product, so neither clocks nor checkouts can fool it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const pinnedNode = join(root, 'node_modules', '.bin', 'node');

const nodeMajorMin = 20;

/** Says one line of progress; on standard error, so that a command's own output stays clean. */
export function say(text) {
  process.stderr.write(`skein: ${text}\n`);
}

export function checkMachine() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < nodeMajorMin) {
    say(`this machine's Node is ${process.version}; ${nodeMajorMin} or newer is needed to set up.`);
    process.exit(1);
  }
}

/**
 * Installs the dependencies when they are missing or the lock file changed since.
 *
 * `npm install --no-save` and not `npm ci`: it installs what the lock file says just as well, brings a stale folder
 * up to date in place instead of pulling the files from under a running server, and does not refuse a lock file
 * that lacks the optional binaries of some other platform.
 */
export async function ensureDependencies() {
  const mark = join(root, 'node_modules', '.skein-setup');
  const wanted = hashFiles(manifests());
  if (readIfExists(mark) === wanted && existsSync(pinnedNode)) return;
  const fresh = !existsSync(join(root, 'node_modules', '.package-lock.json'));
  say(fresh ? 'installing dependencies …' : 'dependencies changed: updating them …');
  const code = await run(...npm(['install', '--no-save', '--no-audit', '--no-fund']));
  if (code !== 0) {
    say(`npm could not install the dependencies (exit code ${code}); its message is above.`);
    process.exit(1);
  }
  if (!existsSync(pinnedNode)) {
    say(
      'the pinned Node is missing after the install. npm leaves it out when install scripts are switched off',
    );
    say(
      '(`ignore-scripts` in an npmrc): run `npm rebuild node --foreground-scripts --ignore-scripts=false`.',
    );
    process.exit(1);
  }
  writeFileSync(mark, wanted);
}

/** Compiles the WebAssembly kernel; the build script itself skips when nothing changed. */
export async function ensureKernel() {
  const code = await run(pinnedNode, [join(root, 'tools', 'build-kernel.mjs')]);
  if (code !== 0) {
    say('the search kernel did not build; the compiler message is above.');
    process.exit(1);
  }
}

/** Bundles the search page when its sources or its dependencies changed. */
export async function ensurePage() {
  const folder = join(root, 'packages', 'dashboard');
  // Not inside the bundle: everything there is served.
  const mark = join(root, 'node_modules', '.skein-page');
  const wanted = hashFiles([
    ...filesUnder(folder, ['dist', 'node_modules']),
    join(root, 'package-lock.json'),
  ]);
  if (readIfExists(mark) === wanted && existsSync(join(folder, 'dist', 'index.html'))) return;
  say('building the search page …');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const code = await run(pinnedNode, [vite, 'build', '--logLevel', 'warn'], { cwd: folder });
  if (code !== 0) {
    say('the search page did not build; the message is above.');
    process.exit(1);
  }
  writeFileSync(mark, wanted);
}

/** Runs a command with this terminal; resolves to its exit code, 128 + n for a signal as shells do. */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', (error) => {
      say(`could not run ${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

function npm(args) {
  const script = process.env.npm_execpath;
  // Under `npm start` the very npm that runs us is named; by hand the one on the path does.
  if (script?.endsWith('.js')) return [process.execPath, [script, ...args]];
  return ['npm', args];
}

function manifests() {
  const packages = readdirSync(join(root, 'packages')).map((name) =>
    join(root, 'packages', name, 'package.json'),
  );
  return [
    join(root, 'package-lock.json'),
    join(root, 'package.json'),
    join(root, 'bench', 'package.json'),
    ...packages,
  ].filter((path) => existsSync(path));
}

function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of [...paths].sort((a, b) => (a < b ? -1 : 1))) {
    hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(folder, skipped) {
  const found = [];
  for (const name of readdirSync(folder)) {
    if (skipped.includes(name) || name.endsWith('.tsbuildinfo')) continue;
    const path = join(folder, name);
    if (statSync(path).isDirectory()) found.push(...filesUnder(path, skipped));
    else found.push(path);
  }
  return found;
}

function readIfExists(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
