import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClusterId, RunId } from '../../../shared/domain/ids.ts';
import { isTaskWatched } from '../../../shared/domain/job/rules.ts';
import type { JobSummary } from '../../../shared/domain/job/summary.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { newTask, type Task } from '../../../shared/domain/job/task.ts';
import { formatTaskRange } from '../../../shared/domain/job/taskRange.ts';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import { message, quoted } from '../../../shared/messages/message.ts';
import type { AccountingRow } from '../../slurm/accounting.ts';
import { wasRefused, type QueueRow } from '../../slurm/queue.ts';
import { rejectionOf } from '../../slurm/rejection.ts';
import { runIdOf, sameRunFolder } from '../../slurm/runFolder.ts';
import type { TaskReport, TaskReports } from '../../slurm/taskReports.ts';
import { firstComplaint } from '../../slurm/unknowns.ts';
import { parseWatch, SQUEUE_SECONDS, watchPrograms, watchScript, type QueueAnswer } from '../../slurm/watch.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import type { AccountingState } from './accountingWatch.ts';
import { askAccounting, type AccountingFindings } from './askAccounting.ts';
import type { ClusterMemory } from './clusterMemory.ts';
import { tasksOfWhole } from './firstTasks.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { LookRecorder, type SubmittedJob } from './lookRecorder.ts';
import { ownWord, seenInAccounting, seenInQueue, type TaskObservation, type ToOurTime } from './observe.ts';
import type { ClusterSessions } from '../services.ts';

const NO_WORD: TaskReport = { progress: null, exit: null };

export interface LookDependencies {
  readonly ports: Pick<CorePorts, 'clock' | 'log'>;
  readonly registry: JobRegistry;
  readonly sessions: Pick<ClusterSessions, 'environment' | 'knownFacts' | 'runSlurm'>;
  /** A run went from one state to another. */
  readonly onTransition: (before: JobSummary, after: JobSummary) => void;
  /** Accounting answers, is silent, or says something else than before. */
  readonly onAccounting: (clusterId: ClusterId, state: AccountingState) => void;
}

/** A run, and its tasks as they were when the cluster was asked. */
interface Asked {
  readonly job: SubmittedJob;
  readonly tasks: ReadonlyMap<number | null, Task>;
}

/** A task that does not stand in the queue any more, or only as one that has ended. */
interface Left {
  readonly job: SubmittedJob;
  readonly task: Task;
  readonly own: TaskReport;
  readonly inQueue: TaskObservation | null;
}

const hasJobId = (job: JobSummary): job is SubmittedJob => job.phase === 'submitted' && job.jobId !== null;

/**
 * Asks a cluster once what has become of its jobs, task by task, and records it. Three witnesses are heard: the queue; accounting, about
 * tasks that have left it; and what a task wrote itself. What one of them says positively counts whatever the others do; that it does not
 * name a task counts only in an answer that is whole. All that is found is written at once, or twice where accounting, which may be
 * slow, is asked: what the queue says is not kept waiting.
 * Rejects with what running a script can say, and with SLURM_ANSWER_CUT, QUEUE_UNREADABLE, SLURM_UNAVAILABLE or SLURM_MISSING when the
 * queue did not answer wholly: what it did say is recorded then, too. Accounting that fails is no error: it is told by `onAccounting`.
 */
