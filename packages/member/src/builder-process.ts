import { constants, setPriority } from 'node:os';
import { Builder, type BuilderConfiguration } from './builder.ts';

/**
 * The whole life of a builder process: recovers, tells its parent `{ kind: 'ready' }`, works; drains and ends with 0 on SIGTERM, and when its
 * parent is gone. Ends with 1 when the machine fails under it (no room, input/output error): the supervisor starts it again after a pause.
 */
export async function runBuilder(configuration: BuilderConfiguration): Promise<void> {
  let builder: Builder | undefined;
  let ending = false;
  const log = configuration.log ?? (() => {});
  const end = (code: number): void => {
    if (ending) return;
    ending = true;
    const closed = builder?.close() ?? Promise.resolve();
    closed.then(
      () => process.exit(code),
      (error: unknown) => {
        log(
          'error',
          `the builder did not end cleanly: ${error instanceof Error ? error.message : 'unknown'}`,
        );
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end(0));
  // Ctrl-C reaches the whole group; the supervisor decides when we go.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => end(0));
  try {
    // Searches come first where cores are few.
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here: then all processes are equal.
  }
  builder = await Builder.start({ ...configuration, onFatal: () => end(1) });
  process.send?.({ kind: 'ready' });
}
