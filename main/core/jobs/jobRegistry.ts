import { isActive, isWatched } from '../../../shared/domain/job/rules.ts';
import { JobRow, type JobEvent, type JobRecord } from '../../../shared/domain/job/schema.ts';
import { JobSummary } from '../../../shared/domain/job/summary.ts';
import { byIndex, type Task } from '../../../shared/domain/job/task.ts';
import { MAX_TASKS } from '../../../shared/domain/job/taskRange.ts';
import type { ClusterId, RunId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { Emitter } from '../../../shared/lib/emitter.ts';
import { message } from '../../../shared/messages/message.ts';
import type { Clock, JobRepository, RunChanges, SubmissionChanges } from '../ports.ts';
import type { Emit } from '../program/events.ts';

/** A line of the timeline; `at` is now unless it says when. */
type NewEvent = Partial<JobEvent> & Pick<JobEvent, 'state'>;

/**
 * The store's jobs as this program works with them: every change goes through here, is on disk when the call returns, and is told to
 * the interface. What is watched is also kept in memory, with its tasks, since polls and submissions look at it all the time.
 */
export interface JobRegistry {
  /** The whole record, read from the store. JOB_NOT_FOUND. */
  get(runId: RunId): JobRecord;
  /** What changes of a run, of a watched one from memory. Null when it was removed. */
  find(runId: RunId): JobSummary | null;
  /** Runs of which something is still to come, oldest first. */
  active(clusterId?: ClusterId): JobSummary[];
  /** The same, and runs whose end may not be the last. */
  watched(clusterId: ClusterId): JobSummary[];
  /** By index; none before Slurm has taken the run. */
  tasks(runId: RunId): readonly Task[];
  /** Null for one that is not known (yet). */
  task(runId: RunId, index: number | null): Task | null;
  /** Hears of tasks that are new or changed. */
  onTasks(listener: (changed: { runId: RunId; tasks: readonly Task[] }) => void): Disposable;
  /** True when Slurm or the upload has rejected this run at some time. */
  wasRejected(runId: RunId): boolean;
  /** RECORD_FAILED. */
  insert(job: JobRecord): void;
  /** Writes what changed of a submission and, when `event` is given, a line of the timeline. */
  update(runId: RunId, changes: SubmissionChanges, event?: NewEvent): JobRecord;
  /** Writes all that one look found at once. Runs that are gone are left out. */
  recordLook(changes: readonly RunChanges[]): JobSummary[];
  /** The same of some tasks of one run; RECORD_FAILED when the run is gone. */
  recordTasks(runId: RunId, tasks: readonly Task[], run?: SubmissionChanges, event?: NewEvent): JobRecord;
  /** Forgets records; returns how many there were. */
  remove(runIds: readonly RunId[]): number;
}

export function createJobRegistry(jobs: JobRepository, clock: Clock, emit: Emit): JobRegistry {
  const watched = new Map<RunId, JobSummary>(jobs.watched().map((job) => [job.runId, job]));
  /** Of watched runs, by index; read when they are first asked for. */
  const tasks = new Map<RunId, readonly Task[]>();
  const changed = new Map<RunId, JobSummary>();
  const tasksChanged = new Emitter<{ runId: RunId; tasks: readonly Task[] }>();

  function keep(job: JobSummary): void {
    if (isWatched(job)) watched.set(job.runId, job);
    else {
      watched.delete(job.runId);
      tasks.delete(job.runId);
    }
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

  const whole = (event: NewEvent): JobEvent => ({
    at: event.at ?? clock.now(),
    state: event.state,
    detail: event.detail ?? null,
    task: event.task ?? null,
  });

  function tasksOf(runId: RunId): readonly Task[] {
    const known = tasks.get(runId);
    if (known !== undefined) return known;
    const stored = jobs.tasks(runId, { offset: 0, limit: MAX_TASKS }).tasks;
    if (watched.has(runId)) tasks.set(runId, stored);
    return stored;
  }

  function recordLook(changes: readonly RunChanges[]): JobSummary[] {
    if (changes.length === 0) return [];
    const after = jobs.recordLook(changes);
    for (const { runId, tasks: news } of changes) {
      const known = tasks.get(runId);
      if (known !== undefined && news.length > 0) tasks.set(runId, merged(known, news));
    }
    after.forEach(keep);
    for (const { runId, tasks: news } of changes) if (news.length > 0) tasksChanged.emit({ runId, tasks: news });
    return after;
  }

  const get = (runId: RunId): JobRecord => {
    const job = jobs.get(runId);
    if (job === null) throw new AppError('JOB_NOT_FOUND', { details: { runId } });
    return job;
  };

  return {
    get,
    find: (runId) => watched.get(runId) ?? jobs.summary(runId),
    active: (clusterId) =>
      [...watched.values()].filter((job) => isActive(job) && (clusterId === undefined || job.clusterId === clusterId)),
    watched: (clusterId) => [...watched.values()].filter((job) => job.clusterId === clusterId),
    tasks: tasksOf,
    task: (runId, index) =>
      watched.has(runId) ? (tasksOf(runId).find((task) => task.index === index) ?? null) : jobs.task(runId, index),
    onTasks: (listener) => tasksChanged.on(listener),
    wasRejected: (runId) => jobs.events(runId).some(({ state }) => state === 'rejected'),
    insert: (job) => {
      jobs.insert(job);
      keep(JobSummary.parse(job));
    },
    update: (runId, changes, event) => {
      const job = jobs.update(runId, changes, event === undefined ? undefined : whole(event));
      keep(JobSummary.parse(job));
      return job;
    },
    recordLook,
    recordTasks: (runId, some, run, event) => {
      const [job] = recordLook([
        {
          runId,
          tasks: some,
          ...(run === undefined ? {} : { run }),
          events: event === undefined ? [] : [whole(event)],
        },
      ]);
      if (job === undefined)
        throw new AppError('RECORD_FAILED', { details: { reason: message('store.noSuchJob'), runId } });
      return get(runId);
    },
    remove: (runIds) => {
      const removed = jobs.remove(runIds);
      for (const runId of runIds) {
        watched.delete(runId);
        tasks.delete(runId);
      }
      emit('jobs.removed', { runIds: [...runIds] });
      return removed;
    },
  };
}

/** As the store merges them: a task with an index takes the place of the one that stood for the whole array. */
function merged(known: readonly Task[], news: readonly Task[]): readonly Task[] {
  const all = new Map(known.map((task) => [task.index, task]));
  for (const task of news) all.set(task.index, task);
  if (all.size > 1) all.delete(null);
  return [...all.values()].sort(byIndex);
}
