import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from './cli-error.ts';
import { type HttpClient, indexPath } from './http-client.ts';

const pauseMsMin = 20;
const pauseMsMax = 1_000;

/** Resolves when searches see the change. Throws `CliError` after `waitMsMax`. */
export async function waitForTask(
  client: HttpClient,
  index: string,
  taskID: number,
  waitMsMax = 600_000,
): Promise<void> {
  const startMs = performance.now();
  for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(pauseMsMax, pauseMs * 2)) {
    const { status } = await client.send('GET', indexPath(index, 'task', String(taskID)));
    if (status === 'published') return;
    if (performance.now() - startMs > waitMsMax) {
      throw new CliError(
        `task ${taskID} of index ${index} is not published after ${waitMsMax / 1000} s. The server goes on with it.`,
      );
    }
    await pause(pauseMs);
  }
}

/** The task of an answer to a write, waited for. */
export async function settled(
  client: HttpClient,
  index: string,
  answer: { readonly [name: string]: unknown },
): Promise<void> {
  if (typeof answer['taskID'] === 'number') await waitForTask(client, index, answer['taskID']);
}
