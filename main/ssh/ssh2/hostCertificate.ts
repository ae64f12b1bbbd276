import { createRequire } from 'node:module';
import type { Client } from 'ssh2';
import { isCertificateType } from '../keys/certificate.ts';
import { bareHostKey, HOST_CERTIFICATE_ALGORITHMS } from '../hostkeys/hostKeys.ts';
import { keyTypeOf } from '../hostkeys/knownHosts.ts';
import type { ConnectedClient, ProtocolConstants } from './internals.ts';

/**
 * ssh2 knows no host certificates. What it must be told: their names, so that they may be asked for; and that the server's proof is by the
 * certified key, under that key's own name (PROTOCOL.certkeys). Should a later ssh2 look at these in another order, the proof fails, and
 * with it the connection: nothing is accepted by mistake.
 */
export function knowHostCertificates(): void {
  const { SUPPORTED_SERVER_HOST_KEY: known } = createRequire(import.meta.url)(
    'ssh2/lib/protocol/constants.js',
  ) as ProtocolConstants;
  for (const algorithm of HOST_CERTIFICATE_ALGORITHMS) if (!known.includes(algorithm)) known.push(algorithm);
}

/** To be called first of all in `hostVerifier`: the proof may be looked at before a person has answered. Anything but a certificate is left as it is. */
export function proveByCertifiedKey(client: Client, offered: Buffer): void {
  if (!isCertificateType(keyTypeOf(offered))) return;
  const exchange = (client as unknown as ConnectedClient)._protocol._kex;
  const bare = bareHostKey(offered);
  let hashed = false;
  exchange.negotiated.serverHostKey = keyTypeOf(bare);
  Object.defineProperty(exchange, '_hostKey', {
    get: () => {
      // first it goes into the hash of the exchange, as it came; from then on it is what the signature is checked with
      if (hashed) return bare;
      hashed = true;
      return offered;
    },
    set: () => undefined,
  });
}
