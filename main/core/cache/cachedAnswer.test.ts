import { beforeEach, describe, expect, it } from 'vitest';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { VirtualClock } from '../testing/virtualClock.ts';
import { CachedAnswer } from './cachedAnswer.ts';

const ID = ClusterId.parse('c1');
const OTHER = ClusterId.parse('c2');
const never = new AbortController().signal;
const FRESH_MS = 30_000;

interface Answer {
  readonly number: number;
  readonly takenAt: number;
}

let clock: VirtualClock;
let kept: Map<ClusterId, Answer>;
/** Clusters that were asked, in order. */
let asked: ClusterId[];
/** What the cluster does with a question; by itself it answers at once. */
let reply: (signal: AbortSignal, part: (answer: Answer) => void) => Promise<void>;
let told: Answer[];
let cache: CachedAnswer<Answer>;

const notConnected = (): AppError => new AppError('NOT_CONNECTED', { details: { cluster: 'c1' } });

beforeEach(() => {
  clock = new VirtualClock();
  kept = new Map();
  asked = [];
  told = [];
  reply = () => Promise.resolve();
  cache = new CachedAnswer<Answer>(
    clock,
    { get: (id) => kept.get(id) ?? null, set: (id, answer) => void kept.set(id, answer) },
    {
      takenAt: ({ takenAt }) => takenAt,
      freshMs: () => FRESH_MS,
      ask: async (id, known, { signal, part }) => {
        asked.push(id);
        await reply(signal, part);
        return { number: (known?.number ?? 0) + 1, takenAt: clock.now() };
      },
      onAnswer: (_id, answer) => void told.push(answer),
    },
  );
});

/** A cluster that answers when it is let. */
function held(): { answer: () => void } {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  reply = () => answered;
  return { answer };
}

describe('an answer that is kept', () => {
  it('is good for its time, and is asked for again after it', async () => {
    const first = await cache.take(ID, { signal: never });
    await clock.advance(FRESH_MS - 1);
    expect(await cache.take(ID, { signal: never })).toBe(first);
    await clock.advance(1);
    expect(await cache.take(ID, { signal: never })).toEqual({ number: 2, takenAt: clock.now() });
    expect(asked).toEqual([ID, ID]);
    expect(told).toHaveLength(2);
  });

  it('is asked for again on request, however fresh', async () => {
    await cache.take(ID, { signal: never });
    expect((await cache.take(ID, { refresh: true, signal: never })).number).toBe(2);
  });

  it('is not good when it is from the future: this computer’s clock was put back', async () => {
    kept.set(ID, { number: 7, takenAt: clock.now() + 3_600_000 });
    expect((await cache.take(ID, { signal: never })).number).toBe(8);
  });

  it('is each cluster’s own', async () => {
    await Promise.all([cache.take(ID, { signal: never }), cache.take(OTHER, { signal: never })]);
    expect(asked).toEqual([ID, OTHER]);
  });
});

describe('a question', () => {
  it('is put once for all who want its answer at the same time', async () => {
    const cluster = held();
    const waiting = [
      cache.take(ID, { signal: never }),
      cache.take(ID, { signal: never }),
      cache.take(ID, { refresh: true, signal: never }),
    ];
    cluster.answer();
    expect((await Promise.all(waiting)).map(({ number }) => number)).toEqual([1, 1, 1]);
    expect(asked).toEqual([ID]);
  });

  it('goes on for the others when one of those who wait, the first even, has gone', async () => {
    const cluster = held();
    const gone = new AbortController();
    const first = cache.take(ID, { signal: gone.signal });
    const second = cache.take(ID, { signal: never });
    gone.abort();
    await expect(first).rejects.toMatchObject({ name: 'CANCELLED' });
    cluster.answer();
    expect((await second).number).toBe(1);
    expect(kept.get(ID)?.number).toBe(1);
  });

  it('is put anew after one that failed', async () => {
    reply = () => Promise.reject(notConnected());
    await expect(cache.take(ID, { signal: never })).rejects.toMatchObject({ name: 'NOT_CONNECTED' });
    reply = () => Promise.resolve();
    expect((await cache.take(ID, { signal: never })).number).toBe(1);
  });

  it.each([
    'NOT_CONNECTED',
    'CONNECTION_LOST',
    'REMOTE_TIMEOUT',
    'REMOTE_GARBAGE',
    'ANSWER_TOO_LARGE',
    'SLURM_UNAVAILABLE',
  ] as const)('that ends with %s leaves the old answer, which says its age', async (name) => {
    const old = await cache.take(ID, { signal: never });
    await clock.advance(100 * FRESH_MS);
    reply = () => Promise.reject(new AppError(name, { details: {} }));
    expect(await cache.take(ID, { signal: never })).toBe(old);
    expect(kept.get(ID)).toBe(old);
    expect(told).toHaveLength(1);
  });

  it('may be answered in parts: the first is kept while the rest is on its way, and stays when that never comes', async () => {
    kept.set(ID, { number: 1, takenAt: clock.now() - FRESH_MS });
    const half = { number: 1.5, takenAt: clock.now() - FRESH_MS };
    reply = (_signal, part) => {
      part(half);
      return Promise.reject(notConnected());
    };
    expect(await cache.take(ID, { signal: never })).toBe(half);
    expect(told).toEqual([]);
    reply = () => Promise.resolve();
    expect((await cache.take(ID, { signal: never })).number).toBe(2.5);
  });

  it('that fails is an error where nothing is kept, and for who asked for a new answer', async () => {
    reply = () => Promise.reject(notConnected());
    await expect(cache.take(ID, { signal: never })).rejects.toMatchObject({ name: 'NOT_CONNECTED' });
    kept.set(ID, { number: 1, takenAt: clock.now() });
    await expect(cache.take(ID, { refresh: true, signal: never })).rejects.toMatchObject({ name: 'NOT_CONNECTED' });
  });

  it('that fails for another reason than a missing answer is never hidden behind an old one', async () => {
    await cache.take(ID, { signal: never });
    await clock.advance(FRESH_MS);
    reply = () => Promise.reject(new Error('a bug'));
    await expect(cache.take(ID, { signal: never })).rejects.toThrow('a bug');
  });
});

describe('a cluster that is forgotten', () => {
  it('ends the question that is under way, and its late answer is not kept', async () => {
    let ended = false;
    const cluster = held();
    const waits = reply;
    reply = (signal, part) => {
      signal.addEventListener('abort', () => (ended = true));
      return waits(signal, part);
    };
    const waiting = cache.take(ID, { signal: never });
    cache.forget(ID);
    await expect(waiting).rejects.toMatchObject({ name: 'CANCELLED' });
    expect(ended).toBe(true);
    cluster.answer();
    await clock.advance(0);
    expect(kept.has(ID)).toBe(false);
    expect(told).toEqual([]);
  });

  it('is asked anew by who comes after', async () => {
    const old = held();
    const before = cache.take(ID, { signal: never });
    cache.forget(ID);
    await expect(before).rejects.toMatchObject({ name: 'CANCELLED' });
    reply = () => Promise.resolve();
    const after = cache.take(ID, { signal: never });
    old.answer();
    expect((await after).number).toBe(1);
    expect(told).toHaveLength(1);
  });
});
