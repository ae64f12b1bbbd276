import type { Client } from 'ssh2';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { ChannelQueue, type ChannelKind } from '../channels/channelQueue.ts';
import { connectionLost, networkReason, secondsOf } from '../errors.ts';
import type { Prompter } from '../connect/handshake.ts';
import { Heartbeat, type Health } from '../connect/heartbeat.ts';
import { manyListeners, within } from '../limits.ts';
import type { ConnectParams } from './protocol.ts';
import { openRoute } from '../connect/route.ts';
import { SftpChannel } from '../channels/sftpChannel.ts';
import { FilesWithFallback } from '../files/filesWithFallback.ts';
import type { AnswerBound, RunResult } from '../../core/ports.ts';
import type { FileOperation, ResultOf, TakenBy } from '../../core/remoteFiles.ts';
import type { WayCall } from '../files/files.ts';
import { SftpFiles } from '../files/sftpFiles.ts';
import { ShellChannel, type ShellAnswer, type ShellOrder } from '../channels/shellChannel.ts';
import { ShellFiles } from '../files/shellFiles.ts';

/** Below sshd's `MaxSessions`, which is 10 for each connection by default; that a site set it to less is found out by its refusals. */
const MAX_CHANNELS = 8;
/** So that a long script does not hold up a short one. */
const WARM_SHELLS = 2;
/** Each has a window of its own, so that several transfers, or ranges of one, fill a long line together. */
const BULK_SFTP = 4;
/** For hashes, copies and, without SFTP, contents. */
const BULK_SHELLS = 1;

export interface SessionListeners {
  /** Called once, when the connection ends by anything but `close`. */
  lost(error: AppError): void;
  /** The server stopped answering in time, or answers again. */
  health(health: Health): void;
  /** How files are read and written, once that is known. */
  fileTransport(way: 'sftp' | 'shell'): void;
}

/** A live, logged-in SSH connection: what the worker does, without the thread around it. */
export class SshConnection {
  readonly #files: FilesWithFallback;
  readonly #client: Client;
  readonly #queue: ChannelQueue;
  readonly #shells: ChannelKind<ShellChannel>;
  readonly #bulkShells: ChannelKind<ShellChannel>;
  readonly #host: string;
  readonly #heartbeat: Heartbeat;
  readonly #lose: (reason: Message) => void;
  readonly #lost = manyListeners();
  #closing = false;

  private constructor(client: Client, { target, timings }: ConnectParams, listeners: SessionListeners) {
    const { host } = target.profile;
    const { requestMs, refusalMs, silentMs } = timings;
    this.#host = host;
    this.#client = client;
    this.#heartbeat = new Heartbeat(client, silentMs, (health) => {
      if (!this.#closing) listeners.health(health);
    });
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
    this.#bulkShells = { ...this.#shells, max: BULK_SHELLS, bulk: true };
    const shell = new ShellFiles(host, (order, signal, { timeoutMs = requestMs, bulk = false } = {}) =>
      this.#exchange(order, timeoutMs, signal, bulk ? this.#bulkShells : this.#shells),
    );
    const interactive: ChannelKind<SftpChannel> = {
      max: 1,
      shared: true,
      open: (signal) => SftpChannel.open(client, host, requestMs, signal, forget),
      close: (channel) => channel.close(),
    };
    const bulk: ChannelKind<SftpChannel> = { ...interactive, max: BULK_SFTP, shared: false, bulk: true };
    const sftp = new SftpFiles(host, this.#queue, { interactive, bulk }, shell);
    this.#files = new FilesWithFallback(sftp, shell, this.#lost.signal, (way) => {
      listeners.fileTransport(way);
    });
    this.#lose = (reason) => {
      if (this.#lost.signal.aborted) return;
      const error = connectionLost(host, reason);
      this.#lost.abort(error);
      this.#heartbeat.end(error);
      this.#queue.end(error);
      if (!this.#closing) listeners.lost(error);
    };
    client.on('error', (error) => {
      this.#lose(networkReason(error));
      client.destroy();
    });
    client.on('close', () => {
      this.#lose(message('connection.ECONNRESET'));
    });
  }

  /** Logs in and proves the shell. Nothing is told before this resolves. */
  static async open(
    params: ConnectParams,
    asker: Prompter,
    signal: AbortSignal,
    listeners: SessionListeners,
  ): Promise<{ connection: SshConnection; roundTripMs: number }> {
    const client = await openRoute(params, asker, signal);
    let open = false;
    const connection = new SshConnection(client, params, {
      ...listeners,
      lost: (error) => {
        if (open) listeners.lost(error);
      },
      health: (health) => {
        if (open) listeners.health(health);
      },
    });
    try {
      asker.step(message('connection.step.shell'));
      const { roundTripMs } = await connection.run('', params.timings.requestMs, signal);
      open = true;
      return { connection, roundTripMs };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async run(
    script: string,
    timeoutMs: number,
    signal: AbortSignal,
    bound: AnswerBound | null = null,
  ): Promise<RunResult & { roundTripMs: number }> {
    return this.live(async () => {
      const { stdout, ...answer } = await this.#exchange({ script, bound }, timeoutMs, signal);
      return { ...answer, stdout: stdout.toString('utf8') };
    });
  }

  /** Runs one operation of the file port. */
  async file<K extends FileOperation>(name: K, takes: TakenBy<K>, call: WayCall<K>): Promise<ResultOf<K>> {
    return this.live(() => this.#files.perform(name, takes, call));
  }

  async #exchange(
    order: ShellOrder,
    timeoutMs: number,
    signal: AbortSignal,
    shells = this.#shells,
  ): Promise<ShellAnswer> {
    return this.#queue.use(shells, signal, async (lease) => {
      try {
        const answer = await within({ signals: [this.#lost.signal, signal] }, (ended) =>
          lease.channel.run(order, ended, timeoutMs),
        );
        if (order.input && answer.exitCode !== 0) lease.spoil();
        return answer;
      } catch (error) {
        lease.spoil();
        throw error;
      }
    });
  }

  /**
   * Asks the server for a sign of life; resolves with the milliseconds that it took. A connection that gives none in time is lost:
   * it is closed, and everything on it ends with CONNECTION_LOST.
   */
  async probe(timeoutMs: number): Promise<number> {
    const reason = message('connection.noSignOfLife', { seconds: secondsOf(timeoutMs) });
    return within({ signals: [this.#lost.signal] }, async () => {
      try {
        return await this.#heartbeat.probe(timeoutMs, () => connectionLost(this.#host, reason));
      } catch (error) {
        this.#lose(reason);
        this.#client.destroy();
        throw error;
      }
    });
  }

  /** Whatever is under way when the connection ends, ends with CONNECTION_LOST. */
  async live<T>(body: (lost: AbortSignal) => Promise<T>): Promise<T> {
    return within({ signals: [this.#lost.signal] }, (lost) => this.#heartbeat.during(() => body(lost)));
  }

  close(): void {
    this.#closing = true;
    this.#client.end();
  }
}
