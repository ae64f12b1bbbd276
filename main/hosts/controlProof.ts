import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * How both ends of the control socket show each other that they know the token, without sending it: whoever listens in another's
 * place (on Windows a pipe's name can be taken by anybody once its owner is gone) learns nothing and is told nothing.
 */
export type Side = 'owner' | 'caller';

/** A number used once, as text. */
export const newNonce = (): string => randomBytes(32).toString('hex');

/** What a side answers to the other's nonce. */
export function proofOf(side: Side, token: string, nonce: string): string {
  return createHmac('sha256', token).update(`${side}:${nonce}`).digest('hex');
}

/** Whether `given` is the proof of that side; takes equally long for every wrong one. */
export function isProof(given: string, side: Side, token: string, nonce: string): boolean {
  const expected = Buffer.from(proofOf(side, token, nonce));
  const bytes = Buffer.from(given);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
}
