/** A query process that answers with its process id after a moment, on both ports, for tests of the supervisor. */
import type { Json } from '@skein/base';
import { pino } from 'pino';
import type { Configuration } from '../configuration.ts';
import { FqlServer } from '../fql/fql-server.ts';
import { json } from '../http/api-request.ts';
import { HttpServer } from '../http/http-server.ts';
import { Router } from '../http/router.ts';
import { listen, reportListening } from '../process/listening.ts';
import type { SocketHandle } from '../process/managed-process.ts';
import { type ToProcess, tellSupervisor } from '../process/messages.ts';
import { StandInFql } from './stand-in-fql.ts';

const server = new HttpServer({
  router: new Router([
    {
      method: 'GET',
      pattern: '/pid',
      name: 'pid',
      handler: async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return json({ pid: process.pid, probes });
      },
    },
  ]),
  log: pino({ level: 'silent' }),
  bodyBytesMax: 1000,
  gzipBytesMin: 0,
  keepAliveMs: 1000,
  requestTimeoutMs: 5000,
});

const port = new StandInFql();
const fql = new FqlServer({
  port: {
    lastTime: () => port.time,
    authenticate: (secret) => port.authenticate(secret),
    query: async (caller, body, options) => ({
      ...(await port.query(caller, body, options)),
      body: JSON.stringify({ resource: process.pid }),
    }),
    stream: (caller, body, options) => port.stream(caller, body, options),
    ping: (scope, timeoutMs) => port.ping(scope, timeoutMs),
  },
  log: pino({ level: 'silent' }),
  bodyBytesMax: 1000,
  requestTimeoutMs: 5000,
  queryTimeoutMs: 5000,
  keepAliveMs: 1000,
  build: 'stand-in',
});
let probes: Json = [];
let fqlSocket: SocketHandle | undefined;

process.on('message', (message: ToProcess, socket: unknown) => {
  if (message.kind === 'start')
    void start(message.settings.configuration, socket as SocketHandle | undefined);
  if (message.kind === 'fqlSocket') fqlSocket = socket as SocketHandle | undefined;
  if (message.kind === 'probes') probes = message.reports as unknown as Json;
  if (message.kind === 'drain')
    void Promise.all([server.drain(message.how, 5_000), fql.drain(message.how, 5_000)]).then(() =>
      process.disconnect(),
    );
  if (message.kind === 'collect')
    tellSupervisor({ kind: 'metrics', id: message.id, snapshot: [{ pid: process.pid }] });
});
tellSupervisor({ kind: 'loaded' });

async function start(
  { port, fqlPort }: Pick<Configuration, 'port' | 'fqlPort'>,
  socket: SocketHandle | undefined,
): Promise<void> {
  reportListening(
    await listen(fql.node, { port: fqlPort, host: '127.0.0.1', socket: fqlSocket }),
    'fqlListening',
  );
  reportListening(await listen(server.node, { port, host: '127.0.0.1', socket }));
}
