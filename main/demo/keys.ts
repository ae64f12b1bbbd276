/** The demo's two key pairs: the server's, and the one it lets in. Made once per data folder. */
import { createHash } from 'node:crypto';
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

/** Reads `folder/name`, or makes a new ed25519 pair there: private key 0600 in a folder 0700. */
export function keyPair(folder: string, name: string): KeyPair {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, name);
  if (!existsSync(file)) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'slipway-demo' });
    writeFileSync(`${file}.pub`, `${pair.public}\n`, { mode: 0o644 });
    writeFileSync(`${file}.new`, pair.private, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  chmodSync(file, 0o600);
  const privateKey = readFileSync(file, 'utf8');
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw parsed;
  const publicBlob = parsed.getPublicSSH();
  const fingerprint = `SHA256:${createHash('sha256').update(publicBlob).digest('base64').replace(/=+$/, '')}`;
  return { privateKey, privateKeyPath: file, publicBlob, fingerprint };
}
