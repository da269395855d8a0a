/**
 * `npm test`: everything that has to hold before a change is shared, one command locally and in CI.
 *
 *   npm test                                     format, lint, types, unused, vitest
 *   npm test -- --only types,lint                some steps
 *   npm test -- --only vitest packages/wire      some tests; what follows goes to vitest
 *
 * The last line is `N passed, N failed`: each step counts as one, the last step with each of its tests.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import {
  checkMachine,
  ensureDependencies,
  ensureKernel,
  ensurePage,
  pinnedNode,
  root,
  say,
} from './setup.mjs';

const steps = [
  {
    name: 'format',
    what: 'formatting and import order (biome)',
    run: () => step(bin('@biomejs/biome/bin/biome'), ['check']),
  },
  {
    name: 'lint',
    what: 'lint with types (oxlint)',
    run: () => step(bin('oxlint/bin/oxlint'), ['--type-aware']),
  },
  { name: 'types', what: 'types (tsc)', run: checkTypes },
  {
    name: 'unused',
    what: 'unused files, exports and dependencies (knip)',
    run: () => step(bin('knip/bin/knip.js'), ['--no-config-hints']),
  },
  { name: 'vitest', what: 'tests (vitest)', run: runVitest },
];

const { only, rest } = parseArguments(process.argv.slice(2));
checkMachine();
await ensureDependencies();
await ensureKernel();
await ensurePage();

const total = { passed: 0, failed: 0 };
for (const { name, what, run } of steps) {
  if (only !== undefined && !only.includes(name)) continue;
  say(`${what} …`);
  const startMs = performance.now();
  const { passed, failed } = await run();
  total.passed += passed;
  total.failed += failed;
  say(
    `${failed === 0 ? 'passed' : 'FAILED'}: ${name} in ${((performance.now() - startMs) / 1000).toFixed(1)} s`,
  );
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

function parseArguments(args) {
  const rest = [...args];
  const at = rest.indexOf('--only');
  if (at < 0) return { only: undefined, rest };
  const [, names] = rest.splice(at, 2);
  const only = (names ?? '').split(',');
  const unknown = only.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    say(
      `--only takes some of ${steps.map((step) => step.name).join(',')}; got ${JSON.stringify(names ?? '')}.`,
    );
    process.exit(2);
  }
  return { only, rest };
}

async function step(script, args) {
  return (await exitCode(script, args)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Every `tsconfig.json` is one check: packages have different globals, so one program cannot hold them all. */
async function checkTypes() {
  const folders = [
    ...readdirSync(join(root, 'packages')).map((name) => join('packages', name)),
    'bench',
    'tests',
    'tools',
  ];
  const projects = folders
    .flatMap((folder) => [join(folder, 'tsconfig.json'), join(folder, 'tsconfig.test.json')])
    .filter((path) => existsSync(join(root, path)));
  const totals = { passed: 0, failed: 0 };
  for (const project of projects) {
    const code = await exitCode(bin('typescript/bin/tsc'), ['-p', project]);
    if (code === 0) totals.passed += 1;
    else {
      totals.failed += 1;
      say(`types: ${project} does not compile.`);
    }
  }
  return totals;
}

async function runVitest() {
  const folder = mkdtempSync(join(tmpdir(), 'skein-test-'));
  const report = join(folder, 'report.json');
  try {
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...rest];
    const code = await exitCode(bin('vitest/vitest.mjs'), args);
    if (!existsSync(report)) return { passed: 0, failed: 1 };
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    for (const file of testResults) {
      for (const test of file.assertionResults) {
        if (test.status === 'failed') say(`failed: ${relative(root, file.name)} > ${test.fullName}`);
      }
    }
    if (numPendingTests > 0) say(`${numPendingTests} tests were skipped; each says why above.`);
    // A file that does not load fails no test, yet it must not pass.
    const failed = code !== 0 && numFailedTests === 0 ? 1 : numFailedTests;
    return { passed: numPassedTests, failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bin(path) {
  return join(root, 'node_modules', path);
}

/** Tools that are scripts run on the pinned Node as well, so that all see one runtime. */
function exitCode(script, args) {
  return new Promise((resolve) => {
    const child = spawn(pinnedNode, [script, ...args], { cwd: root, stdio: 'inherit' });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
