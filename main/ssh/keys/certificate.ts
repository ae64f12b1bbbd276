import { verify, type KeyObject } from 'node:crypto';
import { message, type Message } from '../../../shared/messages/message.ts';
import { keyTypeOf } from '../hostkeys/knownHosts.ts';
import { curveOf, publicKeyObject } from './publicKey.ts';
import { WireReader, wireString } from './wireReader.ts';

/** An OpenSSH certificate. Source: OpenSSH, PROTOCOL.certkeys. Times are epoch seconds. */
export interface Certificate {
  readonly kind: 'user' | 'host';
  /** The type of the key that is certified: `ssh-ed25519`, `ssh-rsa` … */
  readonly keyType: string;
  /** The certificate as it goes over the wire. */
  readonly blob: Buffer;
  /** The public key that is certified, alone. */
  readonly publicKey: Buffer;
  readonly keyId: string;
  /** Users or hosts that it is for; empty: any. */
  readonly principals: readonly string[];
  readonly validAfter: bigint;
  readonly validBefore: bigint;
  readonly criticalOptions: readonly string[];
  /** The public key of the authority that signed it. */
  readonly authority: Buffer;
  readonly signature: Buffer;
}

const SUFFIX = '-cert-v01@openssh.com';
/** How many fields make up the public key. */
const KEY_FIELDS: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'ssh-rsa': 2,
  'sk-ssh-ed25519': 2,
  'sk-ecdsa-sha2-nistp256': 3,
};
const KINDS: Readonly<Record<number, Certificate['kind']>> = { 1: 'user', 2: 'host' };
/** Bytes; a real one has hundreds, or some thousands with an RSA authority and many names. */
const MAX_BYTES = 65_536;
/** Those of OpenSSH. Source: SSHKEY_CERT_MAX_PRINCIPALS in sshkey.h. */
const MAX_PRINCIPALS = 256;
/** A clock may be wrong by as many seconds before a certificate is not even tried. */
const CLOCK_TOLERANCE = 300n;

export function isCertificateType(type: string): boolean {
  return type.endsWith(SUFFIX);
}

/** The strings that a field is made of; `null` when it is damaged. */
function list(field: Buffer): string[] | null {
  const reader = new WireReader(field);
  const items: string[] = [];
  while (!reader.done) {
    const item = reader.text();
    if (item === null) return null;
    items.push(item);
  }
  return items;
}

/**
 * Reads a certificate from its wire form; `null` for anything else, for one that is damaged, and for one that is larger or for more
 * principals than any. Nobody has vouched for what it says until `isSignedByItsAuthority`.
 */
export function parseCertificate(blob: Buffer): Certificate | null {
  if (blob.length > MAX_BYTES) return null;
  const type = keyTypeOf(blob);
  if (!isCertificateType(type)) return null;
  const bare = type.slice(0, -SUFFIX.length);
  const fields = KEY_FIELDS[bare];
  if (fields === undefined) return null;
  const keyType = bare.startsWith('sk-') ? `${bare}@openssh.com` : bare;
  const reader = new WireReader(blob);
  reader.string();
  reader.string(); // the nonce
  const parts = Array.from({ length: fields }, () => reader.string());
  reader.uint64(); // the serial number
  const kind = KINDS[reader.uint32() ?? 0];
  const keyId = reader.text();
  const principals = list(reader.string() ?? Buffer.from([0]));
  const validAfter = reader.uint64();
  const validBefore = reader.uint64();
  // name and value take turns
  const options = list(reader.string() ?? Buffer.from([0]));
  reader.string(); // extensions
  reader.string(); // reserved
  const authority = reader.string();
  const signature = reader.string();
  if (
    parts.includes(null) ||
    kind === undefined ||
    keyId === null ||
    principals === null ||
    principals.length > MAX_PRINCIPALS ||
    validAfter === null
  )
    return null;
  if (validBefore === null || options === null || authority === null || signature === null || !reader.done) return null;
  return {
    kind,
    keyType,
    blob,
    publicKey: Buffer.concat([keyType, ...(parts as Buffer[])].map(wireString)),
    keyId,
    principals,
    validAfter,
    validBefore,
    criticalOptions: options.filter((_, index) => index % 2 === 0),
    authority,
    signature,
  };
}

/** Why the certificate is not valid at this time (epoch ms), or `null` when it is. */
export function outsideValidity(certificate: Certificate, now: number): Message | null {
  const seconds = BigInt(Math.floor(now / 1000));
  if (seconds + CLOCK_TOLERANCE < certificate.validAfter)
    return message('login.validFrom', { date: dateOf(certificate.validAfter) });
  if (seconds - CLOCK_TOLERANCE >= certificate.validBefore)
    return message('login.expired', { date: dateOf(certificate.validBefore) });
  return null;
}

function dateOf(seconds: bigint): string | Message {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime())
    ? message('login.farAway')
    : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** True when the authority that the certificate names has signed it, with an algorithm of today: no SHA-1. */
export function isSignedByItsAuthority(certificate: Certificate): boolean {
  const signed = certificate.blob.subarray(0, certificate.blob.length - certificate.signature.length - 4);
  const key = publicKeyObject(certificate.authority);
  const reader = new WireReader(certificate.signature);
  const algorithm = reader.text() ?? '';
  const value = reader.string();
  if (key === null || value === null) return false;
  try {
    return verifies(key, keyTypeOf(certificate.authority), algorithm, signed, value);
  } catch {
    return false;
  }
}

function verifies(key: KeyObject, keyType: string, algorithm: string, signed: Buffer, value: Buffer): boolean {
  if (keyType === 'ssh-rsa') {
    if (algorithm === 'rsa-sha2-512') return verify('sha512', signed, key, value);
    return algorithm === 'rsa-sha2-256' && verify('sha256', signed, key, value);
  }
  if (algorithm !== keyType) return false;
  if (keyType === 'ssh-ed25519') return verify(null, signed, key, value);
  const curve = curveOf(keyType);
  if (curve === null) return false;
  const numbers = new WireReader(value);
  const [r, s] = [numbers.string(), numbers.string()];
  if (r === null || s === null) return false;
  const sized = [r, s].map((number) => Buffer.concat([Buffer.alloc(curve.bytes), number]).subarray(-curve.bytes));
  return verify(curve.hash, signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat(sized));
}
