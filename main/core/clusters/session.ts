import type { ConnectionState, ConnectionTrace } from '../../../shared/domain/cluster.ts';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { Emitter } from '../../../shared/lib/emitter.ts';
import type { Clock, RemoteConnection } from '../ports.ts';
import { backoff } from './backoff.ts';
import type { SessionEnvironment } from './bootstrap.ts';

/** A connection that has logged in and knows where Slurm is. */
export interface OpenSession {
  readonly connection: RemoteConnection;
  readonly environment: SessionEnvironment;
}

/** What an attempt tells while it is under way. */
export interface AttemptReport {
  step(text: string): void;
  asking(promptId: string): void;
  /** For the connection test. */
  trace?(event: ConnectionTrace): void;
}

export type OpenAttempt = (report: AttemptReport, signal: AbortSignal) => Promise<OpenSession>;

/** A connection that held this long was a good one: the next loss begins with a short wait again. */
const STEADY_MS = 30_000;

/** Failures that go away by themselves. After any other one a person has to do something first. */
function isPassing(error: unknown): boolean {
  return AppError.is(error, 'CONNECT_FAILED', 'CONNECTION_LOST', 'REMOTE_TIMEOUT', 'CHANNEL_REFUSED');
}

/** A call, since a signal changes while the code that looks at it waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/**
 * The connection to one cluster over time: opened on request, made again by itself when it is lost. A refused login, an
 * unconfirmed or changed host key and a cancelled question end in `failed` and are never tried again without a person.
 */
export class ClusterSession implements Disposable {
  readonly changed = new Emitter<ConnectionState>();
  readonly #open: OpenAttempt;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  #state: ConnectionState;
  #live: OpenSession | null = null;
  #run: { controller: AbortController; ended: Promise<void> } | null = null;
  #skipWait = new AbortController();

  constructor(open: OpenAttempt, clock: Clock, onFault: (error: unknown) => void) {
    this.#open = open;
    this.#clock = clock;
    this.#onFault = onFault;
    this.#state = { phase: 'offline', since: clock.now() };
  }

  get state(): ConnectionState {
    return this.#state.phase === 'ready' ? { ...this.#state, roundTripMs: this.#live?.connection.roundTripMs ?? null } : this.#state;
  }

  /** The live connection, or null. */
  get live(): OpenSession | null {
    return this.#live;
  }

  /**
   * Begins to connect, or ends the wait before the next attempt. `persistent`: keep trying even when the first attempt finds no
   * network, as a program start on a train should; a person's own attempt rather fails, so that a mistyped host is seen.
   */
  connect(persistent: boolean): void {
    if (this.#run !== null) {
      if (this.#state.phase === 'waiting') {
        this.#set({ phase: 'connecting', since: this.#clock.now(), step: '' });
        this.#skipWait.abort();
      }
      return;
    }
    const controller = new AbortController();
    this.#set({ phase: 'connecting', since: this.#clock.now(), step: '' });
    const ended = this.#keep(persistent, controller.signal).then(
      () => void (this.#run = null),
      (error: unknown) => {
        // first: whoever hears of the failure may connect again at once
        this.#run = null;
        this.#fail(error);
        if (!(error instanceof AppError)) this.#onFault(error);
      },
    );
    this.#run = { controller, ended };
  }

  /** Closes the connection, or gives up making one. */
  async disconnect(): Promise<void> {
    const run = this.#run;
    if (run !== null) {
      run.controller.abort();
      await run.ended;
    }
    if (this.#state.phase !== 'offline') this.#set({ phase: 'offline', since: this.#clock.now() });
  }

  /** Resolves with the first state that holds: ready, failed, offline, or waiting for the next attempt. */
  settled(signal: AbortSignal): Promise<ConnectionState> {
    return this.#until((state) => (state.phase === 'connecting' || state.phase === 'asking' ? null : state), signal);
  }

  /** Waits for a connection that is being made; resolves with null when none is. CANCELLED. */
  async whenReady(signal: AbortSignal): Promise<OpenSession | null> {
    if (this.#live !== null) return this.#live;
    await this.#until((state) => (state.phase === 'ready' || state.phase === 'failed' || state.phase === 'offline' ? state : null), signal);
    return this.#live;
  }

  async dispose(): Promise<void> {
    await this.disconnect();
    this.changed.dispose();
  }

  #until(pick: (state: ConnectionState) => ConnectionState | null, signal: AbortSignal): Promise<ConnectionState> {
    const now = pick(this.state);
    if (now !== null) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        void listening.dispose();
        signal.removeEventListener('abort', aborted);
      };
      const aborted = (): void => {
        stop();
        reject(new AppError('CANCELLED'));
      };
      const listening = this.changed.on((state) => {
        const picked = pick(state);
        if (picked === null) return;
        stop();
        resolve(picked);
      });
      if (signal.aborted) aborted();
      else signal.addEventListener('abort', aborted, { once: true });
    });
  }

  async #keep(persistent: boolean, signal: AbortSignal): Promise<void> {
    let attempt = 0;
    let everReady = persistent;
    for (;;) {
      let reason: string;
      try {
        const steadyMs = await this.#once(signal);
        everReady = true;
        if (steadyMs >= STEADY_MS) attempt = 0;
        reason = 'the connection was lost';
      } catch (error) {
        if (isAborted(signal)) return;
        if (!everReady || !isPassing(error)) throw error;
        reason = error instanceof AppError ? error.message : String(error);
      }
      if (isAborted(signal)) return;
      attempt += 1;
      await this.#wait(attempt, reason, signal);
      if (isAborted(signal)) return;
    }
  }

  /** One connection from its first packet to its loss. Returns how long it was ready, in milliseconds. */
  async #once(signal: AbortSignal): Promise<number> {
    const since = this.#clock.now();
    if (this.#state.phase !== 'connecting') this.#set({ phase: 'connecting', since, step: '' });
    const session = await this.#open(
      {
        step: (step) => this.#set({ phase: 'connecting', since, step }),
        asking: (promptId) => this.#set({ phase: 'asking', since, promptId }),
      },
      signal,
    );
    const readySince = this.#clock.now();
    try {
      await new Promise<void>((resolve) => {
        const lost = session.connection.onLost(() => {
          void lost.dispose();
          signal.removeEventListener('abort', ended);
          resolve();
        });
        const ended = (): void => {
          void lost.dispose();
          resolve();
        };
        if (signal.aborted) {
          ended();
          return;
        }
        signal.addEventListener('abort', ended, { once: true });
        this.#live = session;
        this.#set({ phase: 'ready', since: readySince, roundTripMs: session.connection.roundTripMs });
      });
    } finally {
      this.#live = null;
      await session.connection.dispose();
    }
    return this.#clock.now() - readySince;
  }

  async #wait(attempt: number, reason: string, signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const delay = backoff(attempt, Math.random());
    this.#skipWait = new AbortController();
    this.#set({ phase: 'waiting', since: now, until: now + delay, attempt, reason });
    try {
      await this.#clock.sleep(delay, AbortSignal.any([signal, this.#skipWait.signal]));
    } catch (error) {
      if (!AppError.is(error, 'CANCELLED')) throw error;
    }
  }

  #fail(error: unknown): void {
    const { code, name, message, hint, details } = toWire(error);
    this.#set({ phase: 'failed', since: this.#clock.now(), error: { code, name, message, hint, details } });
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    this.changed.emit(state);
  }
}
