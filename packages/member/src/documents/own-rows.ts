/**
 * Rows that a member keeps in a store of documents for itself: answers (sealed anew on each member, and forgotten when it suits it) and changes of
 * indexes that it has not published yet. All other rows are the same on all members.
 */
import { isKeptAnswerKey } from './kept-answers.ts';
import { isOutboxKey } from './search-outbox.ts';

/** `key`: of a row of the store's owner. */
export function isOwnRow(key: Uint8Array): boolean {
  return isKeptAnswerKey(key) || isOutboxKey(key);
}
