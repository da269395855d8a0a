/** Entry of a query process: HTTP and the FQL port in front of this machine's member. */
import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createProjection } from '@skein/engine';
import { KeyVault, Member } from '@skein/member';
import { COUNT_START_MAX, ObjectIDMaker } from '@skein/wire';
import type { Logger } from 'pino';
import type { Configuration } from '../configuration.ts';
import { FqlServer } from '../fql/fql-server.ts';
import { jwtAuthentication } from '../fql/jwt-authentication.ts';
import { memberFqlPort } from '../fql/member-fql-port.ts';
import { readTls } from '../fql/tls-files.ts';
import { HttpServer } from '../http/http-server.ts';
import { pageRoutes } from '../http/page-assets.ts';
import { Router } from '../http/router.ts';
import type { SequenceSource } from '../http/sequence-gate.ts';
import { createLog } from '../log.ts';
import { METRICS_TYPE, Metrics } from '../metrics.ts';
import type { ProbeReport } from '../probes/probe.ts';
import { apiRoutes } from '../routes/api-routes.ts';
import { liveMember } from '../routes/live-member.ts';
import type { MemberPort } from '../routes/member-port.ts';
import { systemRoutes } from '../routes/system-routes.ts';
import { metricsOfAll, onSupervisorMessages } from './life.ts';
import { listen, reportListening } from './listening.ts';
import type { ProcessSettings } from './messages.ts';

const pageFolder = fileURLToPath(new URL('../../../dashboard/dist', import.meta.url));
const nowMs = (): number => Date.now();
let builderConnected = (): boolean => false;
let fqlStreams = (): number => 0;
let isLeaving = false;
let reports: readonly ProbeReport[] = [];
const probes = (): readonly ProbeReport[] => reports;
const metrics = new Metrics({
  process: 'query',
  builderConnected: () => builderConnected(),
  fqlStreams: () => fqlStreams(),
});

onSupervisorMessages({
  metrics,
  onProbes: (told) => {
    reports = told;
  },
  start: async (settings, sockets) => {
    const { configuration, secret, applicationId, pageKey } = settings;
    const log = createLog(configuration.logLevel, 'query');
    const opened = new Member({
      dataFolder: configuration.data,
      socketPath: settings.socketPath,
      secret,
      viewBytesMax: configuration.queryMemoryMib * 1024 * 1024,
    });
    builderConnected = () => opened.builderPresent;
    const member = liveMember(opened, { nowMs, log });
    const ids = new ObjectIDMaker(nowMs, makerNumberOf(settings), () => randomInt(COUNT_START_MAX));
    const routes = [
      ...systemRoutes({
        member,
        cluster:
          configuration.member === undefined || !configuration.cluster
            ? undefined
            : { member: configuration.member, lagMsMax: configuration.lagMsMax },
        builderAwayMs: awayMsOf(member),
        isLeaving: () => isLeaving,
        probes,
        metrics: async () => ({ text: await metricsOfAll(), contentType: METRICS_TYPE }),
        page:
          pageKey === undefined
            ? undefined
            : { applicationId, searchKey: pageKey, routes: pageRoutes(pageFolder) },
      }),
      ...apiRoutes({
        member,
        vault: new KeyVault(secret),
        nowMs,
        makeObjectID: () => ids.next(),
        recordBytesMax: configuration.recordBytesMax,
        project: createProjection,
        serverName: hostname(),
        probes,
      }),
    ];
    const server = new HttpServer({
      router: new Router(routes),
      log,
      bodyBytesMax: configuration.bodyBytesMax,
      gzipBytesMin: configuration.gzipBytesMin,
      keepAliveMs: configuration.keepAliveMs,
      requestTimeoutMs: configuration.requestTimeoutMs,
      sequences: sequencesOf(member),
      onAnswered: (answer) => {
        metrics.answered(answer);
        log.debug(answer, 'answered');
      },
    });
    // What comes in the first moment should find the builder, but searches do not need it.
    await Promise.race([opened.whenBuilderPresent(), new Promise((resolve) => setTimeout(resolve, 500))]);
    const fql = fqlServerOf(opened, { configuration, applicationId, fqlSecret: settings.fqlSecret, log });
    if (fql !== undefined) {
      fqlStreams = () => fql.streamCount;
      const { fqlPort: port, fqlHost: host } = configuration;
      reportListening(await listen(fql.node, { port, host, socket: sockets.fql }), 'fqlListening');
    }
    reportListening(await listen(server.node, { ...configuration, socket: sockets.http }));
    return {
      drain: async (how) => {
        // Without a supervisor nobody waits for this process, but perhaps for its port.
        if (how === 'stop' && process.connected) {
          isLeaving = true;
          await pause(configuration.leaveMs);
        }
        await Promise.all([server.drain(how, configuration.drainMs), fql?.drain(how, configuration.drainMs)]);
        opened.close();
      },
    };
  },
});

/** Looked at now and then: exact enough for what is measured in seconds. */
function awayMsOf(member: MemberPort): () => number {
  let seenMs = performance.now();
  const look = (): void => {
    if (member.builderConnected) seenMs = performance.now();
  };
  setInterval(look, 200).unref();
  return () => Math.round(performance.now() - seenMs);
}

function sequencesOf(member: MemberPort): SequenceSource {
  return {
    get shown() {
      return member.progress.published;
    },
    get answers() {
      return member.progress.state !== 'joining';
    },
    whenShown: (sequence, timeoutMs) => member.whenPublished(sequence, timeoutMs),
  };
}

/** Undefined where FQL is off. */
function fqlServerOf(
  member: Member,
  settings: {
    readonly configuration: Configuration;
    readonly applicationId: string;
    readonly fqlSecret: string | undefined;
    readonly log: Logger;
  },
): FqlServer | undefined {
  const { configuration, applicationId, fqlSecret, log } = settings;
  if (fqlSecret === undefined) return undefined;
  return new FqlServer({
    port: memberFqlPort({
      member,
      application: applicationId,
      rootSecret: fqlSecret,
      strictTemporal: configuration.fqlStrictTemporal,
      nowMs,
      verifyJwt: jwtAuthentication({ documents: member.documents, application: applicationId, log }),
    }),
    log,
    bodyBytesMax: configuration.fqlBodyBytesMax,
    requestTimeoutMs: configuration.requestTimeoutMs,
    queryTimeoutMs: configuration.fqlQueryTimeoutMs,
    keepAliveMs: configuration.keepAliveMs,
    build: 'skein',
    tls: readTls(configuration),
    onAnswered: (answer) => {
      metrics.fqlAnswered(answer);
      log.debug(answer, 'answered');
    },
    onStreamEnded: (how) => metrics.fqlStreamEnded(how),
  });
}

/** 0 … 999: another one for each process of a cluster, as their members' names have places and they have numbers. */
function makerNumberOf({ configuration, processNumber }: ProcessSettings): number {
  const names = configuration.members.map(({ name }) => name).sort();
  const place = Math.max(0, names.indexOf(configuration.member ?? ''));
  return (place * 100 + (processNumber % 100)) % 1000;
}
