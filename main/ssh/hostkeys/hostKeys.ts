import { AppError } from '../../../shared/errors/appError.ts';
import { isSignedByItsAuthority, outsideValidity, parseCertificate, type Certificate } from '../keys/certificate.ts';
import { matchPattern } from '../config/patterns.ts';
import { fingerprintOf, namesHost, type HostName, type KnownHostLine } from './knownHosts.ts';

/** What the known_hosts lines say about the key that a host offers. */
export type HostKeyVerdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'certified' }
  /** `authorityKnown`: an authority is trusted for this host, but has not certified this key in a way that can be checked. */
  | { readonly kind: 'unknown'; readonly authorityKnown: boolean }
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

/** Certificates of hosts that can be checked. That of an RSA key is named otherwise than its signature, which ssh2 cannot be taught. */
export const HOST_CERTIFICATE_ALGORITHMS: readonly string[] = HOST_KEY_ALGORITHMS.filter(
  ({ keyType }) => keyType !== 'ssh-rsa',
).map(({ keyType }) => `${keyType}-cert-v01@openssh.com`);

/** The lines that hold a usable key of this host itself. */
function keysOf(lines: readonly KnownHostLine[], name: string): KnownHostLine[] {
  return lines.filter(
    (line) =>
      line.marker === 'none' &&
      HOST_KEY_ALGORITHMS.some(({ keyType }) => keyType === line.keyType) &&
      namesHost(line.hosts, name),
  );
}

function authoritiesOf(lines: readonly KnownHostLine[], name: string): KnownHostLine[] {
  return lines.filter((line) => line.marker === 'cert-authority' && namesHost(line.hosts, name));
}

/**
 * Host key algorithms to offer: certificates where an authority is trusted for this host; then those of the keys we know of it, so that a
 * server with several keys proves a known one; then the others.
 */
export function hostKeyAlgorithms(lines: readonly KnownHostLine[], { filed, withoutPort }: HostName): string[] {
  const own = keysOf(lines, filed);
  const known = new Set(
    (own.length > 0 || withoutPort === null ? own : keysOf(lines, withoutPort)).map((line) => line.keyType),
  );
  const rank = (keyType: string): number => (known.has(keyType) ? 0 : 1);
  const plain = HOST_KEY_ALGORITHMS.toSorted((a, b) => rank(a.keyType) - rank(b.keyType)).map(
    ({ algorithm }) => algorithm,
  );
  return authoritiesOf(lines, filed).length > 0 ? [...HOST_CERTIFICATE_ALGORITHMS, ...plain] : plain;
}

/**
 * Judges the key or certificate that a host offers, `now` in epoch ms. A certificate that does not hold counts as the key in it, as with ssh. A key
 * of another type than the known ones counts as changed: the known types were asked for first, so a server that proves none of them has
 * none of them.
 */
export function judgeHostKey(
  lines: readonly KnownHostLine[],
  name: HostName,
  offered: Buffer,
  now: number,
): HostKeyVerdict {
  const certificate = parseCertificate(offered);
  const key = certificate?.publicKey ?? offered;
  const revoked = lines.find(
    (line) =>
      line.marker === 'revoked' &&
      (line.key.equals(key) || certificate?.authority.equals(line.key) === true) &&
      namesHost(line.hosts, name.filed),
  );
  if (revoked) return { kind: 'revoked', line: revoked };
  const authorities = authoritiesOf(lines, name.filed);
  if (
    certificate !== null &&
    authorities.some((line) => line.key.equals(certificate.authority)) &&
    holdsFor(certificate, name, now)
  )
    return { kind: 'certified' };
  const known = keysOf(lines, name.filed);
  if (known.some((line) => line.key.equals(key))) return { kind: 'known' };
  const [first] = known;
  if (first === undefined) {
    const elsewhere = name.withoutPort === null ? [] : keysOf(lines, name.withoutPort);
    return elsewhere.some((line) => line.key.equals(key))
      ? { kind: 'known' }
      : { kind: 'unknown', authorityKnown: authorities.length > 0 };
  }
  return { kind: 'changed', line: first, knownFingerprints: known.map((line) => fingerprintOf(line.key)) };
}

/** Critical options are meant to be refused where they are not understood, and hosts have none. A host's certificate names it without a port. */
function holdsFor(certificate: Certificate, { filed, withoutPort }: HostName, now: number): boolean {
  const host = withoutPort ?? filed;
  return (
    certificate.kind === 'host' &&
    // what nobody has vouched for is not looked at any further
    isSignedByItsAuthority(certificate) &&
    certificate.criticalOptions.length === 0 &&
    outsideValidity(certificate, now) === null &&
    (certificate.principals.length === 0 ||
      certificate.principals.some((pattern) => matchPattern(pattern.toLowerCase(), host)))
  );
}

/** The key itself of what a host offers: of a certificate the one that it certifies. */
export function bareHostKey(offered: Buffer): Buffer {
  return parseCertificate(offered)?.publicKey ?? offered;
}

/** The error of a key that must not be accepted; `known` says where the other key stands, if in a file. */
export function hostKeyChanged(
  host: string,
  port: number,
  offered: string,
  known: { file: string | null; line: number | null; fingerprints: readonly string[] },
): AppError {
  return new AppError('HOST_KEY_CHANGED', {
    details: {
      host,
      port,
      file: known.file,
      line: known.line,
      knownFingerprints: [...known.fingerprints],
      offeredFingerprint: offered,
    },
  });
}
