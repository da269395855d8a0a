import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { type ChannelCredentials, type ChannelOptions, credentials } from '@grpc/grpc-js';

/** PEM texts. */
export interface EtcdClientTls {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

export interface EndpointSecurity {
  readonly credentials: ChannelCredentials;
  readonly options: Partial<ChannelOptions>;
}

/** The endpoint's certificate has to be signed by the authority and good for the host of the URL. */
export function securityOf(url: string, tls: EtcdClientTls | undefined): EndpointSecurity {
  if (tls === undefined) return { credentials: credentials.createInsecure(), options: {} };
  const [ca, key, certificate] = [tls.ca, tls.key, tls.certificate].map((pem) => Buffer.from(pem));
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) {
    return { credentials: credentials.createSsl(ca, key, certificate), options: {} };
  }
  // An address may not be named in the handshake (RFC 6066), so another name is; what is checked is the address all the same.
  return {
    credentials: credentials.createSsl(ca, key, certificate, {
      checkServerIdentity: (_, seen) => checkServerIdentity(host, seen),
    }),
    options: { 'grpc.ssl_target_name_override': 'etcd.skein' },
  };
}
