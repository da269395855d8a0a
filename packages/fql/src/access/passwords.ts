/** Passwords of documents: only a hash of them is kept, out of reach of expressions. */
import type { EvaluationContext } from '../evaluate/context.ts';
import type { DocumentKey } from '../store/document-store.ts';
import { credentialsOf, privatePart } from './private-rows.ts';

/** Fits hashes that begin with their salt. */
const SALT_BYTES = 16;
/** A hash takes its time, and more of it for longer text. */
export const passwordCharactersMax = 1024;

export function hashPassword(context: EvaluationContext, password: string): string {
  return context.host.hashPassword(password, context.random.bytes(SALT_BYTES));
}

/** Always the password of today, whatever moment the evaluation looks at. */
export function passwordMatches(
  context: EvaluationContext,
  instance: DocumentKey,
  password: string,
): boolean {
  const credentials = credentialsOf(context.store, instance);
  const hash = credentials === undefined ? undefined : privatePart(context.store, credentials)?.passwordHash;
  // Work that data does not bound: counted, so that one request cannot try a dictionary.
  context.charge(PASSWORD_STEPS);
  if (hash === undefined || password.length > passwordCharactersMax) return false;
  return context.host.verifyPassword(password, hash);
}

export const PASSWORD_STEPS = 50_000;
