import type { ClusterId, RunId } from '../../../shared/domain/ids.ts';
import { soleTask } from '../../../shared/domain/job/foldTasks.ts';
import { isSettled, LOST } from '../../../shared/domain/job/rules.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import type { AccountingRow } from '../../slurm/accounting.ts';
import { wasRefused, type QueueRow } from '../../slurm/queue.ts';
import { rejectionOf } from '../../slurm/rejection.ts';
import { runIdOf, sameRunFolder } from '../../slurm/runFolder.ts';
import { firstComplaint } from '../../slurm/unknowns.ts';
import { parseWatch, SQUEUE_SECONDS, watchScript, type QueueAnswer, type RunReport } from '../../slurm/watch.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { SessionEnvironment } from '../clusters/bootstrap.ts';
import type { SessionsService } from '../clusters/clusterSessions.ts';
import type { CorePorts } from '../ports.ts';
import { AccountingWatch, type AccountingState } from './accountingWatch.ts';
import { askAccounting, type AccountingFindings } from './askAccounting.ts';
import { Cancellers } from './cancellers.ts';
import { endWatchedUntil, isLost, type Missed } from './endings.ts';
import type { JobRegistry } from './jobRegistry.ts';
import {
  changesFrom,
  seenInAccounting,
  seenInQueue,
  seenInRunFolder,
  type JobObservation,
  type ToOurTime,
} from './observe.ts';

/** So long accounting may call a job running that has left the queue and written its end: it never hears of some ends (sacctmgr(1), RunawayJobs). */
const BOOKS_LATE_MS = 600_000;

const NO_WORD: RunReport = { progress: null, exit: null };

/** What is remembered of a cluster from one look to the next. */
export class ClusterMemory {
  readonly accounting = new AccountingWatch();
  readonly cancellers = new Cancellers();
  readonly missed = new Map<RunId, Missed>();
  /** When something about a job was last found changed; epoch ms. */
  lastChangeAt: number | null = null;
}

export interface LookDependencies {
  readonly ports: Pick<CorePorts, 'clock' | 'log'>;
  readonly registry: JobRegistry;
  readonly sessions: Pick<SessionsService, 'environment' | 'knownFacts' | 'runSlurm'>;
  /** A job went from one state to another. */
  readonly onTransition: (before: JobRecord, after: JobRecord) => void;
  /** Accounting answers, is silent, or says something else than before. */
  readonly onAccounting: (clusterId: ClusterId, state: AccountingState) => void;
}

type SubmittedJob = JobRecord & { readonly jobId: string };

const hasJobId = (job: JobRecord): job is SubmittedJob => job.phase === 'submitted' && job.jobId !== null;

/** Ids of the same number are other jobs on other clusters, and are reused: a row is ours when it also works in our folder, or does not say where. */
function isRowOf(job: JobRecord, row: { jobId: string; workDir: string; arrayJobId?: string }): boolean {
  const { jobId, arrayJobId = row.jobId.replace(/_.*$/, ''), workDir } = row;
  return (jobId === job.jobId || arrayJobId === job.jobId) && (workDir === '' || sameRunFolder(workDir, job.runFolder));
}

