import { isSettled, isWatched } from '../../../shared/domain/job/rules.ts';
import { JobRow, type JobEvent, type JobRecord } from '../../../shared/domain/job/schema.ts';
import type { ClusterId, RunId } from '../../../shared/domain/ids.ts';
import { MAX_TASKS } from '../../../shared/domain/job/taskRange.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import type { Clock, JobRepository, RunChanges, SubmissionChanges } from '../ports.ts';
import type { Emit } from '../program/events.ts';

/**
 * The store's jobs as this program works with them: every change goes through here, is on disk when the call returns, and is told to
 * the interface. What is watched is also kept in memory, since polls and submissions look at it all the time.
 */
export interface JobRegistry {
  /** JOB_NOT_FOUND. */
  get(runId: RunId): JobRecord;
  /** Null when it was removed. */
  find(runId: RunId): JobRecord | null;
  /** Runs that are not settled, oldest first. */
  open(clusterId?: ClusterId): JobRecord[];
  /** The same, and runs whose end may not be the last. */
  watched(clusterId: ClusterId): JobRecord[];
  /** True when Slurm or the upload has rejected this run at some time. */
  wasRejected(runId: RunId): boolean;
  /** RECORD_FAILED. */
  insert(job: JobRecord): void;
  /** Writes what changed of a submission and, when `event` is given, a line of the timeline (`at` now unless it says when). */
  update(runId: RunId, changes: SubmissionChanges, event?: Partial<JobEvent> & Pick<JobEvent, 'state'>): JobRecord;
  /** Writes all that one look found at once. Runs that are gone are left out. */
  recordLook(changes: readonly RunChanges[]): JobRecord[];
  /** The same of one task of one run; RECORD_FAILED when the run is gone. */
  recordTask(
    runId: RunId,
    task: Task,
    run?: SubmissionChanges,
    event?: Partial<JobEvent> & Pick<JobEvent, 'state'>,
  ): JobRecord;
  /** Of a run that is watched, from memory: by index. */
  tasks(runId: RunId): readonly Task[];
  /** Null for one that is not known (yet). */
  task(runId: RunId, index: number | null): Task | null;
  /** Forgets records; returns how many there were. */
  remove(runIds: readonly RunId[]): number;
}

export function createJobRegistry(jobs: JobRepository, clock: Clock, emit: Emit): JobRegistry {
  const watched = new Map<RunId, JobRecord>(jobs.unsettled().map((job) => [job.runId, job]));
  const changed = new Map<RunId, JobRecord>();

  function keep(job: JobRecord): void {
    if (isWatched(job)) watched.set(job.runId, job);
    else watched.delete(job.runId);
    // a poll changes many at once: one event for all that change in one go
    if (changed.size === 0) {
      queueMicrotask(() => {
        const rows = [...changed.values()].map((record) => JobRow.parse(record));
        changed.clear();
        emit('jobs.changed', { rows });
      });
    }
    changed.set(job.runId, job);
  }

  const whole = (event: Partial<JobEvent> & Pick<JobEvent, 'state'>): JobEvent => ({
    at: event.at ?? clock.now(),
    state: event.state,
    detail: event.detail ?? '',
    task: event.task ?? null,
  });

  function recordLook(changes: readonly RunChanges[]): JobRecord[] {
    if (changes.length === 0) return [];
    const after = jobs.recordLook(changes);
    after.forEach(keep);
    return after;
  }

  const find = (runId: RunId): JobRecord | null => watched.get(runId) ?? jobs.get(runId);

  return {
    find,
    get: (runId) => {
      const job = find(runId);
      if (job === null) throw new AppError('JOB_NOT_FOUND', { details: { runId } });
      return job;
    },
    open: (clusterId) =>
      [...watched.values()].filter(
        (job) => !isSettled(job) && (clusterId === undefined || job.clusterId === clusterId),
      ),
    watched: (clusterId) => [...watched.values()].filter((job) => job.clusterId === clusterId),
    wasRejected: (runId) => jobs.events(runId).some(({ state }) => state === 'rejected'),
    insert: (job) => {
      jobs.insert(job);
      keep(job);
    },
    update: (runId, changes, event) => {
      const job = jobs.update(runId, changes, event === undefined ? undefined : whole(event));
      keep(job);
      return job;
    },
    recordLook,
    recordTask: (runId, task, run, event) => {
      const [job] = recordLook([
        {
          runId,
          tasks: [task],
          ...(run === undefined ? {} : { run }),
          events: event === undefined ? [] : [whole(event)],
        },
      ]);
      if (job === undefined)
        throw new AppError('RECORD_FAILED', { details: { reason: 'there is no such job', runId } });
      return job;
    },
    task: (runId, index) => jobs.task(runId, index),
    tasks: (runId) => jobs.tasks(runId, { offset: 0, limit: MAX_TASKS }).tasks,
    remove: (runIds) => {
      const removed = jobs.remove(runIds);
      for (const runId of runIds) watched.delete(runId);
      emit('jobs.removed', { runIds: [...runIds] });
      return removed;
    },
  };
}
