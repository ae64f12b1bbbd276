import type { Client } from 'ssh2';
import type { AppError } from '../../../shared/errors/appError.ts';
import { manyListeners, within } from '../limits.ts';
import { askForSign, lineOf } from '../ssh2/signOfLife.ts';

export interface Health {
  readonly answering: boolean;
  /** Milliseconds for which nothing came although something was asked. */
  readonly silentMs: number;
}

/**
 * Watches one connection for signs of life, by its bytes: something was sent or is waited for, and nothing came since. Not all of that has
 * an answer soon (data for a script, a script that takes its time), so that half-way the server is asked for one: the request of an unknown
 * kind that OpenSSH's ServerAliveInterval uses, which every server must answer, if only with a no. Source: RFC 4254, 4.
 *
 * Where nothing is asked nothing is watched: an idle connection costs no byte and no timer.
 */
export class Heartbeat {
  readonly #client: Client;
  readonly #silentMs: number;
  readonly #onHealth: (health: Health) => void;
  readonly #ended = manyListeners();
  #timer: NodeJS.Timeout | undefined;
  #heardAt = performance.now();
  /** Since when something should come; null when nothing is asked. */
  #askedAt: number | null = null;
  /** Bytes were sent since something came. */
  #sentSince = false;
  /** Operations under way. */
  #waiting = 0;
  #silent = false;

  constructor(client: Client, silentMs: number, onHealth: (health: Health) => void) {
    this.#client = client;
    this.#silentMs = silentMs;
    this.#onHealth = onHealth;
    const socket = lineOf(client);
    socket.on('data', () => {
      this.#hear();
    });
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...args: unknown[]) => {
      this.#sentSince = true;
      this.#ask();
      return write(...args);
    };
  }

  /** While `body` lasts something is waited for, even if all that was sent so far has been answered. */
  async during<T>(body: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    this.#ask();
    try {
      return await body();
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#sentSince) this.#askedAt = null;
    }
  }

  /**
   * Asks for a sign of life, and resolves with the milliseconds until it came. Behind a transfer the answer itself may be late: then any bytes
   * that arrived meanwhile are one. Rejects with `expired()` when there was none, or with the reason of `end`.
   */
  async probe(timeoutMs: number, expired: () => AppError): Promise<number> {
    const sentAt = performance.now();
    return within(
      { signals: [this.#ended.signal] },
      (ended) =>
        new Promise<number>((resolve, reject) => {
          const timer = setTimeout(() => {
            // what has arrived is heard before it is judged: this thread itself may have been held up, or asleep
            setImmediate(() => {
              if (this.#heardAt > sentAt) resolve(this.#heardAt - sentAt);
              else reject(expired());
            });
          }, timeoutMs);
          ended.addEventListener('abort', () => {
            clearTimeout(timer);
          });
          askForSign(this.#client, (over) => {
            // the reason of that comes by `end`
            if (over !== null) return;
            clearTimeout(timer);
            resolve(performance.now() - sentAt);
          });
        }),
    );
  }

  /** The connection has ended: probes end with this error, and nothing is watched any more. */
  end(error: AppError): void {
    clearTimeout(this.#timer);
    this.#ended.abort(error);
  }

  #hear(): void {
    this.#heardAt = performance.now();
    const askedAt = this.#askedAt;
    this.#askedAt = this.#waiting > 0 ? this.#heardAt : null;
    this.#sentSince = false;
    if (this.#silent) {
      this.#silent = false;
      this.#onHealth({ answering: true, silentMs: this.#heardAt - (askedAt ?? this.#heardAt) });
    }
    this.#watch();
  }

  #ask(): void {
    this.#askedAt ??= performance.now();
    this.#watch();
  }

  /** Sees to it that silence is looked at once it is half as long as it may be, and then at its whole length. */
  #watch(pinged = false): void {
    const since = this.#askedAt;
    if (since === null || this.#timer !== undefined || this.#silent || this.#ended.signal.aborted) return;
    const due = since + (pinged ? this.#silentMs : this.#silentMs / 2);
    this.#timer = setTimeout(
      () => {
        // what has arrived is heard before it is judged
        setImmediate(() => {
          this.#timer = undefined;
          if (this.#askedAt !== since) this.#watch();
          // a timer counts whole milliseconds from where the event loop last looked, and so may be early
          else if (performance.now() < due) this.#watch(pinged);
          else if (pinged) this.#tellSilence(since);
          else {
            this.#watch(true);
            askForSign(this.#client, () => undefined);
          }
        });
      },
      Math.max(0, due - performance.now()),
    );
  }

  #tellSilence(since: number): void {
    if (this.#ended.signal.aborted) return;
    this.#silent = true;
    this.#onHealth({ answering: false, silentMs: performance.now() - since });
  }
}
