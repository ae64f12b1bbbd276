import { message, type Message } from '../../../shared/messages/message.ts';
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import type { FileSlot } from '../../../shared/domain/template/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { notChecked } from './configFile.ts';

/** One at a time; `file` null: only whether the schema can be compiled. */
export interface ConfigCall {
  readonly file: {
    readonly text: string;
    readonly name: string;
    readonly slot: string;
    readonly format: FileSlot['format'];
  } | null;
  readonly schema: { readonly hash: string; readonly text: string } | null;
}
/** `ready`: the thread has begun. `schema`: from here on the schema is at work. */
export type ConfigAnswer =
  { kind: 'ready' } | { kind: 'schema' } | { kind: 'done'; problems: Problem[]; fault: Message | null };

export interface ConfigCheckerOptions {
  /**
   * Milliseconds for reading a file, and again for its schema. Real ones take less than ten; the rest is room for a computer that is busy with
   * something else, on which a good template must not be called broken.
   */
  readonly limitMs?: number;
}
const LIMIT_MS = 3000;
/** For the thread to begin: modules are read from a disk that may be cold. Milliseconds. */
const BEGIN_MS = 30_000;
/** A megabyte of YAML and its schema take less than a hundred; beyond it the thread ends and not the program. */
const MAX_HEAP_MB = 512;
const NOT_BEGUN = message('files.gaveUp.notBegun');

export interface ConfigChecker extends Disposable {
  /** What `checkConfig` says; a warning that it could not be checked when that takes too long or too much memory. CANCELLED. */
  check(
    text: string,
    slot: Pick<FileSlot, 'name' | 'format' | 'schema'>,
    fileName: string,
    signal?: AbortSignal,
  ): Promise<Problem[]>;
  /** Why a schema cannot be compiled, or null. `tooMuch`: it takes too long or too much memory. CANCELLED. */
  schemaFault(
    schema: Record<string, unknown>,
    signal?: AbortSignal,
  ): Promise<{ reason: Message; tooMuch: boolean } | null>;
}

interface Job {
  readonly call: ConfigCall;
  /** Hands over what the thread says, or why it does not say anything. */
  readonly done: (answer: { problems: Problem[]; fault: Message | null } | { gaveUp: Message }) => void;
  readonly failed: (error: AppError) => void;
  atSchema: boolean;
}

/** Why a check ended before it answered. */
function brokenOff(atSchema: boolean, isMemory: boolean): Message {
  if (isMemory) return message(atSchema ? 'files.gaveUp.schemaMemory' : 'files.gaveUp.readingMemory');
  return message(atSchema ? 'files.gaveUp.schemaBroke' : 'files.gaveUp.readingBroke');
}

/** The worker's file: the source itself when that is what runs, else the bundle that the build puts beside this one. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './configWorker.ts' : './configWorker.js', import.meta.url);
}

/**
 * Checks config files in a thread that begins with the first one, is ended when a file or schema takes too long, and then begins anew. A schema
 * that took too long once is not tried again while the program runs, so that it costs its limit once whatever the number of files.
 */
