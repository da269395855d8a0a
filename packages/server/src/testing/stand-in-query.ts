/** A query process that answers with its process id after a moment, for tests of the supervisor. */
import { pino } from 'pino';
import { json } from '../http/api-request.ts';
import { HttpServer } from '../http/http-server.ts';
import { Router } from '../http/router.ts';
import { listen, reportListening } from '../process/listening.ts';
import type { SocketHandle } from '../process/managed-process.ts';
import { type ToProcess, tellSupervisor } from '../process/messages.ts';

const server = new HttpServer({
  router: new Router([
    {
      method: 'GET',
      pattern: '/pid',
      name: 'pid',
      handler: async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return json({ pid: process.pid });
      },
    },
  ]),
  log: pino({ level: 'silent' }),
  bodyBytesMax: 1000,
  gzipBytesMin: 0,
  keepAliveMs: 1000,
  requestTimeoutMs: 5000,
});

process.on('message', (message: ToProcess, socket: unknown) => {
  if (message.kind === 'start')
    void start(message.settings.configuration.port, socket as SocketHandle | undefined);
  if (message.kind === 'drain') void server.drain(message.how, 5_000).then(() => process.disconnect());
  if (message.kind === 'collect')
    tellSupervisor({ kind: 'metrics', id: message.id, snapshot: [{ pid: process.pid }] });
});
tellSupervisor({ kind: 'loaded' });

async function start(port: number, socket: SocketHandle | undefined): Promise<void> {
  reportListening(await listen(server.node, { port, host: '127.0.0.1', socket }));
}
