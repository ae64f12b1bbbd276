import { JobRow, type JobEvent, type JobRecord } from '../../../shared/domain/job.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import { isFinal } from '../../../shared/domain/jobState.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Clock, JobRepository } from '../ports.ts';
import type { Emit } from '../program/events.ts';

export type JobChanges = Partial<Omit<JobRecord, 'runId' | 'requestId'>>;

/** Nothing more will happen to this run by itself. */
export function isSettled(job: Pick<JobRecord, 'phase' | 'state'>): boolean {
  return job.phase === 'refused' || (job.phase === 'submitted' && isFinal(job.state));
}

/** The store's jobs, told to the interface whenever one is new or changed. */
export interface JobBook {
  /** JOB_NOT_FOUND. */
  get(runId: RunId): JobRecord;
  /** True when Slurm or the upload has refused this run at some time. */
  wasRefused(runId: RunId): boolean;
  /** RECORD_FAILED. */
  insert(job: JobRecord): void;
  /** Writes the changes and, when `event` is given, a line of the timeline (`at` now unless it says when). */
  update(runId: RunId, changes: JobChanges, event?: Partial<JobEvent> & Pick<JobEvent, 'state'>): JobRecord;
}

export function createJobBook(jobs: JobRepository, clock: Clock, emit: Emit): JobBook {
  const changed = new Map<RunId, JobRecord>();
  // a poll changes many at once: one event for all that change in one go
  const tell = (job: JobRecord): void => {
    if (changed.size === 0) {
      queueMicrotask(() => {
        const rows = [...changed.values()].map((record) => JobRow.parse(record));
        changed.clear();
        emit('jobs.changed', { rows });
      });
    }
    changed.set(job.runId, job);
  };
  return {
    get: (runId) => {
      const job = jobs.get(runId);
      if (job === null) throw new AppError('JOB_NOT_FOUND', { details: { runId } });
      return job;
    },
    wasRefused: (runId) => jobs.events(runId).some(({ state }) => state === 'refused'),
    insert: (job) => {
      jobs.insert(job);
      tell(job);
    },
    update: (runId, changes, event) => {
      const job = jobs.update(runId, changes, event === undefined ? undefined : { at: event.at ?? clock.now(), state: event.state, detail: event.detail ?? '' });
      tell(job);
      return job;
    },
  };
}
