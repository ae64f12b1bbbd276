import { MAX_CALL_BYTES } from '../../../shared/domain/bounds/limits.ts';

/** What the HTTP host bears at most. A loopback port is open to everybody on the computer, and to every page that a browser shows. */
export interface HttpLimits {
  /** Connections that have shown no token or session yet. One more costs the oldest of them its place, so that a newcomer always has one. */
  readonly strangers: number;
  /** Connections altogether; the system is told to refuse more. Far below the 1,024 descriptors that a shell commonly allows. */
  readonly connections: number;
  /** WebSockets of events: one for each tab or program. */
  readonly eventSockets: number;
  /** Bytes of events that a WebSocket may leave unread before it is ended; it connects anew and asks again for everything. */
  readonly unreadEventBytes: number;
  /** Milliseconds for the headers of a request to arrive. */
  readonly headersMs: number;
  /** Milliseconds without a byte of a body that was begun. A browser may send a file for hours, but it goes on sending. */
  readonly bodyIdleMs: number;
  /** Milliseconds that a connection is kept for a next request. */
  readonly keepAliveMs: number;
  /** Bytes of a JSON body: as many as the largest call that the contract takes. */
  readonly bodyBytes: number;
}

export const HTTP_LIMITS: HttpLimits = {
  strangers: 48,
  connections: 256,
  eventSockets: 64,
  unreadEventBytes: 16 * 1024 ** 2,
  headersMs: 10_000,
  bodyIdleMs: 30_000,
  keepAliveMs: 5000,
  bodyBytes: MAX_CALL_BYTES,
};
