/**
 * Compiles the engine's kernel (AssemblyScript) into `packages/engine/src/kernel/kernel-bytes.ts`, when its sources are
 * newer than that. Plain JavaScript for any Node >= 20, because it runs before anything else is set up.
 *
 *   node tools/build-kernel.mjs [--force]
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATED_FILES } from './kernel-sources.mjs';

const toolsFolder = path.dirname(fileURLToPath(import.meta.url));
const kernelFolder = path.join(toolsFolder, '../packages/engine/src/kernel');
const sourceFolder = path.join(kernelFolder, 'assembly');
const target = path.join(kernelFolder, 'kernel-bytes.ts');

const ARGUMENTS = [
  'kernel.ts',
  '--outFile',
  'kernel.wasm',
  '-O3',
  '--runtime',
  'stub',
  '--noAssert',
  '--use',
  'abort=',
  // Constants stay below the work areas (assembly/work-areas.ts).
  '--lowMemoryLimit',
  '4096',
  // One memory per segment, shared so that a file can be mapped under it and growth never moves it.
  '--importMemory',
  '--sharedMemory',
  '--initialMemory',
  '1',
  '--maximumMemory',
  '65536',
  '--enable',
  'threads,simd',
];

/** Brings `kernel-bytes.ts` up to date. Returns whether it had to compile. */
export async function buildKernel({ force = false } = {}) {
  const sources = readSources();
  const hash = hashOf(sources);
  if (!force && writtenHash() === hash) return false;
  const wasm = await compile(sources);
  const text =
    `// Compiled from ./assembly by tools/build-kernel.mjs: do not edit. sources: ${hash}\n` +
    `export const KERNEL_WASM_BASE64 =\n  '${Buffer.from(wasm).toString('base64')}';\n`;
  // Renamed into place: another process may be reading it.
  const temporary = `${target}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, target);
  return true;
}

function readSources() {
  const sources = new Map(Object.entries(GENERATED_FILES));
  for (const name of readdirSync(sourceFolder).sort()) {
    if (name.endsWith('.ts')) sources.set(name, readFileSync(path.join(sourceFolder, name), 'utf8'));
  }
  return sources;
}

function hashOf(sources) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([...sources]));
  hash.update(JSON.stringify(ARGUMENTS));
  hash.update(createRequire(import.meta.url)('assemblyscript/package.json').version);
  return hash.digest('hex');
}

function writtenHash() {
  try {
    return /sources: ([0-9a-f]{64})/.exec(readFileSync(target, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

async function compile(sources) {
  // Imported late, so that an up-to-date kernel costs nothing.
  const { default: asc } = await import('assemblyscript/asc');
  let wasm;
  let messages = '';
  const write = (text) => {
    messages += text;
    return true;
  };
  const { error } = await asc.main(ARGUMENTS, {
    stdout: { write },
    stderr: { write },
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (name, bytes) => {
      if (name.endsWith('.wasm')) wasm = bytes;
    },
    listFiles: () => [],
  });
  if (error || wasm === undefined) throw new Error(`kernel does not compile:\n${messages}`, { cause: error });
  return wasm;
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const compiled = await buildKernel({ force: process.argv.includes('--force') });
  console.log(compiled ? 'kernel: compiled' : 'kernel: up to date');
}
