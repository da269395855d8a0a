import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/**
 * Gives back what large buffers held, now. V8 counts the memory of buffers when it decides to collect, but waits much longer than a bound on
 * memory allows when a few of them are hundreds of mebibytes.
 */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
