/** The plain oracle of the checkers: tries every order that real time allows. For a handful of transactions. */
import type { Transaction } from './history.ts';

/**
 * Whether the transactions can be put into an order that respects real time and in which `run` never says no. `run` gives the state
 * after a transaction, or undefined when what it saw contradicts the state. Transactions of unknown outcome may be left out.
 */
export function isExplained<T extends Transaction<unknown>, State>(
  history: readonly T[],
  initial: State,
  run: (state: State, transaction: T) => State | undefined,
): boolean {
  const search = (state: State, left: readonly T[]): boolean => {
    if (left.every(({ outcome }) => outcome !== 'ok')) return true;
    return left.some((candidate) => {
      if (candidate.outcome === 'failed') return false;
      const mustWait = left.some((other) => other.outcome === 'ok' && other.returnedMs < candidate.calledMs);
      if (mustWait) return false;
      const next = run(state, candidate);
      return (
        next !== undefined &&
        search(
          next,
          left.filter((other) => other !== candidate),
        )
      );
    });
  };
  return search(initial, history);
}
