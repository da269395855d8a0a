/** A query process's end of the shared ports: listen, or go on listening on a predecessor's socket. */
import type { SendHandle } from 'node:child_process';
import { once } from 'node:events';
import type { Server as NetServer } from 'node:net';
import type { SocketHandle } from './managed-process.ts';
import type { FromProcess } from './messages.ts';

export interface Listening {
  readonly port: number;
  readonly sharesPort: boolean;
  /** Undefined when the socket was handed to this process. */
  readonly socket: SocketHandle | undefined;
}

/** Rejects when the port is taken or the address is not this machine's. */
export async function listen(
  server: NetServer,
  at: { readonly port: number; readonly host: string; readonly socket: SocketHandle | undefined },
): Promise<Listening> {
  const { port, host, socket } = at;
  if (socket !== undefined) {
    server.listen(socket);
    await once(server, 'listening');
    return { port: portOf(server), sharesPort: true, socket: undefined };
  }
  try {
    // Each process has a socket of its own on the port: the system spreads connections over them.
    server.listen({ port, host, reusePort: true });
    await once(server, 'listening');
    return { port: portOf(server), sharesPort: true, socket: handleOf(server) };
  } catch (error) {
    const unsupported = error instanceof Error && 'code' in error && error.code === 'ENOTSUP';
    if (!unsupported) throw error;
    // This system does not spread connections: one socket, passed on to the other processes.
    server.listen({ port, host });
    await once(server, 'listening');
    return { port: portOf(server), sharesPort: false, socket: handleOf(server) };
  }
}

/** Tells the supervisor, and gives it a copy of the socket. */
export function reportListening(
  { port, sharesPort, socket }: Listening,
  kind: 'started' | 'fqlListening' = 'started',
): void {
  const message: FromProcess = { kind, port, sharesPort };
  process.send?.(message, socket as unknown as SendHandle | undefined);
}

function portOf(server: NetServer): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** `server.listen(handle)` is documented to take "anything with an underlying _handle", but no type names that member. */
function handleOf(server: NetServer): SocketHandle | undefined {
  if (!('_handle' in server)) return undefined;
  return server._handle as SocketHandle;
}