export function createConfigChecker({ limitMs = LIMIT_MS }: ConfigCheckerOptions = {}): ConfigChecker {
  const waiting: Job[] = [];
  /** By hash: why these schemas are not tried again. */
  const givenUp = new Map<string, Message>();
  const texts = new WeakMap<object, { hash: string; text: string }>();
  let current: Job | null = null;
  let worker: Worker | null = null;
  let ready = false;
  let timer: NodeJS.Timeout | null = null;
  let disposed = false;

  const seconds = limitMs / 1000;
  const textOf = (schema: Record<string, unknown> | null): ConfigCall['schema'] => {
    if (schema === null) return null;
    let known = texts.get(schema);
    if (known === undefined) {
      const text = JSON.stringify(schema);
      known = { text, hash: createHash('sha256').update(text).digest('base64') };
      texts.set(schema, known);
    }
    return known;
  };

  const arm = (ms: number, what: 'begin' | 'work'): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(
      () =>
        giveUp((job) =>
          what === 'begin'
            ? NOT_BEGUN
            : message(job.atSchema ? 'files.gaveUp.schemaTooLong' : 'files.gaveUp.readingTooLong', { seconds }),
        ),
      ms,
    );
  };
  const disarm = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };

  /** Ends the thread; the job that it had goes without an answer. */
  function giveUp(reason: (job: Job) => Message): void {
    disarm();
    const job = current;
    current = null;
    const why = job === null ? NOT_BEGUN : reason(job);
    const ended = worker;
    worker = null;
    ready = false;
    void ended?.terminate();
    if (job !== null) {
      if (job.atSchema && job.call.schema !== null) givenUp.set(job.call.schema.hash, why);
      job.done({ gaveUp: why });
    }
    next();
  }

  function begin(): Worker {
    const fresh = new Worker(workerUrl(), {
      name: 'config checker',
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    });
    fresh.on('message', (answer: ConfigAnswer) => {
      if (worker !== fresh) return;
      if (answer.kind === 'ready') {
        ready = true;
        send();
      } else if (answer.kind === 'schema') {
        if (current !== null) current.atSchema = true;
        arm(limitMs, 'work');
      } else {
        disarm();
        const job = current;
        current = null;
        job?.done(answer);
        next();
      }
    });
    let isMemory = false;
    // followed by the exit
    fresh.on('error', (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') isMemory = true;
    });
    fresh.on('exit', () => {
      if (worker === fresh) giveUp((job) => (ready ? brokenOff(job.atSchema, isMemory) : NOT_BEGUN));
    });
    return fresh;
  }

  function send(): void {
    if (current === null || !ready) return;
    arm(limitMs, 'work');
    worker?.postMessage(current.call);
  }

  function next(): void {
    while (current === null && !disposed) {
      const job = waiting.shift();
      if (job === undefined) {
        // it keeps the program running only while somebody waits
        worker?.unref();
        return;
      }
      const known = job.call.schema === null ? undefined : givenUp.get(job.call.schema.hash);
      if (known !== undefined) {
        job.done({ gaveUp: known });
        continue;
      }
      current = job;
      if (worker === null) {
        worker = begin();
        arm(BEGIN_MS, 'begin');
      } else {
        worker.ref();
        send();
      }
    }
  }

  function ask(call: ConfigCall, signal: AbortSignal | undefined): Promise<Parameters<Job['done']>[0]> {
    return new Promise((resolve, reject) => {
      if (disposed || signal?.aborted === true) {
        reject(new AppError('CANCELLED'));
        return;
      }
      const stop = (): void => {
        // what the thread has begun it ends, or is ended: the next one who asks knows then
        const place = waiting.indexOf(job);
        if (place !== -1) waiting.splice(place, 1);
        reject(new AppError('CANCELLED'));
      };
      const left = (): void => signal?.removeEventListener('abort', stop);
      const job: Job = {
        call,
        atSchema: false,
        done: (answer) => {
          left();
          resolve(answer);
        },
        failed: (error) => {
          left();
          reject(error);
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      waiting.push(job);
      next();
    });
  }

  return {
    async check(text, { name, format, schema }, fileName, signal) {
      if (format === null) return [];
      const answer = await ask({ file: { text, name: fileName, slot: name, format }, schema: textOf(schema) }, signal);
      return 'gaveUp' in answer ? [notChecked(name, fileName, answer.gaveUp)] : answer.problems;
    },
    async schemaFault(schema, signal) {
      const answer = await ask({ file: null, schema: textOf(schema) }, signal);
      if ('gaveUp' in answer) return { reason: answer.gaveUp, tooMuch: true };
      return answer.fault === null ? null : { reason: answer.fault, tooMuch: false };
    },
    async dispose() {
      disposed = true;
      disarm();
      const ended = worker;
      worker = null;
      for (const job of [...(current === null ? [] : [current]), ...waiting.splice(0)])
        job.failed(new AppError('CANCELLED'));
      current = null;
      await ended?.terminate();
    },
  };
}
