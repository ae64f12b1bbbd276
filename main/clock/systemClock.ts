import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../shared/errors/appError.ts';
import type { Clock } from '../core/ports.ts';

/** Real time, as the hosts have it. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      throw new AppError('CANCELLED', { cause: error });
    }
  },
};
