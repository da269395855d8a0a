import { defineConfig } from 'vitest/config';

/**
 * These packages hold no state of the process, so that their tests may share one, which saves a third of the whole run. What measures or
 * bounds memory has a process of its own, as everything has that starts processes, opens ports, or stands in front of other classes.
 */
const shared = ['base', 'engine', 'fql', 'wire'].map((name) => `packages/${name}/src/**/*.test.ts`);
const alone = ['packages/engine/src/**/*-{bounded,large}.test.ts'];

export default defineConfig({
  test: {
    setupFiles: ['tools/property-seed.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'shared process',
          include: shared,
          exclude: alone,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'own process',
          include: ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts'],
          exclude: [
            'packages/{base,engine,fql,wire}/src/**/!(*-{bounded,large}).test.ts',
            '**/node_modules/**',
          ],
          // Many of them wait for other processes.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'whole servers',
          include: ['tests/**/*.test.ts', 'bench/**/*.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