/**
 * Asks a cluster once what has become of its jobs, and records it. Three witnesses are heard: the queue; accounting, about jobs that
 * have left it; and what a job wrote itself. What one of them says positively counts whatever the others do; that it does not name a
 * job counts only in an answer that is whole.
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
  const watched = registry.watched(clusterId);
  const jobs = watched.filter(hasJobId);
  const environment = sessions.environment(clusterId);
  if (environment === null) throw new AppError('NOT_CONNECTED', { details: { cluster: clusterId } });
  memory.lastChangeAt ??= ports.clock.now();

  const clusters = [...new Set([null, ...jobs.map((job) => job.slurmCluster ?? null)])];
  const { stdout, stderr } = await sessions.runSlurm(
    clusterId,
    watchScript({ user: environment.user, runs: jobs, clusters }),
    {
      signal,
      timeoutMs: (40 + SQUEUE_SECONDS * clusters.length) * 1000,
      purpose: 'poll',
      answer: ANSWER_BOUNDS.watch,
    },
  );
  const { queues, runs } = parseWatch(stdout, { runs: jobs.length, clusters: clusters.length });
  const queueOf = (job: JobRecord): QueueAnswer =>
    queues[clusters.indexOf(job.slurmCluster ?? null)] ?? { rows: [], whole: false, exitCode: null };

  const recorder = new Recorder(parts, clusterId, memory, environment);
  const left: { job: SubmittedJob; own: RunReport; inQueue: JobObservation | null }[] = [];
  for (const [index, job] of jobs.entries()) {
    const own = runs[index] ?? NO_WORD;
    const { rows, whole } = queueOf(job);
    const inQueue = seenInQueue(
      rows.filter((row) => isRowOf(job, row)),
      recorder.toOurTime,
    );
    if (inQueue !== null && !isFinal(inQueue.state)) recorder.each(() => recorder.seen(job, inQueue, own, true));
    else if (inQueue !== null || whole) left.push({ job, own, inQueue });
  }
  const known = new Set(jobs.map(({ runId }) => runId));
  queues.forEach(({ rows }, index) => {
    for (const job of watched.filter(({ phase }) => phase === 'ambiguous'))
      recorder.each(() => recorder.adopt(job, rows, clusters[index] ?? null));
    for (const row of rows) recorder.each(() => recorder.startedAgain(row, clusters[index] ?? null, known));
  });

  if (left.length > 0) {
    const findings = await askAccounting(
      parts,
      clusterId,
      memory.accounting,
      left.map(({ job }) => job),
      signal,
    );
    const cancelled = findings.rows.flatMap(({ cancelledBy }) => cancelledBy ?? []);
    await memory.cancellers
      .learn(
        cancelled,
        environment.user,
        async (script) =>
          (await sessions.runSlurm(clusterId, script, { signal, purpose: 'poll', answer: ANSWER_BOUNDS.login })).stdout,
      )
      .catch((error: unknown) =>
        ports.log.write('warn', 'canceller_unknown', null, { clusterId, message: reasonOf(error) }),
      );
    for (const { job, own, inQueue } of left) recorder.each(() => recorder.hasLeft(job, own, inQueue, findings));
  }
  recorder.rethrow();

  const failed = queues.find(({ whole }) => !whole);
  if (failed !== undefined) throw queueError(failed.exitCode, stdout, stderr);
}

/** Why a queue could not be read to its end. */
function queueError(exitCode: number | null, stdout: string, stderr: string): AppError {
  if (exitCode === null || exitCode === 0)
    return new AppError('SLURM_ANSWER_CUT', { details: { command: 'squeue', stdout: stdout.slice(-2000) } });
  if (exitCode === 124)
    return new AppError('QUEUE_UNREADABLE', { details: { reason: `no answer within ${String(SQUEUE_SECONDS)} s` } });
  const known = rejectionOf(stderr, exitCode);
  // what is said of submissions is not true of a list
  if (AppError.is(known, 'SLURM_UNAVAILABLE', 'SLURM_MISSING')) return known;
  return new AppError('QUEUE_UNREADABLE', {
    details: {
      reason: firstComplaint(stderr) || `squeue ended with code ${String(exitCode)}`,
      stderr: stderr.slice(0, 2000),
    },
  });
}

/** Writes down what a look found, one job at a time: what is odd about one must not cost the others their record. */
class Recorder {
  readonly toOurTime: ToOurTime;
  readonly #parts: LookDependencies;
  readonly #clusterId: ClusterId;
  readonly #memory: ClusterMemory;
  readonly #environment: SessionEnvironment;
  readonly #failures: unknown[] = [];

