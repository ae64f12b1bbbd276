import type { Client } from 'ssh2';
import { AppError } from '../../shared/errors/appError.ts';
import { ChannelQueue, type ChannelKind } from './channelQueue.ts';
import { connectionLost, networkReason } from './errors.ts';
import { handshake, type Asker } from './handshake.ts';
import { manyListeners, within } from './limits.ts';
import type { ConnectParams } from './protocol.ts';
import { SftpChannel } from './sftpChannel.ts';
import { SftpFiles } from './sftpFiles.ts';
import { ShellChannel, type ShellAnswer } from './shellChannel.ts';
import { upload, type UploadRequest } from './upload.ts';

/** sshd's `MaxSessions` is 10 by default; other programs of the person may share the account, and sites set less. */
const MAX_CHANNELS = 5;
/** So that a long script does not hold up a short one. */
const WARM_SHELLS = 2;

/** A live, logged-in SSH connection: what the worker does, without the thread around it. */
export class Session {
  readonly files: SftpFiles;
  readonly #client: Client;
  readonly #queue: ChannelQueue;
  readonly #shells: ChannelKind<ShellChannel>;
  readonly #lost = manyListeners();
  #closing = false;

  private constructor(client: Client, { target, timings }: ConnectParams, onLost: (error: AppError) => void) {
    const { host } = target.profile;
    const { requestMs, refusalMs } = timings;
    this.#client = client;
    this.#queue = new ChannelQueue({ host, limit: MAX_CHANNELS, refusalMs });
    const forget = (channel: object): void => {
      this.#queue.forget(channel);
    };
    this.#shells = {
      max: WARM_SHELLS,
      shared: false,
      open: (signal) => ShellChannel.open(client, host, requestMs, signal, forget),
      close: (shell) => shell.close(),
    };
    this.files = new SftpFiles(this.#queue, {
      max: 1,
      shared: true,
      open: (signal) => SftpChannel.open(client, host, requestMs, signal, forget),
      close: (sftp) => sftp.close(),
    });
    const lose = (reason: string): void => {
      if (this.#lost.signal.aborted) return;
      const error = connectionLost(host, reason);
      this.#lost.abort(error);
      this.#queue.end(error);
      if (!this.#closing) onLost(error);
    };
    client.on('error', (error) => {
      lose(networkReason(error));
      client.destroy();
    });
    client.on('close', () => {
      lose('the other side closed the connection');
    });
  }

  /** Logs in and proves the shell. `onLost` is called once, when the connection ends by anything but `close`. */
  static async open(params: ConnectParams, asker: Asker, signal: AbortSignal, onLost: (error: AppError) => void): Promise<{ session: Session; roundTripMs: number }> {
    const client = await handshake(params, asker, signal);
    let open = false;
    const session = new Session(client, params, (error) => {
      if (open) onLost(error);
    });
    try {
      asker.step('starting a shell');
      const { roundTripMs } = await session.run('', params.timings.requestMs, signal);
      open = true;
      return { session, roundTripMs };
    } catch (error) {
      session.close();
      throw error;
    }
  }

  async run(script: string, timeoutMs: number, signal: AbortSignal): Promise<ShellAnswer> {
    return this.live((lost) =>
      this.#queue.use(this.#shells, signal, async (lease) => {
        try {
          return await within({ signals: [lost] }, () => lease.channel.run(script, signal, timeoutMs));
        } catch (error) {
          lease.spoil();
          throw error;
        }
      }),
    );
  }

  async upload(request: UploadRequest): Promise<{ bytes: number; sha256: string }> {
    const runScript = (script: string, timeoutMs: number, signal: AbortSignal): Promise<ShellAnswer> => this.run(script, timeoutMs, signal);
    return this.live(() => upload(this.files, runScript, request));
  }

  /** Whatever is under way when the connection ends, ends with CONNECTION_LOST. */
  async live<T>(body: (lost: AbortSignal) => Promise<T>): Promise<T> {
    return within({ signals: [this.#lost.signal] }, body);
  }

  close(): void {
    this.#closing = true;
    this.#client.end();
  }
}
