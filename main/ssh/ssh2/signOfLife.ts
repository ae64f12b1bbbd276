import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { Askable } from './internals.ts';

/** The line of a client that has logged in: TCP, or a channel through a jump host. */
export function lineOf(client: Client): Duplex {
  return (client as Askable)._sock;
}

/**
 * Asks the server for something that every server must answer, if only with a no (RFC 4254, 4). `answered` hears of the answer; with an Error,
 * that the connection has ended instead.
 */
export function askForSign(client: Client, answered: (ended: Error | null) => void): void {
  const { _callbacks, _protocol } = client as Askable;
  _callbacks.push((failed) => {
    answered(failed instanceof Error ? failed : null);
  });
  _protocol.ping();
}
