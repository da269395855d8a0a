/** A defect in background work must not take the builder along, over and over, each time it reads the journal again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Authentication } from '@skein/fql';
import { expect, test, vi } from 'vitest';
import { Builder } from '../builder.ts';
import { Member } from '../member.ts';

let stepCount = 0;
vi.mock('@skein/fql', async (original) => ({
  ...(await original<typeof import('@skein/fql')>()),
  nextStep: () => true,
  runStep: () => {
    stepCount++;
    throw new TypeError('a defect of a step');
  },
}));

const root: Authentication = {
  scope: 0 as Authentication['scope'],
  principal: { kind: 'root' },
  roles: ['admin'],
  actsAs: undefined,
};

test('a step that fails is logged, changes nothing, and stops neither the builder nor the next one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skein-step-'));
  const log: string[] = [];
  const configuration = {
    dataFolder: join(folder, 'data'),
    socketPath: join(folder, 'builder.sock'),
    secret: 'a secret of enough bytes',
    log: (_: string, message: string) => log.push(message),
  };
  let builder = await Builder.start(configuration);
  const member = new Member(configuration);
  try {
    await member.whenBuilderPresent();
    const at = { application: 'APP', proposedAtMs: 1, until: 'visible' } as const;
    await member.propose({ kind: 'createApplication' }, at);
    const insert = (name: string): Promise<{ readonly status: number }> =>
      member.documents.transact('APP', {
        body: Buffer.from(JSON.stringify({ create_collection: { object: { name } } })),
        authentication: root,
        strictTemporal: false,
        timeoutMs: 10_000,
      });
    expect((await insert('one')).status).toBe(201);
    await vi.waitFor(() => expect(stepCount).toBeGreaterThan(0), { timeout: 10_000 });
    await vi.waitFor(() => expect(log.join()).toContain('a defect of a step'));
    expect(builder.statistics()['failedTransactionCount']).toBeGreaterThan(0);
    await builder.close();
    builder = await Builder.start(configuration);
    expect((await insert('two')).status).toBe(201);
  } finally {
    member.close();
    await builder.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
