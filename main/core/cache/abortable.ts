import { AppError } from '../../../shared/errors/appError.ts';

/** The answer that others wait for as well, or CANCELLED as soon as this one no longer wants it; the work goes on for the others. */
export async function abortable<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    answer.catch(() => undefined);
    throw new AppError('CANCELLED');
  }
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(new AppError('CANCELLED'));
    signal.addEventListener('abort', stop, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
