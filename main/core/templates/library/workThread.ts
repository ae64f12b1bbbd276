import { Worker } from 'node:worker_threads';
import { AppError, fromWire, type WireError } from '../../../../shared/errors/appError.ts';
import type { Disposable } from '../../../../shared/lib/disposable.ts';
import { message } from '../../../../shared/messages/message.ts';
import { SHORT, workerUrl } from '../format/templateReader.ts';
import { doWork, type WorkInput, type WorkName, type WorkOutput } from './templateWork.ts';

/** Whatever a text does to the YAML library, its caller is answered after so long. Milliseconds from when the work begins. */
const TIME_LIMIT = 10_000;
/** Real templates take a hundredth of it; beyond, the thread ends and the program goes on. */
const MEMORY = { maxOldGenerationSizeMb: 512 } as const;

export type WorkAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: WireError; readonly stack: string | undefined };

export interface TemplateWork extends Disposable {
  /** `doWork` where it cannot hold up others. TEMPLATE_INVALID where it takes too long or too much memory. */
  do<N extends WorkName>(name: N, input: WorkInput<N>): Promise<WorkOutput<N>>;
}

/** Short work is done at once. The rest goes through a thread, one after the other, each with its own time; a thread that had to be ended costs nobody else anything. */
export function createTemplateWork(timeLimit = TIME_LIMIT): TemplateWork {
  let worker: Worker | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let disposed = false;

  const tooLong = (): AppError =>
    new AppError('TEMPLATE_INVALID', {
      details: { reason: message('library.tooIntricate', { seconds: timeLimit / 1000 }) },
      hint: message('library.makeShorter'),
    });

  const inThread = (name: WorkName, input: unknown): Promise<WorkAnswer | null> =>
    new Promise((resolve) => {
      const thread = (worker ??= new Worker(workerUrl(), { name: 'template work', resourceLimits: MEMORY }));
      thread.ref();
      const settle = (answer: WorkAnswer | null): void => {
        clearTimeout(timer);
        thread.removeAllListeners();
        // whatever it still says after it was ended
        thread.on('error', () => undefined);
        if (answer === null) {
          if (worker === thread) worker = null;
          void thread.terminate();
        } else thread.unref();
        resolve(answer);
      };
      const timer = setTimeout(() => settle(null), timeLimit);
      thread.removeAllListeners();
      thread.on('message', (answer: WorkAnswer) => settle(answer));
      thread.on('error', () => settle(null));
      thread.on('exit', () => settle(null));
      thread.postMessage({ id: 0, kind: 'work', name, input });
    });

  return {
    do<N extends WorkName>(name: N, input: WorkInput<N>): Promise<WorkOutput<N>> {
      const repeats = 'edits' in input ? input.edits.length : 1;
      if (JSON.stringify(input).length * repeats <= SHORT) return Promise.resolve().then(() => doWork(name, input));
      const work = last.then(async () => {
        if (disposed) throw new AppError('CANCELLED');
        const answer = await inThread(name, input);
        if (answer === null) throw tooLong();
        if (answer.ok) return answer.value as WorkOutput<N>;
        const error = fromWire(answer.error);
        if (error.name === 'INTERNAL') throw Object.assign(new Error(answer.error.message), { stack: answer.stack });
        throw error;
      });
      last = work.catch(() => undefined);
      return work;
    },
    async dispose() {
      disposed = true;
      await worker?.terminate();
    },
  };
}