  constructor(parts: LookDependencies, clusterId: ClusterId, memory: ClusterMemory, environment: SessionEnvironment) {
    this.#parts = parts;
    this.#clusterId = clusterId;
    this.#memory = memory;
    this.#environment = environment;
    // the clock of the cluster against ours; a second of difference is the round trip
    const offset = parts.sessions.knownFacts(clusterId)?.clockOffset ?? 0;
    const correction = Math.abs(offset) < 2 ? 0 : offset;
    this.toOurTime = (seconds) => (seconds === null ? null : (seconds - correction) * 1000);
  }

  each(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#failures.push(error);
    }
  }

  rethrow(): void {
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** Records a sighting. `confirmed`: nobody is expected to say more about this end. */
  seen(job: JobRecord, sighting: JobObservation, own: RunReport, confirmed: boolean): void {
    const { registry, ports } = this.#parts;
    // it may have been cancelled or removed while the answer was on its way
    const current = registry.find(job.runId);
    if (current?.phase !== 'submitted' || (isSettled(current) && !isSettled(job))) return;
    this.#memory.missed.delete(job.runId);
    const now = ports.clock.now();
    const by =
      sighting.canceller === null ? null : this.#memory.cancellers.who(sighting.canceller, this.#environment.user);
    const news = changesFrom(current, sighting, own, now, by);
    const until = endWatchedUntil(current, { ...current, ...news?.changes }, confirmed, now);
    const watch = until === (current.endWatchedUntil ?? null) ? {} : { endWatchedUntil: until };
    if (news === null) {
      if ('endWatchedUntil' in watch) registry.recordTask(job.runId, { ...soleTask(current), ...watch });
      return;
    }
    this.#memory.lastChangeAt = now;
    const task = { ...soleTask(current), ...news.changes, ...watch };
    const [after] = registry.recordLook([{ runId: job.runId, tasks: [task], events: news.events }]);
    if (after === undefined) return;
    if (after.state !== current.state) this.#parts.onTransition(current, after);
  }

  /** A job that is not in the queue any more, or only as one that has ended. */
  hasLeft(job: SubmittedJob, own: RunReport, inQueue: JobObservation | null, findings: AccountingFindings): void {
    const { ports, sessions } = this.#parts;
    const { accounting, missed } = this.#memory;
    const now = ports.clock.now();
    const confirming = findings.whole.has(job.slurmCluster ?? null);
    const inBooks = seenInAccounting(
      findings.rows.filter((row) => isRowOf(job, row) && !this.#isOlder(job, row)),
      this.toOurTime,
    );
    if (inBooks !== null && isFinal(inBooks.state)) {
      this.seen(
        job,
        inBooks.nodes === null && inQueue !== null ? { ...inBooks, nodes: inQueue.nodes } : inBooks,
        own,
        true,
      );
    } else if (inQueue !== null) {
      // accounting may be late: it is asked again for the exit code
      this.seen(job, inQueue, own, accounting.state.kind === 'absent');
    } else if (inBooks !== null) {
      // late as well: what has run already did not go back to waiting, nor is an end undone, unless it tells of another start
      const since = missed.get(job.runId)?.since ?? now;
      const inFolder = isFinal(job.state) ? null : seenInRunFolder(own, this.toOurTime);
      if (inFolder !== null && now - since >= BOOKS_LATE_MS) this.seen(job, inFolder, own, false);
      else if (
        isAfter(inBooks, job) ||
        !(isFinal(job.state) || (stateGroup(job.state) === 'running' && stateGroup(inBooks.state) === 'pending'))
      )
        this.seen(job, inBooks, own, true);
      if (inFolder !== null && now - since < BOOKS_LATE_MS) missed.set(job.runId, { since, looks: 0, confirmed: 0 });
      else missed.delete(job.runId);
    } else if (isFinal(job.state)) {
      this.seen(job, same(job), own, confirming || accounting.state.kind === 'absent');
    } else {
      const inFolder = seenInRunFolder(own, this.toOurTime);
      // an end that the job wrote is taken once accounting had its chance: a time limit or a lost node looks like a failure from inside
      if (inFolder !== null && (confirming || accounting.givenUp(now)))
        this.seen(job, inFolder, own, accounting.state.kind === 'absent');
      else if (inFolder === null) {
        const before = missed.get(job.runId) ?? { since: now, looks: 0, confirmed: 0 };
        const count: Missed = {
          since: before.since,
          looks: before.looks + 1,
          confirmed: before.confirmed + (confirming ? 1 : 0),
        };
        missed.set(job.runId, count);
        if (isLost(count, sessions.knownFacts(this.#clusterId)?.minJobAge ?? null, now)) this.#lost(job);
      }
    }
  }

  /** A row that does not say where its job worked, of a job that had this number before ours. Slurm's clock may be some minutes off. */
  #isOlder(job: JobRecord, { workDir, submitTime }: AccountingRow): boolean {
    return workDir === '' && submitTime !== null && (this.toOurTime(submitTime) ?? 0) < job.createdAt - 600_000;
  }

  #lost(job: SubmittedJob): void {
    const { registry, onTransition } = this.#parts;
    const current = registry.find(job.runId);
    if (current === null || isSettled(current) || current.state === LOST) return;
    const { kind } = this.#memory.accounting.state;
    const reason =
      kind === 'answers'
        ? 'Neither the queue nor accounting knows this job any more, and it left no word of its end.'
        : `The queue does not know this job any more, it left no word of its end, and ${kind === 'absent' ? 'this cluster has no accounting that could tell' : 'accounting does not answer'}.`;
    onTransition(
      current,
      registry.recordTask(
        job.runId,
        { ...soleTask(current), state: LOST, reason },
        {},
        { state: LOST, detail: reason },
      ),
    );
  }

  /** A run of which it was not known whether sbatch took it: its folder in the queue is the answer. */
  adopt(job: JobRecord, rows: readonly QueueRow[], slurmCluster: string | null): void {
    const { registry, ports } = this.#parts;
    const row = rows.find((candidate) => sameRunFolder(candidate.workDir, job.runFolder) && !wasRefused(candidate));
    if (row === undefined || registry.find(job.runId)?.phase !== 'ambiguous') return;
    registry.recordTask(
      job.runId,
      { ...soleTask(job), jobId: row.arrayJobId, state: row.state },
      {
        phase: 'submitted',
        jobId: row.arrayJobId,
        slurmCluster,
        submittedAt: job.submittedAt ?? ports.clock.now(),
        error: null,
      },
      { state: row.state, detail: `job ${row.arrayJobId}, found in the queue` },
    );
  }

  /** A job that had ended for good as far as was known, and stands in the queue again. */
  startedAgain(row: QueueRow, slurmCluster: string | null, known: ReadonlySet<RunId>): void {
    if (isFinal(row.state)) return;
    const runId = runIdOf(row.workDir) as RunId | null;
    if (runId === null || known.has(runId)) return;
    const job = this.#parts.registry.find(runId);
    if (
      job?.clusterId !== this.#clusterId ||
      job.phase !== 'submitted' ||
      (job.slurmCluster ?? null) !== slurmCluster ||
      !isRowOf(job, row)
    )
      return;
    const sighting = seenInQueue([row], this.toOurTime);
    if (sighting !== null) this.seen(job, sighting, NO_WORD, true);
  }
}

/** Whether accounting tells of a run of this job that began after the end that is known; a short one ends in the second in which it began. */
function isAfter(sighting: JobObservation, job: JobRecord): boolean {
  const restarted = (sighting.restarts ?? 0) > (job.restarts ?? 0);
  return restarted || (sighting.startedAt !== null && job.endedAt !== null && sighting.startedAt > job.endedAt);
}

/** Nothing new about an end. */
function same({
  state,
  reason,
  nodes,
  partition,
  elapsed,
  timeLimit,
  expectedStart,
  startedAt,
  endedAt,
  exitCode,
  signal,
}: JobRecord): JobObservation {
  return {
    state: state ?? LOST,
    reason,
    nodes,
    partition,
    elapsed,
    timeLimit,
    expectedStart,
    startedAt,
    endedAt,
    exitCode,
    signal,
    canceller: null,
    restarts: null,
  };
}
