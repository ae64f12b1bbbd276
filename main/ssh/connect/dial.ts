import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { ConnectionTrace } from '../../../shared/domain/cluster/profile.ts';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import { plain } from '../../../shared/lib/plain.ts';
import { message, type Message, quoted } from '../../../shared/messages/message.ts';
import { brokeOff, connectFailed, networkReason, secondsOf, turnedAway } from '../errors.ts';
import type { Hop } from './hop.ts';
import { within } from '../limits.ts';

/** Hears how far it got. */
export interface Watcher {
  step(doing: Message): void;
  trace(event: ConnectionTrace): void;
}

const noAnswer = (ms: number): Message => message('connection.noAnswer', { seconds: secondsOf(ms) });

/** Looks up the name and opens a TCP connection. Errors: CONNECT_FAILED, the signal's reason. */
export async function dial(
  { host, port, label }: Hop,
  ms: number,
  signal: AbortSignal,
  watcher: Watcher,
): Promise<net.Socket> {
  const expired = (): AppError => connectFailed(host, noAnswer(ms));
  watcher.step(message('connection.step.lookUp'));
  return within(
    { signals: [signal], timeout: { ms, expired } },
    (ended) =>
      new Promise<net.Socket>((resolve, reject) => {
        const socket = net.connect({ host, port });
        const onError = (error: Error): void => {
          reject(
            (brokeOff(error) ? turnedAway(host, '', error) : null) ?? connectFailed(host, networkReason(error), error),
          );
        };
        ended.addEventListener('abort', () => {
          if (!socket.connecting) return;
          socket.destroy();
        });
        socket.once('error', onError);
        // a name may have several addresses: the first is told
        let resolved = false;
        const onAddress = (address: string): void => {
          if (resolved) return;
          resolved = true;
          watcher.trace({ kind: 'resolved', hop: label, address });
        };
        if (net.isIP(host) !== 0) onAddress(host);
        socket.on('lookup', (error: Error | null, address: string) => {
          if (error !== null || resolved) return;
          watcher.step(message('connection.step.connect'));
          onAddress(address);
        });
        socket.once('connect', () => {
          socket.off('error', onError);
          if (ended.aborted) socket.destroy();
          else {
            watcher.trace({ kind: 'connected', hop: label });
            resolve(socket);
          }
        });
      }),
  );
}

/** Opens a line to the next server through the one before it. Errors: JUMP_REFUSED, the signal's reason. */
export async function dialThrough(
  via: Client,
  from: Hop,
  { host, port, label }: Hop,
  ms: number,
  signal: AbortSignal,
  watcher: Watcher,
): Promise<Duplex> {
  const refused = (reason: Message): AppError =>
    new AppError('JUMP_REFUSED', { details: { via: from.host, host, reason } });
  watcher.step(message('connection.step.connectThrough', { host: from.host }));
  return within(
    { signals: [signal], timeout: { ms, expired: () => refused(noAnswer(ms)) } },
    (ended) =>
      new Promise<Duplex>((resolve, reject) => {
        const onClose = (): void => {
          reject(refused(message('connection.viaClosed')));
        };
        via.once('close', onClose);
        const answered = (error: Error | undefined, channel: Duplex): void => {
          via.off('close', onClose);
          if (error) {
            reject(refused(forwardReason(error)));
            return;
          }
          channel.on('error', () => undefined);
          if (ended.aborted) channel.destroy();
          else {
            watcher.trace({ kind: 'connected', hop: label });
            resolve(channel);
          }
        };
        try {
          via.forwardOut('127.0.0.1', 0, host, port, answered);
        } catch {
          // ssh2 throws when the line is gone already
          onClose();
        }
      }),
  );
}

/** Reason codes of a channel that is not opened. Source: RFC 4254, 5.1. sshd answers so itself, without a word of its own. */
function forwardReason(error: Error & { reason?: unknown }): Message {
  const words = plain(reasonOf(error)).replace('(SSH) Channel open failure: ', '');
  if (error.reason === 1) return message('connection.viaForbids', { words });
  return error.reason === 2 ? message('connection.viaCannotReach', { words }) : quoted(words);
}
