/**
 * The demo's slurmctld: takes jobs, starts them when there is room, ends them, and finds out how they ended. Jobs do not depend
 * on this process: whatever happens to it, the next one reads the same folder and goes on.
 */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { Emitter } from '../../../shared/lib/emitter.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { fileNamed, isoTime } from './formats.ts';
import { isEnded, type Job, type JobSpec, type NodeShare, type Stopping } from './job.ts';
import { jobEnvironment } from './jobEnvironment.ts';
import { JobTable } from './jobTable.ts';
import { attemptStatus, forestall, launch, runnerLives, signalJob, type AttemptEnd } from './runner.ts';
import { forecast, schedule } from './scheduling.ts';
import { REQUEUE_DELAY } from './site.ts';
import { processExists, Watcher } from './watching.ts';

export interface ControllerOptions {
  readonly folder: string;
  readonly bash: string;
  /** Path of the runner's script. */
  readonly runner: string;
  /** How many times faster than real time limits, warnings and grace periods pass. */
  readonly clockScale: number;
}

/** Milliseconds between looks at running jobs; a job whose runner is our child is noticed at once. */
const TICK = 250;
export class Controller implements Disposable {
  readonly table: JobTable;
  /** Epoch seconds. */
  readonly startedAt: number;
  readonly #options: ControllerOptions;
  readonly #ended = new Emitter<Job>();
  readonly #watcher: Watcher;
  #timer: NodeJS.Timeout | null = null;
  #scheduling: NodeJS.Immediate | null = null;
  #disposed = false;

