/** The demo's two key pairs: the server's, and the one it lets in. Made once per data folder. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ssh2 from 'ssh2';

export interface KeyPair {
  /** OpenSSH's private key format. */
  readonly privateKey: string;
  readonly privateKeyPath: string;
  /** The key blob of the wire. */
  readonly publicBlob: Buffer;
  /** `SHA256:…` as OpenSSH shows it. */
  readonly fingerprint: string;
}

const ALGORITHM = 'ssh-ed25519';
const COMMENT = 'slipway-demo';

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function string(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/**
 * A new ed25519 pair in OpenSSH's formats (PROTOCOL.key), without a passphrase. Written here because ssh2's own generator
 * makes a key that nothing can read whenever the public key begins with a zero byte, about once in 256 times.
 */
export function newKeyPair(): { privateKey: string; publicKey: string } {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const seed = Buffer.from(jwk.d ?? '', 'base64url');
  const point = Buffer.from(jwk.x ?? '', 'base64url');
  const blob = Buffer.concat([string(ALGORITHM), string(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    string(ALGORITHM),
    string(point),
    string(Buffer.concat([seed, point])),
    string(COMMENT),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    string('none'),
    string('none'),
    string(''),
    uint32(1),
    string(blob),
    string(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `${ALGORITHM} ${blob.toString('base64')} ${COMMENT}`,
  };
}

/** The public blob of a private key file, or null when it is not there or not a key. */
function publicBlobOf(file: string): Buffer | null {
  if (!existsSync(file)) return null;
  const parsed = ssh2.utils.parseKey(readFileSync(file));
  return parsed instanceof Error ? null : parsed.getPublicSSH();
}

/** Reads `folder/name`, or makes a new ed25519 pair there: private key 0600 in a folder 0700. */
export function keyPair(folder: string, name: string): KeyPair {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, name);
  if (publicBlobOf(file) === null) {
    const pair = newKeyPair();
    writeFileSync(`${file}.pub`, `${pair.publicKey}\n`, { mode: 0o644 });
    writeFileSync(`${file}.new`, pair.privateKey, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  chmodSync(file, 0o600);
  const publicBlob = publicBlobOf(file);
  if (publicBlob === null) throw new Error(`${file} cannot be read back`);
  const fingerprint = `SHA256:${createHash('sha256').update(publicBlob).digest('base64').replace(/=+$/, '')}`;
  return { privateKey: readFileSync(file, 'utf8'), privateKeyPath: file, publicBlob, fingerprint };
}
