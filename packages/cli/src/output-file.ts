/** Where a command writes much: a file, packed or not, or standard output. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { PassThrough, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Context } from './context.ts';

/** `written` settles when all is in the file, or it cannot be. `-`: standard output. */
export function openOutput(
  file: string,
  isGzip: boolean,
  context: Context,
): { stream: Writable; written: Promise<void> } {
  const target: Writable = file === '-' ? context.stdout : createWriteStream(resolve(context.cwd, file));
  if (!isGzip && file !== '-') return { stream: target, written: finished(target) };
  // Standard output must stay open: other things may still be said there.
  const stream = isGzip ? createGzip() : new PassThrough();
  const written = pipeTo(stream, target, file !== '-');
  return { stream, written };
}

async function pipeTo(stream: NodeJS.ReadWriteStream, target: Writable, isOwn: boolean): Promise<void> {
  for await (const chunk of stream) await write(target, chunk as Buffer);
  if (!isOwn) return;
  target.end();
  await finished(target);
}

/** Waits while the reader is behind. */
export async function write(stream: Writable, data: string | Buffer): Promise<void> {
  if (stream.errored) throw stream.errored;
  if (!stream.write(data)) await once(stream, 'drain');
}
