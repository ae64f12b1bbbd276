import { createHmac, createPrivateKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { keyTypeOf } from '../hostkeys/knownHosts.ts';
import { publicJwk, unsigned } from './publicKey.ts';
import { WireReader, wireString } from './wireReader.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';

/** True for a private key file of PuTTY 0.75 or newer; ssh2 reads the older ones. */
export function isPuttyKey3(text: string): boolean {
  return text.startsWith('PuTTY-User-Key-File-3:');
}

/**
 * Reads one that has no passphrase. One that has was locked by Argon2, which the runtime does not offer.
 * Source: PuTTY’s manual, appendix C (PPK file format).
 */
export function parsePuttyKey3(text: string): { key: KeyObject } | { reason: Message } {
  const lines = text.split(/\r?\n/);
  const field = (name: string): string =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
  const block = (name: string): Buffer => {
    const at = lines.findIndex((line) => line.startsWith(`${name}: `));
    return Buffer.from(lines.slice(at + 1, at + 1 + Number(field(name))).join(''), 'base64');
  };
  if (field('Encryption') !== 'none') {
    return {
      reason: message('keys.puttyPassphrase'),
    };
  }
  const algorithm = field('PuTTY-User-Key-File-3');
  const publicKey = block('Public-Lines');
  const secret = block('Private-Lines');
  const covered = [algorithm, 'none', field('Comment'), publicKey, secret].map(wireString);
  const expected = createHmac('sha256', Buffer.alloc(0)).update(Buffer.concat(covered)).digest();
  const stated = Buffer.from(field('Private-MAC'), 'hex');
  if (stated.length !== expected.length || !timingSafeEqual(stated, expected))
    return { reason: message('keys.damaged') };
  const jwk = keyTypeOf(publicKey) === algorithm ? publicJwk(publicKey) : null;
  if (jwk === null) return { reason: message('keys.notAccepted', { type: algorithm }) };
  try {
    return { key: createPrivateKey({ key: { ...jwk, ...privateParts(jwk, secret) }, format: 'jwk' }) };
  } catch (error) {
    return { reason: reasonMessage(error) };
  }
}

/** The secret members of the JSON Web Key. */
function privateParts(jwk: Record<string, string>, secret: Buffer): Record<string, string> {
  const reader = new WireReader(secret);
  const [d, p, q, qi] = [reader.string(), reader.string(), reader.string(), reader.string()];
  if (d === null) throw new Error('the private part is damaged');
  if (jwk['kty'] === 'OKP') return { d: d.toString('base64url') };
  if (jwk['kty'] === 'EC') {
    const bytes = Buffer.from(jwk['x'] ?? '', 'base64url').length;
    return {
      d: Buffer.concat([Buffer.alloc(bytes), d])
        .subarray(-bytes)
        .toString('base64url'),
    };
  }
  if (p === null || q === null || qi === null) throw new Error('the private part is damaged');
  const number = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
  const rest = (prime: Buffer): string => {
    const digits = (number(d) % (number(prime) - 1n)).toString(16);
    return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url');
  };
  return { d: unsigned(d), p: unsigned(p), q: unsigned(q), qi: unsigned(qi), dp: rest(p), dq: rest(q) };
}
