import { createRequire } from 'node:module';
import ssh2, { type Client, type ParsedKey } from 'ssh2';
import { reasonOf } from '../../../shared/errors/appError.ts';
import { keyTypeOf } from '../hostkeys/knownHosts.ts';
import type { Identity } from '../keys/identities.ts';
import type { ConnectedClient, Protocol, ProtocolTools } from './internals.ts';
import { wireString } from '../keys/wireReader.ts';

/**
 * ssh2 signs a login with keys that it has parsed itself, at once, and names in the signature the algorithm that it names in the request. For a
 * certificate the two differ (PROTOCOL.certkeys), an agent's signature takes its time, and ssh2's own way with agents forgets a partial success.
 * So identities are offered as keys of ours, and for those the signed request is put together here. The tests on a real sshd hold this
 * in place; an ssh2 that works otherwise fails them, and logs in to nothing.
 */

const IDENTITY = Symbol('identity');
const CERTIFIED = '-cert-v01@openssh.com';

interface OfferedKey extends ParsedKey {
  readonly [IDENTITY]: Identity;
  /** Why nothing was signed. */
  failure?: unknown;
}

/** Reported by ssh2 as an error of the client when an identity has signed nothing; it goes on with the next method by itself. */
export class NotSigned extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

// any key will do: what makes it one for ssh2 is inherited, the rest is replaced
const TEMPLATE = ssh2.utils.parseKey(
  `ssh-ed25519 ${Buffer.concat([wireString('ssh-ed25519'), wireString(Buffer.alloc(32))]).toString('base64')}`,
);

/** The identity as a key for ssh2's `publickey` method. */
export function offeredKey(identity: Identity): ParsedKey {
  const key = Object.create(TEMPLATE) as OfferedKey;
  const own = {
    type: identity.keyType,
    isPrivateKey: () => true,
    getPublicSSH: () => identity.blob,
    sign: () => new NotSigned(key.failure),
  };
  for (const [name, value] of Object.entries(own)) Object.defineProperty(key, name, { value, enumerable: true });
  Object.defineProperty(key, IDENTITY, { value: identity });
  Object.defineProperty(key, 'failure', { value: undefined, writable: true });
  return key;
}

/** Lets a client log in with `offeredKey`s. To be called once it has been told to connect. */
export function acceptOfferedKeys(client: Client): void {
  const protocol = (client as unknown as ConnectedClient)._protocol;
  const authPK = protocol.authPK.bind(protocol);
  protocol.authPK = (username, key, algorithm, signer) => {
    const identity = (key as Partial<OfferedKey>)[IDENTITY];
    if (identity === undefined) {
      authPK(username, key, algorithm, signer);
      return;
    }
    const signature = signatureAlgorithm(identity, algorithm);
    const named = requestAlgorithm(identity, signature);
    if (signer === undefined) {
      authPK(username, key, named);
      return;
    }
    // ssh2 hands over what is to be signed: the session id, and the request without its signature
    authPK(username, key, named, (data) => {
      identity.sign(data, signature).then(
        (signed) => {
          send(protocol, Buffer.concat([data.subarray(4 + data.readUInt32BE(0)), wireString(signed)]));
        },
        (error: unknown) => {
          (key as OfferedKey).failure = error;
          signer(data, () => undefined);
        },
      );
    });
  };
}

/** ssh2 picks what the server takes of RSA, and SHA-1 where it says nothing: SHA-2 is tried there all the same. */
function signatureAlgorithm({ keyType }: Identity, chosen: string | undefined): string {
  if (keyType !== 'ssh-rsa') return keyType;
  return chosen === 'rsa-sha2-512' ? chosen : 'rsa-sha2-256';
}

function requestAlgorithm({ keyType, certified, blob }: Identity, signature: string): string {
  if (keyType !== 'ssh-rsa') return keyTypeOf(blob);
  return certified ? `${signature}${CERTIFIED}` : signature;
}

function send(protocol: Protocol, payload: Buffer): void {
  const tools = createRequire(import.meta.url)('ssh2/lib/protocol/utils.js') as ProtocolTools;
  const { write } = protocol._packetRW;
  const packet = write.alloc(payload.length);
  payload.copy(packet, write.allocStart);
  // the server's next answer belongs to this request
  protocol._authsQueue.push('publickey');
  tools.sendPacket(protocol, write.finalize(packet));
}
