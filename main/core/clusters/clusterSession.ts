import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import type { ConnectionState, ConnectionTrace } from '../../../shared/domain/cluster/profile.ts';
import { AppError, recordOf } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { Emitter } from '../../../shared/lib/emitter.ts';
import { message, type Message, sayable } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
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
  step(doing: Message): void;
  asking(promptId: string): void;
  /** What happened, for the connection test and the log. */
  trace?(event: ConnectionTrace): void;
}

export type OpenAttempt = (report: AttemptReport, signal: AbortSignal) => Promise<OpenSession>;

/** A connection that held this long was a good one: the next loss begins with a short wait again. */
const STEADY_MS = 30_000;

/** After the computer woke up: a connection that gives no sign of life within this many milliseconds is dead. */
const WAKE_PROBE_MS = 5000;
/** A network that comes and goes must not become a series of logins: waking skips at most one wait in this many milliseconds. */
const WAKE_PAUSE_MS = 10_000;

/** Failures that go away by themselves. After any other one a person has to do something first. */
function isPassing(error: unknown): boolean {
  return AppError.is(error, 'CONNECT_FAILED', 'CONNECTION_LOST', 'REMOTE_TIMEOUT', 'CHANNEL_REFUSED', 'JUMP_REFUSED');
}

/** What a lost connection says of its end. */
function lossOf(error: Error): Message {
  const reason = error instanceof AppError ? sayable(error.details['reason']) : null;
  if (reason !== null && reason !== '') return message('connection.lostBecause', { reason });
  return error.message === '' ? message('connection.lost') : reasonMessage(error);
}

