/** Passwords of documents: only a hash of them is kept, out of reach of expressions. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { credentialsOf, privatePart } from './private-rows.ts';

/** Fits hashes that begin with their salt. */
const SALT_BYTES = 16;
/** A hash takes its time, and more of it for longer text. */
export const passwordCharactersMax = 1024;

/** Steps of a transaction that one hash counts for: it is slow on purpose, and a request must not try a dictionary. */
const PASSWORD_STEPS = 20_000;
const NO_SALT = new Uint8Array(SALT_BYTES);

export function hashPassword(context: EvaluationContext, password: string): string {
  context.charge(PASSWORD_STEPS);
  return context.host.hashPassword(password, context.random.bytes(SALT_BYTES));
}

/** Always the password of today, whatever moment the evaluation looks at. */
export function passwordMatches(
  context: EvaluationContext,
  instance: DocumentKey | undefined,
  password: string,
): boolean {
  const credentials = instance === undefined ? undefined : credentialsOf(context.store, instance);
  const hash = credentials === undefined ? undefined : privatePart(context.store, credentials)?.passwordHash;
  return matchesHash(context, password, hash);
}

/** Without a hash it takes as long as with one: time does not tell who has a password. */
export function matchesHash(context: EvaluationContext, password: string, hash: string | undefined): boolean {
  context.charge(PASSWORD_STEPS);
  if (password.length > passwordCharactersMax) return false;
  if (hash !== undefined) return context.host.verifyPassword(password, hash);
  context.host.hashPassword(password, NO_SALT);
  return false;
}
