import { readFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { join } from 'node:path';

/** Members take 7701 for each other; etcd answers clients on the next port. */
const ETCD_CLIENT_PORT = 7702;
const ANSWER_MS_MAX = 1_000;

/** A number that the etcd there tells of itself, by its name; undefined when it does not answer in time. `certificates`: folder of a member. */
export function etcdMetric(
  host: string,
  certificates: string | undefined,
  name: string,
): Promise<number | undefined> {
  const where = { host, port: ETCD_CLIENT_PORT, path: '/metrics', timeout: ANSWER_MS_MAX, agent: false };
  const pem = (file: string): string => readFileSync(join(certificates ?? '', file), 'utf8');
  return new Promise((resolve) => {
    const asked =
      certificates === undefined
        ? requestPlain(where)
        : requestTls({ ...where, ca: pem('ca.pem'), cert: pem('member.pem'), key: pem('member-key.pem') });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(undefined));
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', () => resolve(undefined));
      response.on('end', () => {
        const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
        resolve(value === undefined ? undefined : Number(value));
      });
    });
    asked.end();
  });
}
