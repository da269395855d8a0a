/** `npm run bench`: sets up what is missing, then runs `bench/run.ts` on the pinned Node. `npm run bench -- --help`. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkMachine, ensureDependencies, ensureKernel, pinnedNode, root } from './setup.mjs';

checkMachine();
await ensureDependencies();
await ensureKernel();
const bench = spawn(pinnedNode, [join(root, 'bench', 'run.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
bench.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
