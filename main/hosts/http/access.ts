import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Compares two secrets in a time that tells nothing of where they differ. */
function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(expected).digest());
}

const LOOPBACK_NAME = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * True when the request was addressed to this computer by a loopback name: a page of another site that points its own name at
 * 127.0.0.1 (DNS rebinding) sends that name. Any port is allowed, so that an SSH tunnel works.
 */
export function hasLoopbackHost(request: IncomingMessage): boolean {
  return LOOPBACK_NAME.test(request.headers.host ?? '');
}

/** True when the request comes from our own page, or from a program that is no browser and sends no Origin. */
export function hasOwnOrigin(request: IncomingMessage): boolean {
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || origin.toLowerCase() === `http://${request.headers.host ?? ''}`.toLowerCase();
}

/** Who may call: a program with the bearer token, or a browser whose one-time link was exchanged for a cookie. */
export class Gate {
  /** For programs: `Authorization: Bearer …`. */
  readonly bearer: string;
  readonly #cookieName: string;
  readonly #session: string;
  readonly #newSecret: () => string;
  #link: string;

  constructor(port: number, newSecret: () => string) {
    this.#newSecret = newSecret;
    this.bearer = newSecret();
    this.#session = newSecret();
    this.#link = newSecret();
    // cookies ignore ports: two servers on one computer must not overwrite each other's
    this.#cookieName = `slipway_${String(port)}`;
  }

  /** The token of the link that has not been used yet. */
  get linkToken(): string {
    return this.#link;
  }

  /** Uses up the link's token. Returns the cookie to set, or null for a wrong or used one. */
  exchange(token: string): string | null {
    if (!sameSecret(token, this.#link)) return null;
    this.#link = this.#newSecret();
    return `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  hasCookie(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
    const own = cookies.find((part) => part.startsWith(`${this.#cookieName}=`));
    return own !== undefined && sameSecret(own.slice(this.#cookieName.length + 1), this.#session);
  }

  hasBearer(request: IncomingMessage): boolean {
    const match = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '');
    return match?.[1] !== undefined && sameSecret(match[1], this.bearer);
  }

  /** A call that may change something: the bearer token, or the cookie from our own page. */
  mayCall(request: IncomingMessage): boolean {
    return this.hasBearer(request) || (this.hasCookie(request) && hasOwnOrigin(request));
  }
}
