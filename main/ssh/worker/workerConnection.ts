import { Worker } from 'node:worker_threads';
import { AppError, fromWire, reasonOf } from '../../../shared/errors/appError.ts';
import { Emitter } from '../../../shared/lib/emitter.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { message } from '../../../shared/messages/message.ts';
import type { ConnectionPrompter, RemoteConnection, RemoteFiles, RemoteShell } from '../../core/ports.ts';
import { remoteFilesFrom } from '../../core/remoteFiles.ts';
import { connectionLost } from '../errors.ts';
import type { ConnectParams, HostCalls, WorkerCalls } from './protocol.ts';
import { RpcPeer } from './rpc.ts';

const DEFAULT_RUN_MS = 30_000;
/** Milliseconds for a goodbye to the server before the thread is ended. */
const GOODBYE_MS = 500;

/** The worker's file: the source itself when that is what runs, else the bundle that the build puts beside this one. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './connectionWorker.ts' : './connectionWorker.js', import.meta.url);
}

/** A connection as the core sees it; everything that lasts happens in its worker. */
export class WorkerConnection implements RemoteConnection {
  readonly shell: RemoteShell;
  readonly files: RemoteFiles;
  readonly #host: string;
  readonly #worker: Worker;
  readonly #peer: RpcPeer<HostCalls, WorkerCalls>;
  /** Resolves when the worker is gone. */
  readonly ended: Promise<void>;
  readonly #lost = new Emitter<Error>();
  readonly #health = new Emitter<{ answering: boolean; silentMs: number }>();
  #fileTransport: 'sftp' | 'shell' = 'sftp';
  #lostError: Error | null = null;
  #connected = false;
  #disposed: Promise<void> | null = null;
  #roundTripMs: number | null = null;

  private constructor(host: string, asker: ConnectionPrompter, worker: URL) {
    this.#host = host;
    this.#worker = new Worker(worker, { name: 'ssh connection' });
    this.#peer = new RpcPeer<HostCalls, WorkerCalls>(this.#worker, {
      confirmHostKey: (question) => asker.confirmHostKey(question),
      answer: (question) => asker.answer(question),
      step: (text) => {
        asker.step?.(text);
        return undefined;
      },
      trace: (event) => {
        asker.trace?.(event);
        return undefined;
      },
      health: (health) => {
        this.#health.emit(health);
        return undefined;
      },
      fileTransport: (way) => {
        this.#fileTransport = way;
        return undefined;
      },
      lost: (error) => {
        this.#lose(fromWire(error));
        return undefined;
      },
    });
    this.#worker.on('error', (error) => {
      this.#lose(new AppError('INTERNAL', { details: { host, reason: reasonOf(error) }, cause: error }));
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#lose(connectionLost(host, message('connection.closed')));
        resolve();
      });
    });
    this.shell = {
      run: async (script, { signal, timeoutMs = DEFAULT_RUN_MS, answer = null } = {}) => {
        const { roundTripMs, ...result } = await this.#peer.call('run', { script, timeoutMs, answer }, { signal });
        this.#roundTripMs = roundTripMs;
        return result;
      },
    };
    this.files = remoteFilesFrom((name, { takes, options, signal, onProgress }) =>
      this.#peer.call(`files.${name}`, { takes, options } as never, { signal, onProgress }),
    );
  }

  /** Starts the worker and connects in it. On failure the worker has ended when this rejects. */
  static async open(
    params: ConnectParams,
    asker: ConnectionPrompter,
    signal: AbortSignal,
    worker = workerUrl(),
  ): Promise<WorkerConnection> {
    const connection = new WorkerConnection(params.target.profile.host, asker, worker);
    try {
      const { roundTripMs } = await connection.#peer.call('connect', params, { signal });
      if (signal.aborted) throw new AppError('CANCELLED');
      connection.#roundTripMs = roundTripMs;
      connection.#connected = true;
      return connection;
    } catch (error) {
      await connection.dispose();
      throw error;
    }
  }

  get roundTripMs(): number | null {
    return this.#roundTripMs;
  }

  /** Known with the first file operation; `sftp` before. */
  get fileTransport(): 'sftp' | 'shell' {
    return this.#fileTransport;
  }

  onHealth(listener: (health: { answering: boolean; silentMs: number }) => void): Disposable {
    return this.#health.on(listener);
  }

  /** Rejects with CONNECTION_LOST. */
  async probe(timeoutMs: number): Promise<number> {
    const ms = await this.#peer.call('probe', { timeoutMs });
    this.#roundTripMs = ms;
    return ms;
  }

  /** A listener that comes after the loss hears of it too. */
  onLost(listener: (error: Error) => void): Disposable {
    if (this.#lostError && !this.#disposed) listener(this.#lostError);
    return this.#lost.on(listener);
  }

  async dispose(): Promise<void> {
    this.#disposed ??= this.#end();
    await this.#disposed;
  }

  async #end(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, GOODBYE_MS);
    });
    await Promise.race([this.#peer.call('close', undefined).catch(() => undefined), patience]);
    clearTimeout(timer);
    await this.#worker.terminate();
    await this.ended;
    this.#lost.dispose();
    this.#health.dispose();
  }

  #lose(error: Error): void {
    if (this.#lostError) return;
    this.#lostError = error;
    this.#peer.fail(this.#disposed ? connectionLost(this.#host, message('connection.closedHere')) : error);
    if (this.#connected && !this.#disposed) {
      this.#lost.emit(error);
      void this.#worker.terminate();
    }
  }
}
