import { AppError } from '../../shared/errors/appError.ts';
import { fingerprintOf, namesHost, type KnownHostLine } from './knownHosts.ts';

/** What the known_hosts lines say about the key that a host offers. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly line: KnownHostLine; readonly knownFingerprints: readonly string[] }
  | { readonly kind: 'revoked'; readonly line: KnownHostLine };

/** Signature algorithms that we accept from a host, in our order of preference. SHA-1 (`ssh-rsa`) and DSA are not among them. */
const HOST_KEY_ALGORITHMS: readonly { algorithm: string; keyType: string }[] = [
  { algorithm: 'ssh-ed25519', keyType: 'ssh-ed25519' },
  { algorithm: 'ecdsa-sha2-nistp256', keyType: 'ecdsa-sha2-nistp256' },
  { algorithm: 'ecdsa-sha2-nistp384', keyType: 'ecdsa-sha2-nistp384' },
  { algorithm: 'ecdsa-sha2-nistp521', keyType: 'ecdsa-sha2-nistp521' },
  { algorithm: 'rsa-sha2-512', keyType: 'ssh-rsa' },
  { algorithm: 'rsa-sha2-256', keyType: 'ssh-rsa' },
];

/** The lines that hold a usable key of this host itself. */
function keysOf(lines: readonly KnownHostLine[], host: string, port: number): KnownHostLine[] {
  return lines.filter(
    (line) =>
      line.marker === 'none' && HOST_KEY_ALGORITHMS.some(({ keyType }) => keyType === line.keyType) && namesHost(line.hosts, host, port),
  );
}

/** Host key algorithms to offer: those of the keys we know of this host first, so that a server with several keys proves a known one. */
export function hostKeyAlgorithms(lines: readonly KnownHostLine[], host: string, port: number): string[] {
  const known = new Set(keysOf(lines, host, port).map((line) => line.keyType));
  const rank = (keyType: string): number => (known.has(keyType) ? 0 : 1);
  return HOST_KEY_ALGORITHMS.toSorted((a, b) => rank(a.keyType) - rank(b.keyType)).map(({ algorithm }) => algorithm);
}

/**
 * Judges the key that a host offers. A key of another type than the known ones counts as changed: the known types were asked for
 * first, so a server that proves none of them has none of them.
 */
export function judgeHostKey(lines: readonly KnownHostLine[], host: string, port: number, key: Buffer): HostKeyVerdict {
  const revoked = lines.find((line) => line.marker === 'revoked' && line.key.equals(key) && namesHost(line.hosts, host, port));
  if (revoked) return { kind: 'revoked', line: revoked };
  const known = keysOf(lines, host, port);
  if (known.some((line) => line.key.equals(key))) return { kind: 'known' };
  const [first] = known;
  if (first === undefined) return { kind: 'unknown' };
  return { kind: 'changed', line: first, knownFingerprints: known.map((line) => fingerprintOf(line.key)) };
}

/** The error of a key that must not be accepted; `known` says where the other key stands, if in a file. */
export function hostKeyChanged(
  host: string,
  port: number,
  offered: string,
  known: { file: string | null; line: number | null; fingerprints: readonly string[] },
): AppError {
  return new AppError('HOST_KEY_CHANGED', {
    details: { host, port, file: known.file, line: known.line, knownFingerprints: [...known.fingerprints], offeredFingerprint: offered },
  });
}
