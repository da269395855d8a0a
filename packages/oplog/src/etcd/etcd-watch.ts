import type { EtcdEndpoint } from './etcd-endpoint.ts';
import type { EtcdEndpoints } from './etcd-endpoints.ts';
import { watchEvent } from './etcd-messages.ts';
import { METHODS, type WireWatchResponse } from './etcd-methods.ts';
import { EtcdError, type EtcdEvent, type EtcdWatchBatch } from './etcd-port.ts';
import { pause } from './pause.ts';

const markIntervalMs = 500;
const openMsMax = 1_000;
const pauseMs = 50;

/**
 * A watch that outlives the streams it comes from. Each stream is asked for what comes after the last revision that was told, so nothing is
 * left out or told twice; events of one revision are in one message, as no watch asks for fragments.
 */
export async function* watchFrom(
  endpoints: EtcdEndpoints,
  key: string,
  watch: { readonly end: string; readonly fromRevision: number },
  signal: AbortSignal,
): AsyncGenerator<EtcdWatchBatch> {
  // Zero would mean "from now on", every time.
  let next = Math.max(1, watch.fromRevision);
  let failures = 0;
  while (!signal.aborted) {
    const candidates = endpoints.candidates();
    const endpoint = candidates[failures % candidates.length]!;
    try {
      for await (const batch of watchOn(endpoints, endpoint, { key, end: watch.end, next }, signal)) {
        if (batch.revision < next) continue;
        next = batch.revision + 1;
        failures = 0;
        yield batch;
        if (signal.aborted) return;
      }
    } catch (error) {
      if (!(error instanceof EtcdError)) throw error;
      if (signal.aborted) return;
      // Anything else may be different at another endpoint, or later.
      if (error.code === 'compacted' || error.code === 'failed') throw error;
      endpoints.suspect(endpoint);
      failures++;
      await pause(Math.min(pauseMs * failures, 4 * pauseMs), signal);
    }
  }
}

/** Ends without an error when the endpoint is not to be used any more, or the signal aborts. */
async function* watchOn(
  endpoints: EtcdEndpoints,
  endpoint: EtcdEndpoint,
  { key, end, next }: { readonly key: string; readonly end: string; readonly next: number },
  signal: AbortSignal,
): AsyncGenerator<EtcdWatchBatch> {
  const stream = await endpoint.open(METHODS.watch, openMsMax);
  let isOver = false;
  const stop = (): void => {
    isOver = true;
    stream.cancel();
  };
  // Whatever fails is told by the loop below; after it, nobody wants to know.
  stream.on('error', () => {});
  const release = endpoints.hold(endpoint, stop);
  signal.addEventListener('abort', stop, { once: true });
  const marks = setInterval(() => {
    if (endpoint.hasSoundMarks) stream.write({ progress_request: {} });
  }, markIntervalMs);
  marks.unref();
  try {
    if (signal.aborted) return;
    stream.write({
      create_request: { key, range_end: end, start_revision: next, progress_notify: true },
    });
    for await (const message of stream) {
      const batch = batchOf(message as WireWatchResponse, endpoint);
      if (batch !== undefined) yield batch;
      if (isOver) return;
    }
    if (!isOver) throw new EtcdError('unavailable', 'unknown', `etcd, Watch at ${endpoint.url}: ended`);
  } catch (error) {
    if (isOver) return;
    throw endpoint.errorOf(error, METHODS.watch);
  } finally {
    clearInterval(marks);
    signal.removeEventListener('abort', stop);
    release();
    stream.cancel();
  }
}

function batchOf(message: WireWatchResponse, endpoint: EtcdEndpoint): EtcdWatchBatch | undefined {
  const stranger = endpoint.refusalOf(message);
  if (stranger !== undefined) throw stranger;
  if (message.canceled) {
    const reason = message.cancel_reason;
    const text = `etcd, Watch at ${endpoint.url}: ${reason === '' ? 'cancelled by etcd' : reason}`;
    if (message.compact_revision !== '0') throw new EtcdError('compacted', 'refused', text);
    throw new EtcdError(/permission|auth/.test(reason) ? 'refused' : 'unavailable', 'unknown', text);
  }
  if (message.created) return undefined;
  const events = message.events.map(watchEvent);
  const last = events.at(-1);
  // The header may be ahead of the events: more of them follow in the next message.
  if (last !== undefined) return { revision: revisionOf(last), events };
  // A mark that was asked for is for all watches of the stream (-1); one that etcd tells by itself is always in order.
  const isSound = message.watch_id !== '-1' || endpoint.hasSoundMarks;
  return isSound ? { revision: Number(message.header.revision), events } : undefined;
}

function revisionOf(event: EtcdEvent): number {
  return event.kind === 'put' ? event.kv.modRevision : event.modRevision;
}