/** A call, since a signal changes while the code that looks at it waits. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/**
 * The connection to one cluster over time: opened on request, made again by itself when it is lost. A refused login, an
 * unconfirmed or changed host key and a cancelled question end in `failed` and are never tried again without a person. A question
 * that nobody answered ends so too; it is put again when the computer wakes up, since somebody is there then.
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
  /** Failures in a row. */
  #attempt = 0;
  /** Milliseconds of the next wait, when it is known to be worth while to try soon. */
  #nextWait: number | null = null;
  #lastWakeAt = -Infinity;
  #wokeWhileConnecting = false;
  /** Gives up the live connection. */
  #lose: (() => void) | null = null;
  /** The last connection is still saying goodbye; nobody waits for that but the next one. */
  #closed: Promise<void> = Promise.resolve();

  constructor(open: OpenAttempt, clock: Clock, onFault: (error: unknown) => void) {
    this.#open = open;
    this.#clock = clock;
    this.#onFault = onFault;
    this.#state = { phase: 'offline', since: clock.now() };
  }

  get state(): ConnectionState {
    return isConnected(this.#state)
      ? { ...this.#state, roundTripMs: this.#live?.connection.roundTripMs ?? null }
      : this.#state;
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
        this.#set({ phase: 'connecting', since: this.#clock.now(), step: null });
        this.#skipWait.abort();
      }
      return;
    }
    const controller = new AbortController();
    this.#attempt = 0;
    this.#nextWait = null;
    this.#set({ phase: 'connecting', since: this.#clock.now(), step: null });
    const ended = this.#keep(persistent, controller.signal).then(
      async () => {
        await this.#closed;
        this.#run = null;
      },
      (error: unknown) => {
        // first: whoever hears of the failure may connect again at once
        this.#run = null;
        this.#fail(error);
        if (!(error instanceof AppError)) this.#onFault(error);
      },
    );
    this.#run = { controller, ended };
  }

  /**
   * The computer woke up or has another network: a live connection is asked for a sign of life and made again at once when it has
   * none, a wait ends, and a question that nobody answered is put again. `jitterMs` before a new attempt, so that not all clusters
   * are knocked at in the same moment. What a server refused stays refused. Resolves when the connection was tried.
   */
  async wake(jitterMs: number): Promise<void> {
    const now = this.#clock.now();
    const state = this.#state;
    if (state.phase === 'failed') {
      if (state.error.name === 'PROMPT_EXPIRED') this.connect(true);
      return;
    }
    if (state.phase === 'connecting' || state.phase === 'asking') this.#wokeWhileConnecting = true;
    if (state.phase === 'waiting') {
      if (now - this.#lastWakeAt < WAKE_PAUSE_MS) return;
      this.#lastWakeAt = now;
      this.#attempt = 0;
      this.#nextWait = jitterMs;
      this.#skipWait.abort();
      return;
    }
    const live = this.#live;
    if (live === null) return;
    this.#nextWait = jitterMs;
    try {
      await live.connection.probe(WAKE_PROBE_MS);
      if (this.#live === live) this.#nextWait = null;
    } catch {
      if (this.#live === live) this.#lose?.();
    }
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
    await this.#until(
      (state) => (this.#live !== null || state.phase === 'failed' || state.phase === 'offline' ? state : null),
      signal,
    );
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
    let everReady = persistent;
    for (;;) {
      let reason: Message;
      this.#wokeWhileConnecting = false;
      try {
        const { steadyMs, why } = await this.#once(signal);
        everReady = true;
        if (steadyMs >= STEADY_MS) this.#attempt = 0;
        reason = why;
      } catch (error) {
        if (isAborted(signal)) return;
        // slept over: whoever woke the computer is asked anew
        const isAskedAnew = AppError.is(error, 'PROMPT_EXPIRED') && this.#wasWoken();
        if (!isAskedAnew && (!everReady || !isPassing(error))) throw error;
        reason = reasonMessage(error);
      }
      if (isAborted(signal)) return;
      this.#attempt += 1;
      await this.#wait(reason, signal);
      if (isAborted(signal)) return;
    }
  }

  /** One connection from its first packet to its loss. Returns how long it was ready, in milliseconds, and why it was lost. */
  async #once(signal: AbortSignal): Promise<{ steadyMs: number; why: Message }> {
    let why = message('connection.gaveNoSign');
    await this.#closed;
    if (isAborted(signal)) return { steadyMs: 0, why };
    const since = this.#clock.now();
    if (this.#state.phase !== 'connecting') this.#set({ phase: 'connecting', since, step: null });
    const session = await this.#open(
      {
        step: (step) => this.#set({ phase: 'connecting', since, step }),
        asking: (promptId) => this.#set({ phase: 'asking', since, promptId }),
      },
      signal,
    );
    const { connection } = session;
    const readySince = this.#clock.now();
    const listening: Disposable[] = [];
    try {
      await new Promise<void>((resolve) => {
        const over = new AbortController();
        const end = (): void => {
          over.abort();
          resolve();
        };
        if (signal.aborted) end();
        signal.addEventListener('abort', end, { once: true });
        // one that is lost already says so as soon as it is listened to
        listening.push(
          { dispose: () => signal.removeEventListener('abort', end) },
          connection.onLost((error) => {
            why = lossOf(error);
            end();
          }),
        );
        if (isAborted(over.signal)) return;
        listening.push(
          connection.onHealth(({ answering, silentMs }) => this.#health(session, answering, silentMs, readySince)),
        );
        this.#live = session;
        this.#lose = end;
        this.#nextWait = null;
        this.#set({ phase: 'ready', since: readySince, roundTripMs: connection.roundTripMs });
      });
    } finally {
      this.#live = null;
      this.#lose = null;
      for (const listener of listening) void listener.dispose();
      this.#closed = Promise.resolve(connection.dispose()).catch(this.#onFault);
    }
    return { steadyMs: this.#clock.now() - readySince, why };
  }

  #health(session: OpenSession, answering: boolean, silentMs: number, readySince: number): void {
    if (this.#live !== session) return;
    const { roundTripMs } = session.connection;
    if (answering) {
      if (this.#state.phase === 'degraded') this.#set({ phase: 'ready', since: readySince, roundTripMs });
      return;
    }
    const since = this.#state.phase === 'degraded' ? this.#state.since : Math.round(this.#clock.now() - silentMs);
    this.#set({
      phase: 'degraded',
      since,
      roundTripMs,
      reason: message('connection.silentFor', { seconds: Math.round(silentMs / 1000) }),
    });
  }

  async #wait(reason: Message, signal: AbortSignal): Promise<void> {
    let delay = this.#takeNextWait() ?? backoff(this.#attempt, Math.random());
    for (;;) {
      this.#skipWait = new AbortController();
      const now = this.#clock.now();
      this.#set({ phase: 'waiting', since: now, until: now + delay, attempt: this.#attempt, reason });
      try {
        await this.#clock.sleep(delay, AbortSignal.any([signal, this.#skipWait.signal]));
      } catch (error) {
        if (!AppError.is(error, 'CANCELLED')) throw error;
      }
      // woken up: a little wait instead of the long one
      const sooner = this.#takeNextWait();
      if (sooner === null || isAborted(signal)) return;
      delay = sooner;
    }
  }

  /** A call, since it changes while an attempt is under way. */
  #wasWoken(): boolean {
    return this.#wokeWhileConnecting;
  }

  #takeNextWait(): number | null {
    const taken = this.#nextWait;
    this.#nextWait = null;
    return taken;
  }

  #fail(error: unknown): void {
    this.#set({ phase: 'failed', since: this.#clock.now(), error: recordOf(error) });
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    this.changed.emit(state);
  }
}