  private constructor(options: ControllerOptions) {
    this.#options = options;
    this.startedAt = this.now();
    this.table = JobTable.open(options.folder, this.startedAt);
    this.#watcher = new Watcher(this.table, options.bash, options.clockScale, {
      finished: (job, end) => this.#finish(job, end),
      runnerGone: (job) => this.#runnerGone(job),
      timedOut: (job) => this.#stop(job, { cause: 'TIMEOUT', at: this.now(), uid: job.spec.uid }),
    });
  }

  /** Reads the folder and goes on where the last process stopped, however it stopped. */
  static async recover(options: ControllerOptions): Promise<Controller> {
    const controller = new Controller(options);
    for (const job of controller.table.all())
      if (job.standing.state === 'RUNNING') await controller.#recoverRunning(job);
    controller.#schedule();
    return controller;
  }

  now(): number {
    return Math.floor(Date.now() / 1000);
  }

  /** Takes a job for good and lets it start as soon as there is room. */
  async submit(spec: JobSpec): Promise<Job[]> {
    const jobs = await this.table.accept(spec);
    this.#scheduleSoon();
    return jobs;
  }

  /** When and where a job like this would start, in epoch seconds; null when it never fits. Nothing is taken. */
  forecast(spec: JobSpec): { start: number; shares: NodeShare[] } | null {
    return forecast(this.table, spec, this.now());
  }

  /** Resolves when all of these have ended. */
  async whenEnded(jobs: readonly Job[], signal: AbortSignal): Promise<void> {
    let wake: () => void = () => undefined;
    const listener = this.#ended.on(() => wake());
    const gone = (): void => wake();
    signal.addEventListener('abort', gone);
    while (!signal.aborted && !jobs.every(isEnded)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    signal.removeEventListener('abort', gone);
    await listener.dispose();
  }

  cancel(job: Job, uid: number): void {
    if (isEnded(job)) return;
    const now = this.now();
    if (job.standing.state === 'PENDING')
      this.#end(job, { state: 'CANCELLED', start: now, end: now, cancelledBy: uid });
    else this.#stop(job, { cause: 'CANCELLED', at: now, uid });
  }

  /** Sends a signal to a running job. */
  signal(job: Job, signal: NodeJS.Signals, batchOnly: boolean): void {
    const status = attemptStatus(this.table.attemptFolder(job));
    if (status.kind === 'claimed' && status.group !== null)
      signalJob(this.#options.bash, status.group, signal, batchOnly);
  }

  hold(job: Job): void {
    if (job.standing.state !== 'PENDING') return;
    job.expectedStart = null;
    this.table.change(job, { held: 'user', priority: 0, reason: 'JobHeldUser' });
    this.#scheduleSoon();
  }

  release(job: Job): void {
    if (job.standing.state !== 'PENDING' || job.standing.held === null) return;
    this.table.change(job, { held: null, priority: this.table.priority(job), reason: 'None' });
    this.#scheduleSoon();
  }

  requeue(job: Job, uid: number, hold: boolean): void {
    if (job.standing.state === 'RUNNING') this.#stop(job, { cause: 'REQUEUE', at: this.now(), uid, hold });
    else if (isEnded(job)) this.#backToQueue(job, hold);
  }

  /** Changes what may change of a waiting or running job. */
  update(job: Job, changes: { timeLimit?: number | null; name?: string; begin?: number | null }): void {
    this.table.change(job, changes);
    this.#scheduleSoon();
  }

  dispose(): void {
    this.#disposed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#scheduling !== null) clearImmediate(this.#scheduling);
    this.#ended.dispose();
  }

  // ---------------------------------------------------------------- starting

  #scheduleSoon(): void {
    this.#scheduling ??= setImmediate(() => {
      this.#scheduling = null;
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#disposed) return;
    const now = this.now();
    schedule(this.table, now, {
      start: (job, shares) => this.#start(job, shares, now),
      giveUp: (job, reason) =>
        this.#end(job, { state: 'CANCELLED', start: now, end: now, cancelledBy: job.spec.uid, reason }),
    });
    this.#keepTicking();
  }

  #start(job: Job, shares: readonly NodeShare[], now: number): void {
    this.table.change(job, {
      state: 'RUNNING',
      reason: 'None',
      start: now,
      end: null,
      shares,
      stopping: null,
      cancelledBy: null,
      exitCode: 0,
      signal: 0,
    });
    this.#launch(job, job.spec.append);
  }

  #launch(job: Job, append: boolean): void {
    const { spec } = job;
    const { attempt } = job.standing;
    try {
      launch(
        {
          bash: this.#options.bash,
          runner: this.#options.runner,
          folder: this.table.attemptFolder(job),
          script: spec.script,
          arguments: spec.scriptArguments,
          workDir: existsSync(spec.workDir) ? spec.workDir : tmpdir(),
          environment: jobEnvironment(job, spec.environment),
          stdin: spec.stdin === null ? null : fileNamed(spec.stdin, job),
          stdout: this.outputFile(job, 'stdout'),
          stderr: spec.stderr === null ? null : this.outputFile(job, 'stderr'),
          append,
        },
        () => {
          if (this.#disposed || job.standing.state !== 'RUNNING' || job.standing.attempt !== attempt) return;
          const status = attemptStatus(this.table.attemptFolder(job));
          // a second runner leaves at once where a first one is at work
          if (status.kind === 'claimed' && status.runner !== null && processExists(status.runner)) return;
          this.#runnerGone(job);
        },
      );
    } catch {
      // what slurmd does when it cannot open a job's output
      this.#end(job, { state: 'FAILED', reason: 'JobLaunchFailure', exitCode: 0, signal: 53, end: this.now() });
    }
  }

  /** Absolute path of a job's output, its pattern filled in. */
  outputFile(job: Job, stream: 'stdout' | 'stderr'): string {
    const { spec } = job;
    const pattern = stream === 'stderr' ? (spec.stderr ?? spec.stdout) : spec.stdout;
    return path.resolve(spec.workDir, fileNamed(pattern, job));
  }

  // ---------------------------------------------------------------- watching and ending

  #keepTicking(): void {
    const busy = this.table
      .all()
      .some(
        (job) => job.standing.state === 'RUNNING' || (job.standing.state === 'PENDING' && job.standing.begin !== null),
      );
    if (busy && this.#timer === null) {
      this.#timer = setInterval(() => this.#tick(), TICK);
      this.#timer.unref();
    } else if (!busy && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #tick(): void {
    const now = this.now();
    for (const job of this.table.all()) {
      try {
        if (job.standing.state === 'RUNNING') this.#watcher.lookAt(job, now);
        else if (job.standing.reason === 'BeginTime' && (job.standing.begin ?? 0) <= now) this.#scheduleSoon();
      } catch {
        // a full disk, or no descriptor left: the next tick looks again, and the other jobs go on
      }
    }
    this.#keepTicking();
  }

  #stop(job: Job, stopping: Stopping): void {
    if (job.standing.stopping !== null) return;
    this.table.change(job, { stopping });
    const why =
      stopping.cause === 'TIMEOUT' ? ' DUE TO TIME LIMIT' : stopping.cause === 'REQUEUE' ? ' DUE TO JOB REQUEUE' : '';
    const node = job.standing.shares[0]?.node ?? hostname();
    try {
      appendFileSync(
        this.outputFile(job, 'stderr'),
        `slurmstepd: error: *** JOB ${job.id} ON ${node} CANCELLED AT ${isoTime(stopping.at)}${why} ***\n`,
      );
    } catch {
      // its folder is gone: the job is ended all the same
    }
    this.#watcher.lookAt(job, this.now());
  }

  /** The runner has gone: with a record of the end, or killed, or never begun. */
  #runnerGone(job: Job): void {
    const status = attemptStatus(this.table.attemptFolder(job));
    if (status.kind === 'ended') {
      this.#finish(job, status.end);
    } else if (status.kind === 'unclaimed') {
      if (!forestall(this.table.attemptFolder(job))) return;
      this.#end(job, { state: 'FAILED', reason: 'JobLaunchFailure', exitCode: 0, signal: 53, end: this.now() });
    } else {
      // as when a node dies: nobody knows how it ended, and what is left of it must not run on
      if (status.group !== null) signalJob(this.#options.bash, status.group, 'SIGKILL', false);
      this.#end(job, { state: 'NODE_FAIL', reason: 'NodeDown', end: this.now() });
    }
  }

  #finish(job: Job, end: AttemptEnd): void {
    const { stopping } = job.standing;
    const { exitCode, signal, at } = end;
    if (stopping?.cause === 'REQUEUE') this.#backToQueue(job, stopping.hold ?? false);
    else if (stopping?.cause === 'CANCELLED')
      this.#end(job, { state: 'CANCELLED', end: at, cancelledBy: stopping.uid, exitCode: 0, signal: 15 });
    else if (stopping?.cause === 'TIMEOUT')
      this.#end(job, { state: 'TIMEOUT', end: at, reason: 'TimeLimit', exitCode: 0, signal: 0 });
    else if (signal !== 0)
      this.#end(job, { state: 'FAILED', end: at, reason: 'JobLaunchFailure', exitCode: 0, signal });
    else if (exitCode !== 0)
      this.#end(job, { state: 'FAILED', end: at, reason: 'NonZeroExitCode', exitCode, signal: 0 });
    else this.#end(job, { state: 'COMPLETED', end: at, exitCode: 0, signal: 0 });
  }

  #end(job: Job, changes: Partial<Job['standing']>): void {
    job.expectedStart = null;
    this.#watcher.forget(job);
    this.table.change(job, { ...changes, stopping: null });
    this.#ended.emit(job);
    this.#scheduleSoon();
  }

  #backToQueue(job: Job, hold: boolean): void {
    const now = this.now();
    this.#watcher.forget(job);
    this.table.change(job, {
      state: 'PENDING',
      reason: hold ? 'JobHeldUser' : 'BeginTime',
      attempt: job.standing.attempt + 1,
      held: hold ? 'user' : null,
      priority: hold ? 0 : this.table.priority(job),
      submittedAt: now,
      begin: now + REQUEUE_DELAY,
      start: null,
      end: null,
      shares: [],
      exitCode: 0,
      signal: 0,
      stopping: null,
      cancelledBy: null,
    });
    this.#scheduleSoon();
  }

  async #recoverRunning(job: Job): Promise<void> {
    const folder = this.table.attemptFolder(job);
    const status = attemptStatus(folder);
    if (status.kind === 'unclaimed') {
      // killed between the decision and the start; a runner that is still on its way claims the folder first, or finds it claimed
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#launch(job, true);
    } else if (status.kind === 'claimed' && status.runner !== null && !(await runnerLives(status.runner, folder))) {
      this.#runnerGone(job);
    } else if (status.kind === 'ended') {
      this.#finish(job, status.end);
    }
  }
}
