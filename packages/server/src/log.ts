import { destination, type Logger, pino } from 'pino';
import type { LogLevel } from './configuration.ts';

/**
 * JSON lines on the error output. Requests are named by their route, never by their address, headers or body: no level writes
 * keys or queries.
 */
export function createLog(level: LogLevel, process: string): Logger {
  const output = destination({ fd: 2, sync: true });
  // A terminal that was closed takes no more lines, which is no reason to end.
  output.on('error', () => undefined);
  return pino({ level, base: { process }, timestamp: pino.stdTimeFunctions.isoTime }, output);
}
