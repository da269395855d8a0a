import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** For each member a folder of its name under `folder`, as `SKEIN_CERTIFICATES` wants it. */
export async function makeTestCertificates(
  folder: string,
  members: readonly { readonly name: string; readonly hosts: readonly string[] }[],
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const ca = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  await runCommand([
    'openssl',
    'req',
    ...ca,
    '-subj',
    '/CN=test',
    '-keyout',
    join(folder, 'ca-key.pem'),
    '-out',
    join(folder, 'ca.pem'),
  ]);
  for (const { name, hosts } of members) {
    const own = join(folder, name);
    mkdirSync(own);
    const names = [`DNS:${name}.skein`, ...hosts.map((host) => `IP:${host}`)].join();
    const extensions = join(folder, `${name}.ext`);
    writeFileSync(extensions, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    const request = join(folder, `${name}.csr`);
    await runCommand([
      'openssl',
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      join(own, 'member-key.pem'),
      '-out',
      request,
    ]);
    await runCommand([
      'openssl',
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      join(folder, 'ca.pem'),
      '-CAkey',
      join(folder, 'ca-key.pem'),
      '-CAcreateserial',
      '-days',
      '30',
      '-extfile',
      extensions,
      '-out',
      join(own, 'member.pem'),
    ]);
    copyFileSync(join(folder, 'ca.pem'), join(own, 'ca.pem'));
    rmSync(request);
  }
}
