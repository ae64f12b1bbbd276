import { AppError } from '../../../shared/errors/appError.ts';
import { isChannelRefusal } from '../errors.ts';
import { manyListeners, pause, within } from '../limits.ts';

const LONGEST_CLOSE_MS = 5000;
const FIRST_RETRY_MS = 20;

/** A kind of channel that a connection needs: a shell, SFTP. */
export interface ChannelKind<T extends object> {
  /** At most so many at once. */
  readonly max: number;
  /** True: any number of users at once. False: one after the other. */
  readonly shared: boolean;
  /**
   * Its users move bytes for as long as it takes. They never keep anybody else waiting: who is no bulk user gets the place of one at its next
   * good point, even if it has other channels of its own kind that are just busy.
   */
  readonly bulk?: boolean;
  open(signal: AbortSignal): Promise<T>;
  /** Resolves once the server has let go of it. */
  close(channel: T): Promise<void>;
}

export interface Lease<T> {
  readonly channel: T;
  /** Someone waits for this channel's place: long work should stop at the next good point and ask again. */
  readonly wanted: boolean;
  /** Someone waits for a channel of this kind, as many as there may be: long work should let others have a turn now and then. */
  readonly awaited: boolean;
  /** The channel is not to be used again. */
  spoil(): void;
}

interface Slot {
  readonly kind: ChannelKind<object>;
  readonly channel: object;
  users: number;
  /** When it was last given to somebody, in turns of the queue. */
  usedAt: number;
  /** No new users; closed as soon as the last one is gone. */
  leaving: boolean;
  closing: boolean;
}

interface Waiter {
  readonly kind: ChannelKind<object>;
  grant: (slot: Slot) => void;
  refuse: (error: unknown) => void;
}

export interface ChannelQueueOptions {
  readonly host: string;
  /** Channels at once, of all kinds. */
  readonly limit: number;
  /** Milliseconds for which the only channel, when it is refused, is asked for again until CHANNEL_REFUSED. */
  readonly refusalMs: number;
}

/**
 * Shares out the few channels that a server allows on one connection. How many it allows is learned: a refusal while other channels
 * are open sets the limit to those. At the limit, kinds take turns: a kind that has no channel gets the place of
 * another one as soon as its users are done. So everything works, slowly, even with sshd's `MaxSessions 1`. Bulk users come last and give
 * way first.
 */
export class ChannelQueue {
  readonly #host: string;
  readonly #refusalMs: number;
  readonly #ended = manyListeners();
  readonly #slots: Slot[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #opening: ChannelKind<object>[] = [];
  #limit: number;
  #turn = 0;

  constructor(options: ChannelQueueOptions) {
    this.#host = options.host;
    this.#limit = options.limit;
    this.#refusalMs = options.refusalMs;
  }

  /** Channels at once that the server is believed to allow. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * Runs `body` with a channel of this kind, opening one if need be. The wait for a place has no limit but the signal.
   * Errors: CHANNEL_REFUSED when the server grants not even one, whatever `open` rejects with, the signal's reason.
   */
  async use<T extends object, R>(
    kind: ChannelKind<T>,
    signal: AbortSignal,
    body: (lease: Lease<T>) => Promise<R>,
  ): Promise<R> {
    const slot = await this.#acquire(kind, signal);
    const awaited = (): boolean => this.#waiters.some((waiter) => waiter.kind === kind);
    try {
      return await body({
        channel: slot.channel as T,
        get wanted() {
          return slot.leaving;
        },
        get awaited() {
          return awaited();
        },
        spoil: () => {
          slot.leaving = true;
        },
      });
    } finally {
      slot.users -= 1;
      this.#pump();
    }
  }

  /** The server closed this channel. */
  forget(channel: object): void {
    const index = this.#slots.findIndex((slot) => slot.channel === channel);
    if (index >= 0) this.#slots.splice(index, 1);
    this.#pump();
  }

