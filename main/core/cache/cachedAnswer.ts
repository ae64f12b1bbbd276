import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Clock } from '../ports.ts';
import { abortable } from './abortable.ts';
import type { KeptPerCluster } from './keptPerCluster.ts';

/** The cluster gave no answer, or none of use: what it said before is the best there is. Any other error is about the question. */
const NO_ANSWER = [
  'NOT_CONNECTED',
  'CONNECTION_LOST',
  'REMOTE_TIMEOUT',
  'REMOTE_GARBAGE',
  'ANSWER_TOO_LARGE',
  'SLURM_UNAVAILABLE',
] as const;

/** What a question is put with. */
export interface Asking<T> {
  /** Not that of one who waits: it is aborted when the cluster is forgotten. */
  readonly signal: AbortSignal;
  /** Keeps a first part of the answer, for those who do not wait for the rest. */
  readonly part: (answer: T) => void;
}

/** Where an answer comes from, and how long it is good. */
export interface AnswerSource<T> {
  /** When the answer was given, in epoch ms. It stands in the answer itself, so that whoever shows an old one can say its age. */
  takenAt(answer: T): number;
  /** Milliseconds for which this answer is as good as a new one. */
  freshMs(clusterId: ClusterId, known: T): number;
  /** Asks the cluster. `known` is the answer from before. */
  ask(clusterId: ClusterId, known: T | null, asking: Asking<T>): Promise<T>;
  /** A new answer has been kept, whole. */
  onAnswer?(clusterId: ClusterId, answer: T): void;
}

export interface TakeOptions {
  /** Ask even if what is kept is fresh, and fail rather than show an old answer. Default false. */
  readonly refresh?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Something that each cluster answers and that is kept for a time: asked for once however many want it, and shown old, with its age, when
 * no new answer comes.
 */
export class CachedAnswer<T> {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kept: Pick<KeptPerCluster<T>, 'get' | 'set'>;
  readonly #source: AnswerSource<T>;
  readonly #underWay = new Map<ClusterId, { readonly answer: Promise<T>; readonly end: AbortController }>();

  constructor(clock: Pick<Clock, 'now'>, kept: Pick<KeptPerCluster<T>, 'get' | 'set'>, source: AnswerSource<T>) {
    this.#clock = clock;
    this.#kept = kept;
    this.#source = source;
  }

  /**
   * The kept answer when it is fresh; otherwise, or with `refresh`, a new one. Where the cluster gives none, the kept one however old;
   * the error of the question when there is no kept one or with `refresh`, and always when it says anything but that no answer came.
   * CANCELLED as soon as `signal` is aborted; others who wait for the same answer still get it.
   */
  async take(clusterId: ClusterId, { refresh = false, signal }: TakeOptions): Promise<T> {
    const known = this.#kept.get(clusterId);
    if (known !== null && !refresh && this.#isFresh(clusterId, known)) return known;
    try {
      return await abortable(this.#asked(clusterId, known), signal);
    } catch (error) {
      // a part of a new one may have come
      if (known !== null && !refresh && AppError.is(error, ...NO_ANSWER)) return this.#kept.get(clusterId) ?? known;
      throw error;
    }
  }

  /** The cluster may be another one now: a question that is under way ends with CANCELLED, and its answer is not kept. */
  forget(clusterId: ClusterId): void {
    this.#underWay.get(clusterId)?.end.abort(new AppError('CANCELLED'));
    this.#underWay.delete(clusterId);
  }

  #isFresh(clusterId: ClusterId, known: T): boolean {
    const age = this.#clock.now() - this.#source.takenAt(known);
    // an answer from the future is from before this computer's clock was put back
    return age >= 0 && age < this.#source.freshMs(clusterId, known);
  }

  #asked(clusterId: ClusterId, known: T | null): Promise<T> {
    const asking = this.#underWay.get(clusterId);
    if (asking !== undefined) return asking.answer;
    const end = new AbortController();
    const answer = abortable(this.#ask(clusterId, known, end.signal), end.signal).finally(() => {
      if (this.#underWay.get(clusterId)?.end === end) this.#underWay.delete(clusterId);
    });
    this.#underWay.set(clusterId, { answer, end });
    return answer;
  }

  async #ask(clusterId: ClusterId, known: T | null, signal: AbortSignal): Promise<T> {
    const keep = (answer: T): void => {
      if (!signal.aborted) this.#kept.set(clusterId, answer);
    };
    const answer = await this.#source.ask(clusterId, known, { signal, part: keep });
    keep(answer);
    if (signal.aborted) throw new AppError('CANCELLED');
    this.#source.onAnswer?.(clusterId, answer);
    // as it was kept: what keeps it may add what it knows
    return this.#kept.get(clusterId) ?? answer;
  }
}