export async function lookAtJobs(
  parts: LookDependencies,
  clusterId: ClusterId,
  memory: ClusterMemory,
  signal: AbortSignal,
): Promise<void> {
  const { registry, sessions, ports } = parts;
  const environment = sessions.environment(clusterId);
  if (environment === null) throw new AppError('NOT_CONNECTED', { details: { cluster: clusterId } });
  memory.lastChangeAt ??= ports.clock.now();

  const watched = registry.watched(clusterId);
  const asked = watched.filter(hasJobId).map((job): Asked => ({ job, tasks: tasksOf(registry, job) }));
  const clusters = [...new Set([null, ...asked.map(({ job }) => job.slurmCluster ?? null)])];
  const runs = asked.map(({ job, tasks }) => ({
    runFolder: job.runFolder,
    tasks: job.array === null ? null : formatTaskRange(unheard(tasks.values())),
  }));
  const { stdout, stderr } = await sessions.runSlurm(
    clusterId,
    watchScript({ user: environment.user, runs, clusters }),
    {
      signal,
      timeoutMs: (40 + SQUEUE_SECONDS * clusters.length) * 1000,
      purpose: 'poll',
      programs: watchPrograms({ clusters }),
      answer: ANSWER_BOUNDS.watch,
    },
  );
  const answer = parseWatch(stdout, { runs: runs.length, clusters: clusters.length });
  // thousands of rows are read in one turn of the main thread and recorded in another
  await nextTurn();

  const facts = sessions.knownFacts(clusterId);
  const toOurTime = ourTime(facts?.clockOffset ?? 0);
  const recorder = new LookRecorder({
    ports,
    registry,
    memory,
    user: environment.user,
    toOurTime,
    minJobAge: facts?.minJobAge ?? null,
    onTransition: parts.onTransition,
  });
  const queues = answer.queues.map((queue) => ({ ...queue, byJob: rowsByJob(queue.rows) }));
  const queueOf = (slurmCluster: string | null): (typeof queues)[number] | undefined =>
    queues[clusters.indexOf(slurmCluster)];

  const left = asked.flatMap((run, index): Left[] => {
    const queue = queueOf(run.job.slurmCluster ?? null);
    const rows = (queue?.byJob.get(run.job.jobId) ?? []).filter((row) => isRowOf(run.job, row));
    return hearQueue(recorder, run, { rows, whole: queue?.whole ?? false }, answer.runs[index] ?? new Map(), toOurTime);
  });
  const known = new Set(asked.map(({ job }) => job.runId));
  queues.forEach(({ rows, byJob }, index) => {
    const slurmCluster = clusters[index] ?? null;
    for (const job of watched.filter(({ phase }) => phase === 'ambiguous')) {
      const own = rows.filter((row) => sameRunFolder(row.workDir, job.runFolder) && !wasRefused(row));
      recorder.each(() => recorder.adopt(job, own, slurmCluster));
    }
    for (const [jobId, own] of byJob)
      recorder.each(() => startedAgain(parts, recorder, { clusterId, slurmCluster, jobId, known, toOurTime }, own));
  });
  await recorder.write();

  if (left.length > 0) {
    await nextTurn();
    const answers = await askAccounting(parts, clusterId, memory.accounting, left.map(toAsk), signal);
    await memory.cancellers
      .learn(
        answers.rows.flatMap(({ cancelledBy }) => cancelledBy ?? []),
        environment.user,
        async (script) =>
          (
            await sessions.runSlurm(clusterId, script, {
              signal,
              purpose: 'poll',
              programs: [],
              answer: ANSWER_BOUNDS.login,
            })
          ).stdout,
      )
      .catch((error: unknown) =>
        ports.log.write('warn', 'canceller_unknown', null, { clusterId, message: reasonOf(error) }),
      );
    await nextTurn();
    hearAccounting(recorder, left, answers, toOurTime);
    await recorder.write();
  }
  recorder.rethrow();

  const failed = answer.queues.find(({ whole }) => !whole);
  if (failed !== undefined) throw queueError(failed.exitCode, stdout, stderr);
}

function tasksOf(registry: JobRegistry, job: SubmittedJob): ReadonlyMap<number | null, Task> {
  const tasks = registry.tasks(job.runId);
  const [first] = tasks;
  const each = job.array !== null && tasks.length === 1 && first?.index === null ? tasksOfWhole(job, first) : tasks;
  return new Map(each.map((task) => [task.index, task]));
}

/** Tasks of an array whose own files may still tell something: they have not ended, or nobody has told their exit code. */
function unheard(tasks: Iterable<Task>): number[] {
  const indices: number[] = [];
  for (const task of tasks)
    if (task.index !== null && (!isFinal(task.state) || (isTaskWatched(task) && task.exitCode === null)))
      indices.push(task.index);
  return indices;
}

/** The clock of the cluster against ours; a second of difference is the round trip. */
function ourTime(offset: number): ToOurTime {
  const correction = Math.abs(offset) < 2 ? 0 : offset;
  return (seconds) => (seconds === null ? null : (seconds - correction) * 1000);
}

/** Rows by the id that sbatch answered with, and by their own. */
function rowsByJob(rows: readonly QueueRow[]): Map<string, QueueRow[]> {
  const byJob = new Map<string, QueueRow[]>();
  for (const row of rows)
    for (const id of new Set([row.arrayJobId, row.jobId.replace(/_.*$/, '')])) {
      const known = byJob.get(id);
      if (known === undefined) byJob.set(id, [row]);
      else known.push(row);
    }
  return byJob;
}

/** Ids of the same number are other jobs on other clusters, and are reused: a row is ours when it also works in our folder, or does not say where. */
function isRowOf(job: JobSummary, { workDir }: { workDir: string }): boolean {
  return workDir === '' || sameRunFolder(workDir, job.runFolder);
}

