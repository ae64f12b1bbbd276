import net from 'node:net';
import type { AppError } from '../../shared/errors/appError.ts';
import { connectFailed, networkReason } from './errors.ts';
import { within } from './limits.ts';

/** Looks up the name and opens a TCP connection. Errors: CONNECT_FAILED, the signal's reason. */
export async function dial(host: string, port: number, ms: number, signal: AbortSignal, step: (text: string) => void): Promise<net.Socket> {
  const expired = (): AppError => connectFailed(host, `no answer within ${String(Math.round(ms / 1000))} s`);
  step('looking up the name');
  return within({ signals: [signal], timeout: { ms, expired } }, (ended) =>
    new Promise<net.Socket>((resolve, reject) => {
      const socket = net.connect({ host, port });
      const onError = (error: Error): void => {
        reject(connectFailed(host, networkReason(error), error));
      };
      ended.addEventListener('abort', () => {
        if (!socket.connecting) return;
        socket.destroy();
      });
      socket.once('error', onError);
      socket.once('lookup', () => {
        step('connecting');
      });
      socket.once('connect', () => {
        socket.off('error', onError);
        if (ended.aborted) socket.destroy();
        else resolve(socket);
      });
    }),
  );
}
