import { isSettled, isWatched, JobRow, type JobEvent, type JobRecord } from '../../../shared/domain/job/schema.ts';
import type { ClusterId, RunId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Clock, JobRepository } from '../ports.ts';
import type { Emit } from '../program/events.ts';

export type JobChanges = Partial<Omit<JobRecord, 'runId' | 'requestId'>>;

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
  /** True when Slurm or the upload has refused this run at some time. */
  wasRefused(runId: RunId): boolean;
  /** RECORD_FAILED. */
  insert(job: JobRecord): void;
  /** Writes the changes and, when `event` is given, a line of the timeline (`at` now unless it says when). */
  update(runId: RunId, changes: JobChanges, event?: Partial<JobEvent> & Pick<JobEvent, 'state'>): JobRecord;
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
    wasRefused: (runId) => jobs.events(runId).some(({ state }) => state === 'refused'),
    insert: (job) => {
      jobs.insert(job);
      keep(job);
    },
    update: (runId, changes, event) => {
      const job = jobs.update(
        runId,
        changes,
        event === undefined
          ? undefined
          : { at: event.at ?? clock.now(), state: event.state, detail: event.detail ?? '' },
      );
      keep(job);
      return job;
    },
    remove: (runIds) => {
      const removed = jobs.remove(runIds);
      for (const runId of runIds) watched.delete(runId);
      emit('jobs.removed', { runIds: [...runIds] });
      return removed;
    },
  };
}
