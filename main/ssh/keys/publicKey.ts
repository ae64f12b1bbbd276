import { createPublicKey, type KeyObject } from 'node:crypto';
import { keyTypeOf } from '../hostkeys/knownHosts.ts';
import { WireReader, wireNumber, wireString } from './wireReader.ts';

/** A curve of ECDSA as SSH and JWK name it, with the hash and the bytes of each number of its signatures. Source: RFC 5656, 6.2.1. */
export interface Curve {
  readonly ssh: string;
  readonly jwk: string;
  readonly hash: string;
  readonly bytes: number;
}

const CURVES: readonly Curve[] = [
  { ssh: 'nistp256', jwk: 'P-256', hash: 'sha256', bytes: 32 },
  { ssh: 'nistp384', jwk: 'P-384', hash: 'sha384', bytes: 48 },
  { ssh: 'nistp521', jwk: 'P-521', hash: 'sha512', bytes: 66 },
];

/** The curve of a key type `ecdsa-sha2-…`. */
export function curveOf(keyType: string): Curve | null {
  return CURVES.find(({ ssh }) => keyType === `ecdsa-sha2-${ssh}`) ?? null;
}

/** A public key as it goes over the wire, for node; `null` for one that we do not use. Source: RFC 4253, 6.6; RFC 5656; RFC 8709. */
export function publicKeyObject(blob: Buffer): KeyObject | null {
  const jwk = publicJwk(blob);
  try {
    return jwk === null ? null : createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

/** The same as a JSON Web Key (RFC 7517, RFC 8037). */
export function publicJwk(blob: Buffer): Record<string, string> | null {
  const keyType = keyTypeOf(blob);
  const reader = new WireReader(blob);
  reader.string();
  if (keyType === 'ssh-ed25519') {
    const point = reader.string();
    return point === null ? null : { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') };
  }
  if (keyType === 'ssh-rsa') {
    const [e, n] = [reader.string(), reader.string()];
    return e === null || n === null ? null : { kty: 'RSA', e: unsigned(e), n: unsigned(n) };
  }
  const curve = curveOf(keyType);
  reader.string();
  const point = reader.string();
  // 4: both coordinates are there
  if (curve === null || point?.[0] !== 4 || point.length !== 1 + 2 * curve.bytes) return null;
  const at = (from: number): string => point.subarray(from, from + curve.bytes).toString('base64url');
  return { kty: 'EC', crv: curve.jwk, x: at(1), y: at(1 + curve.bytes) };
}

/** An `mpint` that is not negative, for a JSON Web Key. */
export function unsigned(number: Buffer): string {
  return (number[0] === 0 ? number.subarray(1) : number).toString('base64url');
}

/** A public key in the form of the wire; `null` for a kind that SSH does not have, or that we do not use. */
export function publicBlob(key: KeyObject): Buffer | null {
  const jwk = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  const field = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url');
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519')
    return Buffer.concat([wireString('ssh-ed25519'), wireString(field(jwk.x))]);
  if (jwk.kty === 'RSA')
    return Buffer.concat([wireString('ssh-rsa'), wireNumber(field(jwk.e)), wireNumber(field(jwk.n))]);
  const curve = CURVES.find((each) => jwk.kty === 'EC' && each.jwk === jwk.crv);
  if (curve === undefined) return null;
  const point = Buffer.concat([Buffer.from([4]), field(jwk.x), field(jwk.y)]);
  return Buffer.concat([wireString(`ecdsa-sha2-${curve.ssh}`), wireString(curve.ssh), wireString(point)]);
}

/** The key of a `.pub` line, `type base64 comment`; `null` when it is none. */
export function parsePublicLine(text: string): Buffer | null {
  const [type, encoded] = text.trim().split(/\s+/);
  if (type === undefined || encoded === undefined) return null;
  const blob = Buffer.from(encoded, 'base64');
  return keyTypeOf(blob) === type ? blob : null;
}
