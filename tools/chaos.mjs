/** `npm run chaos`: sets up what is missing, then runs `tests/cluster/chaos/main.ts` on the pinned Node. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkMachine, ensureDependencies, ensureKernel, ensurePage, pinnedNode, root } from './setup.mjs';

checkMachine();
await ensureDependencies();
await ensureKernel();
await ensurePage();
const chaos = spawn(
  pinnedNode,
  [join(root, 'tests', 'cluster', 'chaos', 'main.ts'), ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
chaos.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
