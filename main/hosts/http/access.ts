import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Compares two secrets in a time that tells nothing of where they differ. */
function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(expected).digest());
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const LOOPBACK_NAME = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** True when there is one Host header, and it holds a name or address. HTTP/1.0 needs none; here it does. */
export function hasOneHost(request: IncomingMessage): boolean {
  const given = request.rawHeaders.filter((_, i) => i % 2 === 0).filter((name) => name.toLowerCase() === 'host');
  return given.length === 1 && HOST.test(request.headers.host ?? '');
}

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

/** The header by which a tab shows its key; a WebSocket cannot send headers and names it as a subprotocol. */
const TAB_HEADER = 'x-slipway-tab';
/** The subprotocol of a tab's WebSocket, offered together with `tab-<key>`. */
export const EVENTS_PROTOCOL = 'slipway';
const TAB_PROTOCOL = /(?:^|,)\s*tab-([0-9a-z]+)\s*(?:,|$)/;

/**
 * Who may call: a program with the bearer token, or a tab whose one-time link was exchanged for a session. A session is two secrets: a
 * cookie, which the browser shows to every port of this computer, other people's programs among them; and the tab's key, which
 * only our own page can read and send.
 */
export class Gate {
  /** For programs: `Authorization: Bearer …`. */
  readonly bearer: string;
  readonly #cookieName: string;
  readonly #cookie: string;
  readonly #tabKey: string;
  readonly #newSecret: () => string;
  #link: string;

  constructor(port: number, newSecret: () => string) {
    this.#newSecret = newSecret;
    this.bearer = newSecret();
    this.#cookie = newSecret();
    this.#tabKey = newSecret();
    this.#link = newSecret();
    // cookies ignore ports: two servers on one computer must not overwrite each other's
    this.#cookieName = `slipway_${String(port)}`;
  }

  /** The token of the link that has not been used yet. */
  get linkToken(): string {
    return this.#link;
  }

  /** Uses up the link's token. Returns both halves of the session, or null for a wrong or used one. The cookie ends with the browser. */
  exchange(token: string): { cookie: string; tabKey: string } | null {
    if (!sameSecret(token, this.#link)) return null;
    this.#link = this.#newSecret();
    return { cookie: `${this.#cookieName}=${this.#cookie}; Path=/; HttpOnly; SameSite=Strict`, tabKey: this.#tabKey };
  }

  /** Enough for the files of the interface, which are no secret; not for a call. */
  hasCookie(request: IncomingMessage): boolean {
    const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
    const own = cookies.find((part) => part.startsWith(`${this.#cookieName}=`));
    return own !== undefined && sameSecret(own.slice(this.#cookieName.length + 1), this.#cookie);
  }

  hasBearer(request: IncomingMessage): boolean {
    const match = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '');
    return match?.[1] !== undefined && sameSecret(match[1], this.bearer);
  }

  /** A call that may change something: the bearer token, or the session, both halves of it, from our own page. */
  mayCall(request: IncomingMessage): boolean {
    const key = request.headers[TAB_HEADER];
    return this.hasBearer(request) || (typeof key === 'string' && this.#hasSession(request, key));
  }

  /** The same for a WebSocket, at which a browser always says its Origin. */
  mayListen(request: IncomingMessage): boolean {
    const key = TAB_PROTOCOL.exec(request.headers['sec-websocket-protocol'] ?? '')?.[1];
    return (
      this.hasBearer(request) ||
      (key !== undefined && request.headers.origin !== undefined && this.#hasSession(request, key))
    );
  }

  #hasSession(request: IncomingMessage, key: string): boolean {
    return this.hasCookie(request) && sameSecret(key, this.#tabKey) && hasOwnOrigin(request);
  }
}
