import { Worker } from 'node:worker_threads';
import type { Problem } from '../../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import type { Disposable } from '../../../../shared/lib/disposable.ts';
import { parseTemplate } from './parseTemplate.ts';
import type { TemplateReading } from '../library/templateFile.ts';

type Parsed = { template: Template | null; problems: Problem[] };
type Place = { readonly path: string; readonly fileName: string };

export type ReaderCall = { id: number } & (
  { kind: 'files'; files: readonly Place[] } | { kind: 'text'; text: string; fileName: string }
);
export type ReaderAnswer = { id: number } & (
  | { kind: 'files'; readings: (TemplateReading | null)[] }
  | { kind: 'text'; parsed: Parsed }
  | { kind: 'failed'; reason: string }
);

/** Below this a text is parsed at once, in a millisecond or two; whatever it holds, it cannot take long. Characters. */
export const SHORT = 16 * 1024;

export interface TemplateReader extends Disposable {
  /** In a thread of its own. An empty list when the thread ended. */
  readFiles(files: readonly Place[]): Promise<(TemplateReading | null)[]>;
  /** The same as `parseTemplate`; what is long is parsed in the thread. */
  parse(text: string, fileName: string): Promise<Parsed>;
}

/** The worker's file: the source itself when that is what runs, else the bundle that the build puts beside this one. */
export function workerUrl(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? '../library/templateWorker.ts' : './templateWorker.js',
    import.meta.url,
  );
}

/** The thread begins with the first call, and keeps the program running only while it is waited for. */
export function createTemplateReader(onError: (error: unknown) => void = () => undefined): TemplateReader {
  let worker: Worker | null = null;
  let serial = 0;
  let disposed = false;
  const waiting = new Map<number, (answer: ReaderAnswer | null) => void>();

  const ended = (which: Worker): void => {
    if (worker === which) worker = null;
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  };
  const started = (): Worker => {
    const fresh = new Worker(workerUrl(), { name: 'template reader' });
    fresh.on('message', (answer: ReaderAnswer) => {
      const hand = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (waiting.size === 0) fresh.unref();
      hand?.(answer);
    });
    // an error is followed by the exit, which tells those who wait
    fresh.on('error', onError);
    fresh.on('exit', () => ended(fresh));
    return fresh;
  };
  const call = (
    what: Omit<Extract<ReaderCall, { kind: 'files' }>, 'id'> | Omit<Extract<ReaderCall, { kind: 'text' }>, 'id'>,
  ): Promise<ReaderAnswer | null> =>
    new Promise((resolve) => {
      if (disposed) {
        resolve(null);
        return;
      }
      const id = (serial += 1);
      waiting.set(id, resolve);
      worker ??= started();
      worker.ref();
      worker.postMessage({ ...what, id });
    });

  return {
    readFiles: async (files) => {
      const answer = await call({ kind: 'files', files });
      return answer?.kind === 'files' ? answer.readings : [];
    },
    parse: async (text, fileName) => {
      if (text.length <= SHORT) return parseTemplate(text, fileName);
      const answer = await call({ kind: 'text', text, fileName });
      return answer?.kind === 'text' ? answer.parsed : parseTemplate(text, fileName);
    },
    dispose: async () => {
      disposed = true;
      await worker?.terminate();
    },
  };
}
