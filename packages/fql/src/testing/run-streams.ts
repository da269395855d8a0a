/** Streams over a database in memory, for tests: what each was told, parsed. */
import { utf8Encode } from '@skein/base';
import type { Authentication } from '../access/authentication.ts';
import { openStream } from '../streams/open-stream.ts';
import { STREAM_FIELDS, type StreamField } from '../streams/stream-event.ts';
import { StreamRegistry } from '../streams/stream-registry.ts';
import { type Json, ROOT, type TestDatabase } from './run-fql.ts';

export interface TestStream {
  /** As told. */
  readonly texts: readonly string[];
  /** Those since the last time, parsed; brought up to date first. */
  readonly take: () => readonly Json[];
  readonly finished: boolean;
  readonly close: () => void;
}

export interface TestStreams {
  readonly registry: StreamRegistry;
  /** Throws the body of an answer that is no stream. Fields as of a client that names none. */
  readonly open: (
    expression: unknown,
    options?: { readonly authentication?: Authentication; readonly fields?: readonly StreamField[] },
  ) => TestStream;
  /** Tells everything that has happened. */
  readonly deliver: () => void;
}

export function streamsOf(database: TestDatabase): TestStreams {
  const { store, host } = database;
  const registry = new StreamRegistry(host);
  const deliver = (): void => {
    for (let more = true; more; ) {
      const delivery = registry.deliver(store);
      for (let step = delivery.next(); ; step = delivery.next()) {
        if (step.done !== true) continue;
        more = step.value;
        break;
      }
    }
  };
  return {
    registry,
    deliver,
    open(expression, { authentication = ROOT, fields = STREAM_FIELDS.slice(0, 2) } = {}) {
      const opened = openStream(store, {
        body: utf8Encode(JSON.stringify(expression)),
        authentication,
        time: store.lastTime,
        seed: new Uint8Array(16),
        host,
        options: { strictTemporal: false, stepsMax: 1_000_000 },
      });
      if (opened.kind === 'refused') throw new Error(opened.result.body);
      const texts: string[] = [];
      let isFinished = false;
      let taken = 0;
      const close = registry.open({
        subject: opened.subject,
        authentication,
        fields: new Set(fields),
        time: store.lastTime,
        listener: {
          push: (text) => texts.push(text),
          finish: () => {
            isFinished = true;
          },
        },
      });
      return {
        texts,
        close,
        take() {
          deliver();
          const events = texts.slice(taken).map((text) => JSON.parse(text) as Json);
          taken = texts.length;
          return events;
        },
        get finished() {
          return isFinished;
        },
      };
    },
  };
}