/** Records what the queue says of a run's tasks; returns those that have left it, or stand there as ended. */
function hearQueue(
  recorder: LookRecorder,
  { job, tasks }: Asked,
  queue: Pick<QueueAnswer, 'rows' | 'whole'>,
  reports: TaskReports,
  toOurTime: ToOurTime,
): Left[] {
  const { tasks: observed, whole } = seenInQueue(queue.rows, toOurTime);
  const left: Left[] = [];
  for (const [index, inQueue] of observed) {
    const task = tasks.get(index) ?? newTask(index);
    const own = ownWord(task, reports.get(index) ?? NO_WORD);
    if (!isFinal(inQueue.state)) recorder.each(() => recorder.seen(job.runId, task, inQueue, own, true));
    else if (isTaskWatched(task)) left.push({ job, task, own, inQueue });
  }
  for (const [index, task] of tasks)
    if (!observed.has(index) && queue.whole && whole && isTaskWatched(task))
      left.push({ job, task, own: ownWord(task, reports.get(index) ?? NO_WORD), inQueue: null });
  return left;
}

/** A task that has ended in the queue has a start; one that never had may stand in accounting with all others that never had. */
function toAsk({ job, task, inQueue }: Left): { jobId: string; slurmCluster: string | null; task: number | null } {
  const began = task.startedAt !== null || (inQueue?.startedAt ?? null) !== null;
  return { jobId: job.jobId, slurmCluster: job.slurmCluster ?? null, task: began ? task.index : null };
}

function hearAccounting(
  recorder: LookRecorder,
  left: readonly Left[],
  answers: AccountingFindings,
  toOurTime: ToOurTime,
): void {
  const byJob = new Map<string, AccountingRow[]>();
  for (const row of answers.rows) {
    const id = row.jobId.replace(/_.*$/, '');
    const known = byJob.get(id);
    if (known === undefined) byJob.set(id, [row]);
    else known.push(row);
  }
  const observed = new Map<RunId, ReadonlyMap<number | null, TaskObservation>>();
  for (const { job, task, own, inQueue } of left) {
    let ofRun = observed.get(job.runId);
    if (ofRun === undefined) {
      const rows = (byJob.get(job.jobId) ?? []).filter((row) => isRowOf(job, row) && !isOlder(job, row, toOurTime));
      ofRun = seenInAccounting(rows, toOurTime);
      observed.set(job.runId, ofRun);
    }
    const inAccounting = ofRun.get(task.index) ?? null;
    recorder.each(() => recorder.hasLeft(job, task, own, inQueue, inAccounting, answers));
  }
}

/** A row that does not say where its job worked, of a job that had this number before ours. Slurm's clock may be some minutes off. */
function isOlder(job: JobSummary, { workDir, submitTime }: AccountingRow, toOurTime: ToOurTime): boolean {
  return workDir === '' && submitTime !== null && (toOurTime(submitTime) ?? 0) < job.createdAt - 600_000;
}

interface Elsewhere {
  readonly clusterId: ClusterId;
  readonly slurmCluster: string | null;
  readonly jobId: string;
  readonly known: ReadonlySet<RunId>;
  readonly toOurTime: ToOurTime;
}

/** A run that had ended for good as far as was known, and of which tasks stand in the queue again. */
function startedAgain(
  { registry }: LookDependencies,
  recorder: LookRecorder,
  { clusterId, slurmCluster, jobId, known, toOurTime }: Elsewhere,
  rows: readonly QueueRow[],
): void {
  const again = rows.filter(({ state }) => !isFinal(state));
  const runId = runIdOf(again[0]?.workDir ?? '') as RunId | null;
  if (runId === null || known.has(runId)) return;
  const job = registry.find(runId);
  if (
    job?.clusterId !== clusterId ||
    !hasJobId(job) ||
    (job.slurmCluster ?? null) !== slurmCluster ||
    job.jobId !== jobId
  )
    return;
  const tasks = tasksOf(registry, job);
  const own = again.filter((row) => isRowOf(job, row));
  for (const [index, observation] of seenInQueue(own, toOurTime).tasks)
    recorder.seen(runId, tasks.get(index) ?? newTask(index), observation, NO_WORD, true);
}

/** Why a queue could not be read to its end. */
function queueError(exitCode: number | null, stdout: string, stderr: string): AppError {
  if (exitCode === null || exitCode === 0)
    return new AppError('SLURM_ANSWER_CUT', { details: { command: 'squeue', stdout: stdout.slice(-2000) } });
  if (exitCode === 124)
    return new AppError('QUEUE_UNREADABLE', {
      details: { reason: message('jobs.noAnswerOf', { command: 'squeue', seconds: SQUEUE_SECONDS }) },
    });
  const known = rejectionOf(stderr, exitCode);
  // what is said of submissions is not true of a list
  if (AppError.is(known, 'SLURM_UNAVAILABLE', 'SLURM_MISSING')) return known;
  const complaint = firstComplaint(stderr);
  return new AppError('QUEUE_UNREADABLE', {
    details: {
      reason: complaint === '' ? message('jobs.endedWith', { command: 'squeue', exitCode }) : quoted(complaint),
      stderr: stderr.slice(0, 2000),
    },
  });
}
