import { expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/appError.ts';
import { SharedWork } from './sharedWork.ts';

/** Work that lasts until it is let or ended. */
function lasting(): {
  work: (ending: AbortSignal) => Promise<void>;
  finish: () => void;
  begun: () => number;
  ended: () => boolean;
} {
  let finish = (): void => undefined;
  let begun = 0;
  let ending: AbortSignal | null = null;
  return {
    work: (signal) => {
      begun += 1;
      ending = signal;
      return new Promise((resolve) => (finish = resolve));
    },
    finish: () => finish(),
    begun: () => begun,
    ended: () => ending?.aborted === true,
  };
}

it('is done once for all who want it', async () => {
  const shared = new SharedWork<string>();
  const { work, finish, begun } = lasting();
  const all = [shared.join('a', new AbortController().signal, work), shared.join('a', null, work)];
  expect(shared.isUnderWay('a')).toBe(true);
  finish();
  await Promise.all(all);
  expect([begun(), shared.isUnderWay('a')]).toEqual([1, false]);
});

it('goes on while anybody waits, and ends with the last', async () => {
  const shared = new SharedWork<string>();
  const { work, ended } = lasting();
  const [one, other] = [new AbortController(), new AbortController()];
  const first = shared.join('a', one.signal, work);
  const second = shared.join('a', other.signal, work);
  one.abort();
  await expect(first).rejects.toMatchObject({ name: 'CANCELLED' });
  expect(ended()).toBe(false);
  other.abort();
  await expect(second).rejects.toMatchObject({ name: 'CANCELLED' });
  expect([ended(), shared.isUnderWay('a')]).toEqual([true, false]);
});

it('goes on to its end where one wants it who never leaves', async () => {
  const shared = new SharedWork<string>();
  const { work, finish, ended } = lasting();
  const stop = new AbortController();
  const kept = shared.join('a', null, work);
  const left = shared.join('a', stop.signal, work);
  stop.abort();
  await expect(left).rejects.toMatchObject({ name: 'CANCELLED' });
  expect(ended()).toBe(false);
  finish();
  await kept;
});

it('is begun anew after it failed or was ended', async () => {
  const shared = new SharedWork<string>();
  const failing = (): Promise<void> =>
    Promise.reject(new AppError('CONNECTION_LOST', { details: { host: 'h', reason: '' } }));
  await expect(shared.join('a', null, failing)).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
  const { work, begun, ended } = lasting();
  const waiting = shared.join('a', null, work);
  shared.dispose();
  await expect(waiting).rejects.toMatchObject({ name: 'CANCELLED' });
  expect([begun(), ended()]).toEqual([1, true]);
});
