/** Whatever is sent, the answer is a document or a list of errors, and errors change nothing. */
import { utf8Encode } from '@skein/base';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FqlError } from '../evaluate/fql-error.ts';
import { ARBITRARY_SETUP, arbitraryExpression } from '../testing/arbitrary-expression.ts';
import { newDatabase, type TestDatabase } from '../testing/mod.ts';

const STATUSES = [200, 201, 400, 401, 403, 404];
const options = { stepsMax: 20_000 };

function filledDatabase(): TestDatabase {
  const database = newDatabase();
  for (const setup of ARBITRARY_SETUP) database.value(utf8Encode(JSON.stringify(setup)));
  return database;
}

const database = filledDatabase();
const seen = { succeeded: 0, failed: 0, wrote: 0 };

function check(request: Uint8Array): void {
  const before = database.store.lastTime;
  const { status, json, body, wrote } = database.query(request, { options });
  expect(STATUSES).toContain(status);
  expect(Object.keys(json)).toEqual([status < 300 ? 'resource' : 'errors']);
  if (status < 300) seen.succeeded++;
  else {
    seen.failed++;
    const { errors } = JSON.parse(body) as { readonly errors: readonly FqlError[] };
    expect(errors.length).toBeGreaterThan(0);
    expect(wrote).toBe(false);
    for (const { position, code, description } of errors) {
      expect([Array.isArray(position), typeof code, typeof description]).toEqual([true, 'string', 'string']);
    }
  }
  if (wrote) seen.wrote++;
  else expect(database.store.lastTime).toBe(before);
}

test('arbitrary calls', () => {
  fc.assert(
    fc.property(arbitraryExpression, (request) => {
      check(utf8Encode(JSON.stringify(request)));
    }),
    { numRuns: 1000 },
  );
  expect(Math.min(seen.succeeded, seen.failed, seen.wrote)).toBeGreaterThan(0);
});

test('arbitrary JSON, and arbitrary bytes', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.json().map(utf8Encode), fc.string().map(utf8Encode), fc.uint8Array({ maxLength: 30 })),
      check,
    ),
    { numRuns: 300 },
  );
});