  /** Ends every wait with this error. The channels themselves end with the connection. */
  end(error: AppError): void {
    this.#ended.abort(error);
    for (const waiter of this.#waiters.splice(0)) waiter.refuse(error);
  }

  async #acquire(kind: ChannelKind<object>, signal: AbortSignal): Promise<Slot> {
    const waiter: Waiter = { kind, grant: () => undefined, refuse: () => undefined };
    try {
      return await within(
        { signals: [signal, this.#ended.signal] },
        (ended) =>
          new Promise<Slot>((resolve, reject) => {
            waiter.grant = (slot) => {
              if (ended.aborted) return;
              slot.users += 1;
              slot.usedAt = this.#turn += 1;
              resolve(slot);
            };
            waiter.refuse = reject;
            this.#waiters.push(waiter);
            this.#pump();
          }),
      );
    } finally {
      const index = this.#waiters.indexOf(waiter);
      if (index >= 0) this.#waiters.splice(index, 1);
    }
  }

  #pump(): void {
    if (this.#ended.signal.aborted) return;
    for (const slot of this.#slots) {
      if (slot.leaving && slot.users === 0 && !slot.closing) void this.#close(slot);
    }
    for (const waiter of [...this.#waiters]) {
      const slot = this.#slots.find(
        (each) => each.kind === waiter.kind && !each.leaving && (each.kind.shared || each.users === 0),
      );
      if (slot) {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        waiter.grant(slot);
      }
    }
    const kinds = [...new Set(this.#waiters.map((waiter) => waiter.kind))];
    for (const kind of kinds.toSorted((a, b) => Number(a.bulk === true) - Number(b.bulk === true))) this.#provide(kind);
  }

  /** Opens another channel of a kind that is waited for, or makes room for its first one. */
  #provide(kind: ChannelKind<object>): void {
    const count = this.#slots.filter((slot) => slot.kind === kind).length;
    const opening = this.#opening.filter((each) => each === kind).length;
    const waiting = this.#waiters.filter((waiter) => waiter.kind === kind).length;
    if (count + opening >= kind.max || opening >= (kind.shared ? 1 : waiting)) return;
    if (this.#slots.length + this.#opening.length < this.#limit) {
      void this.#open(kind);
      return;
    }
    if (this.#slots.some((slot) => slot.leaving)) return;
    const victim = this.#victimFor(kind, count + opening);
    if (!victim) return;
    victim.leaving = true;
    if (victim.users === 0) void this.#close(victim);
  }

  /** Whose place this kind gets, of which there are so many channels. */
  #victimFor(kind: ChannelKind<object>, own: number): Slot | undefined {
    // what was used last is likely to be used next
    const others = this.#slots.filter((slot) => slot.kind !== kind).sort((a, b) => a.usedAt - b.usedAt);
    const idle = others.filter((slot) => slot.users === 0);
    const bulk = others.filter((slot) => slot.kind.bulk === true);
    if (kind.bulk !== true) {
      const giving = bulk.find((slot) => slot.users === 0) ?? bulk[0];
      if (giving) return giving;
    }
    if (own > 0) return undefined;
    const spare = idle.find((slot) => this.#slots.filter((each) => each.kind === slot.kind).length > 1);
    return spare ?? idle[0] ?? others[0];
  }

  async #open(kind: ChannelKind<object>): Promise<void> {
    this.#opening.push(kind);
    try {
      const channel = await this.#openPatiently(kind);
      if (channel) this.#slots.push({ kind, channel, users: 0, usedAt: 0, leaving: false, closing: false });
    } catch (error) {
      const index = this.#waiters.findIndex((waiter) => waiter.kind === kind);
      if (index >= 0) this.#waiters.splice(index, 1)[0]?.refuse(error);
    } finally {
      this.#opening.splice(this.#opening.indexOf(kind), 1);
    }
    this.#pump();
  }

  /** Null: refused, and the limit is lower now. */
  async #openPatiently(kind: ChannelKind<object>): Promise<object | null> {
    let waited = 0;
    for (let delay = FIRST_RETRY_MS; ; delay *= 2) {
      try {
        return await kind.open(this.#ended.signal);
      } catch (error) {
        if (!isChannelRefusal(error)) throw error;
        const others = this.#slots.filter((slot) => !slot.closing).length + this.#opening.length - 1;
        if (others > 0) {
          this.#limit = Math.min(this.#limit, others);
          return null;
        }
        if (waited >= this.#refusalMs)
          throw new AppError('CHANNEL_REFUSED', { details: { host: this.#host }, cause: error });
        await pause(delay, this.#ended.signal);
        waited += delay;
      }
    }
  }

  async #close(slot: Slot): Promise<void> {
    slot.closing = true;
    const timeout = {
      ms: LONGEST_CLOSE_MS,
      expired: () => new AppError('CHANNEL_REFUSED', { details: { host: this.#host } }),
    };
    // one that never closes is given up: if the server still counts it, the next opening is refused and tried again
    await within({ signals: [this.#ended.signal], timeout }, () => slot.kind.close(slot.channel)).catch(
      () => undefined,
    );
    this.forget(slot.channel);
  }
}
