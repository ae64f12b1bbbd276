import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import { AppError } from '../../shared/errors/appError.ts';
import { message } from '../../shared/messages/message.ts';
import type { ConvertedRows } from './migration.ts';
import type { ReadAnswer, ReadTask } from './readAheadWorker.ts';
import type { RangeReader } from './rebuild.ts';

/** Ranges that a thread is given before the first is asked back. */
const AHEAD = 4;
/** A thread that says nothing for so long has died. */
const SILENCE_MS = 60_000;

function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './readAheadWorker.ts' : './readAheadWorker.js', import.meta.url);
}

interface Helper {
  readonly worker: Worker;
  readonly port: MessagePort;
  /** How many answers it has sent: what a thread that has nothing else to do can wait for. */
  readonly answers: Int32Array;
}

function startHelper(file: string, step: number, nativeBinding: string | undefined): Helper {
  const { port1, port2 } = new MessageChannel();
  const shared = new SharedArrayBuffer(4);
  const task: ReadTask = { file, step, nativeBinding, port: port2, answers: shared };
  const worker = new Worker(workerUrl(), { name: 'store upgrade reader', workerData: task, transferList: [port2] });
  worker.on('error', () => undefined);
  return { worker, port: port1, answers: new Int32Array(shared) };
}

/** Waits for the next answer of a helper; this thread stands still meanwhile. */
function next({ port, answers }: Helper, file: string): ConvertedRows {
  for (;;) {
    const seen = Atomics.load(answers, 0);
    const answer = receiveMessageOnPort(port)?.message as ReadAnswer | undefined;
    if (answer !== undefined) {
      if (answer.kind === 'rows') return answer.rows;
      // as SQLite says it, so that damage is known as damage
      throw Object.assign(new Error(answer.message), answer.code === null ? {} : { code: answer.code });
    }
    if (Atomics.wait(answers, 0, seen, SILENCE_MS) === 'timed-out')
      throw new AppError('STORE_UNAVAILABLE', { details: { reason: message('store.updateThread'), file } });
  }
}

/**
 * Reads and converts in threads of their own, a few ranges ahead of who asks. Only for a thread that may stand still: not the main one.
 * `step`: which migration converts.
 */
export function readAhead(step: number, threads: number, nativeBinding: string | undefined): RangeReader {
  return function* (file, ranges) {
    const helpers = Array.from({ length: Math.min(threads, ranges.length) }, () =>
      startHelper(file, step, nativeBinding),
    );
    try {
      const helperOf = (n: number): Helper | undefined => helpers[n % helpers.length];
      const ahead = helpers.length * AHEAD;
      for (const [n, range] of ranges.slice(0, ahead).entries()) helperOf(n)?.port.postMessage(range);
      for (const n of ranges.keys()) {
        const helper = helperOf(n);
        if (helper === undefined) return;
        const rows = next(helper, file);
        const later = ranges[n + ahead];
        if (later !== undefined) helper.port.postMessage(later);
        yield rows;
      }
    } finally {
      for (const { worker, port } of helpers) {
        port.close();
        void worker.terminate();
      }
    }
  };
}
