/**
 * Tells an HTTP/2 client to take its next requests elsewhere, without refusing those that are under way.
 *
 * RFC 9113, 6.8, asks for two GOAWAY frames: a first that names the highest stream there can be, so that nothing sent
 * meanwhile is refused, and a last one when the client has had time to see it. Node's sessions send only the last one: whatever
 * the client had just sent is refused, and drivers report that as a failed query. A first one sent through node's session would make it
 * ignore new streams. So its seventeen bytes are written to the connection past the session, between two of its frames.
 */
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { ShieldedDuplex } from './shielded-duplex.ts';

/** GOAWAY, 8 bytes, stream 0: last stream 2^31 − 1, NO_ERROR. */
const NOTICE = Uint8Array.of(0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0);

export type NoticeOutcome =
  | 'sent'
  /** The connection has no room at the moment, or is not one that can be written past. */
  | 'not-now';

/** A connection that node's session writes to itself, natively. */
export function noticeOnSocket(socket: Socket): NoticeOutcome {
  const { fd, queued } = nativeStateOf(socket);
  // While the system has not taken all of the session's last write, the connection may stand in the middle of a frame.
  if (fd < 0 || queued > 0 || socket.destroyed) return 'not-now';
  try {
    const written = writeSync(fd, NOTICE);
    // Half a frame makes all that follows meaningless. The system takes so few bytes whole or not at all.
    if (written !== NOTICE.length) socket.destroy();
    return 'sent';
  } catch {
    return 'not-now';
  }
}

/** A connection whose bytes pass through us. */
export function noticeOnDuplex(duplex: ShieldedDuplex): NoticeOutcome {
  return duplex.insert(NOTICE) ? 'sent' : 'not-now';
}

/** `_handle` has no public type; node's own modules hand it around. */
function nativeStateOf(socket: Socket): { readonly fd: number; readonly queued: number } {
  const handle: unknown = '_handle' in socket ? socket._handle : undefined;
  if (typeof handle !== 'object' || handle === null) return { fd: -1, queued: 0 };
  const fd = 'fd' in handle && typeof handle.fd === 'number' ? handle.fd : -1;
  const queued =
    'writeQueueSize' in handle && typeof handle.writeQueueSize === 'number' ? handle.writeQueueSize : 1;
  return { fd, queued };
}
