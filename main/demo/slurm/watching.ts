/** Keeps an eye on running jobs: their runners, time limits, warnings, and the steps from SIGTERM to SIGKILL. */
import type { Job } from './job.ts';
import type { JobTable } from './jobTable.ts';
import { attemptStatus, signalJob, type AttemptEnd } from './runner.ts';
import { KILL_WAIT } from './site.ts';

/** Ticks after which an attempt that shows no sign of life is given up. */
const PATIENCE = 40;

interface Watch {
  readonly attempt: number;
  warned: boolean;
  terminated: boolean;
  killed: boolean;
  /** Ticks without a living runner. */
  silent: number;
}

/** What the controller does with what is seen. */
export interface JobWatchListener {
  finished(job: Job, end: AttemptEnd): void;
  /** The runner has gone, with or without a record of the end. */
  runnerGone(job: Job): void;
  timedOut(job: Job): void;
}

/** Whether a process has this id. */
export function processExists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export class Watcher {
  readonly #table: JobTable;
  readonly #bash: string;
  readonly #clockScale: number;
  readonly #listener: JobWatchListener;
  readonly #watches = new Map<number, Watch>();

  /** `clockScale`: how many times faster than real time limits, warnings and grace periods pass. */
  constructor(table: JobTable, bash: string, clockScale: number, listener: JobWatchListener) {
    this.#table = table;
    this.#bash = bash;
    this.#clockScale = clockScale;
    this.#listener = listener;
  }

  forget(job: Job): void {
    this.#watches.delete(job.id);
  }

  /** Looks at one running job. `now` in epoch seconds. */
  lookAt(job: Job, now: number): void {
    const status = attemptStatus(this.#table.attemptFolder(job));
    if (status.kind === 'ended') {
      this.#listener.finished(job, status.end);
      return;
    }
    const watch = this.#watch(job);
    const alive = status.kind === 'claimed' && status.runner !== null && processExists(status.runner);
    watch.silent = alive ? 0 : watch.silent + 1;
    if (watch.silent > PATIENCE) {
      this.#listener.runnerGone(job);
      return;
    }
    if (status.kind === 'claimed' && status.group !== null) this.#enforce(job, watch, status.group, now);
  }

  #watch(job: Job): Watch {
    const known = this.#watches.get(job.id);
    if (known?.attempt === job.standing.attempt) return known;
    const watch: Watch = { attempt: job.standing.attempt, warned: false, terminated: false, killed: false, silent: 0 };
    this.#watches.set(job.id, watch);
    return watch;
  }

  #enforce(job: Job, watch: Watch, group: number, now: number): void {
    const { standing, spec } = job;
    const ran = (standing.start === null ? 0 : Date.now() / 1000 - standing.start) * this.#clockScale;
    const { timeLimit } = standing;
    if (standing.stopping === null && timeLimit !== null) {
      if (spec.warning !== null && !watch.warned && ran >= timeLimit - spec.warning.before) {
        watch.warned = true;
        signalJob(this.#bash, group, spec.warning.signal, spec.warning.batchOnly);
      }
      if (ran >= timeLimit) this.#listener.timedOut(job);
    }
    const { stopping } = job.standing;
    if (stopping === null) return;
    if (!watch.terminated) {
      watch.terminated = true;
      signalJob(this.#bash, group, 'SIGCONT', false);
      signalJob(this.#bash, group, 'SIGTERM', false);
    } else if (!watch.killed && (now - stopping.at) * this.#clockScale >= KILL_WAIT) {
      watch.killed = true;
      signalJob(this.#bash, group, 'SIGKILL', false);
    }
  }
}
