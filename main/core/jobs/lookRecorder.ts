import { setImmediate as nextTurn } from 'node:timers/promises';
import { message } from '../../../shared/messages/message.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import { foldTasks } from '../../../shared/domain/job/foldTasks.ts';
import { LOST_REASONS } from '../../../shared/domain/job/lostReason.ts';
import { reasonDetail } from '../../../shared/domain/job/reasonMeaning.ts';
import { LOST } from '../../../shared/domain/job/rules.ts';
import type { JobEvent } from '../../../shared/domain/job/schema.ts';
import type { JobSummary } from '../../../shared/domain/job/summary.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import { byIndex, newTask, type Task } from '../../../shared/domain/job/task.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { QueueRow } from '../../slurm/queue.ts';
import type { TaskReport } from '../../slurm/taskReports.ts';
import type { CorePorts, RunChanges, SubmissionChanges } from '../ports.ts';
import type { AccountingFindings } from './askAccounting.ts';
import type { ClusterMemory } from './clusterMemory.ts';
import { endWatchedUntil, isLost, type Missed } from './endings.ts';
import { firstTasks } from './firstTasks.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { seenInQueue, seenInRunFolder, type TaskObservation, type ToOurTime } from './observe.ts';
import { taskAfter } from './taskChanges.ts';

/** A run that Slurm has taken. */
export type SubmittedJob = JobSummary & { readonly jobId: string };

export interface RecorderParts {
  readonly ports: Pick<CorePorts, 'clock'>;
  readonly registry: JobRegistry;
  readonly memory: ClusterMemory;
  /** Our name on the cluster: whom a canceller is held against. */
  readonly user: string;
  readonly toOurTime: ToOurTime;
  /** Seconds for which the cluster keeps ended jobs in its queue. */
  readonly minJobAge: number | null;
  readonly onTransition: (before: JobSummary, after: JobSummary) => void;
}

/** One run while its changes are gathered. */
interface Working {
  readonly before: JobSummary;
  /** Its tasks as they were found. */
  readonly base: ReadonlyMap<number | null, Task>;
  readonly tasks: Map<number | null, Task>;
  readonly changed: Map<number | null, Task>;
  readonly events: JobEvent[];
  run: SubmissionChanges | null;
  /** Something new was seen: more than for how long an end is watched. */
  news: boolean;
}

const NO_WORD: TaskReport = { progress: null, exit: null };

/** So long accounting may call a job running that has left the queue and written its end: it never hears of some ends (sacctmgr(1), RunawayJobs). */
const ACCOUNTING_LATE_MS = 600_000;

/**
 * Gathers what one look found out, task by task, and writes it at once. Runs are read when they are first spoken of, and nothing is
 * awaited between that and `write`: what a person did while the cluster was asked is not written over.
 */
export class LookRecorder {
  readonly #parts: RecorderParts;
  readonly #working = new Map<RunId, Working>();
  readonly #failures: unknown[] = [];

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** What is odd about one run must not cost the others their record. */
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

  #of(runId: RunId): Working | null {
    const known = this.#working.get(runId);
    if (known !== undefined) return known;
    const before = this.#parts.registry.find(runId);
    if (before === null) return null;
    const base = new Map(this.#parts.registry.tasks(runId).map((task) => [task.index, task]));
    const working = { before, base, tasks: new Map(base), changed: new Map(), events: [], run: null, news: false };
    this.#working.set(runId, working);
    return working;
  }

  /**
   * Records what was seen of a task. `asked` is the task as it was when the cluster was asked. `confirmed`: nobody is expected to say more
   * about this end.
   */
  seen(runId: RunId, asked: Task, observation: TaskObservation, own: TaskReport, confirmed: boolean): void {
    const working = this.#of(runId);
    if (working === null || (working.run?.phase ?? working.before.phase) !== 'submitted') return;
    const task = working.tasks.get(asked.index) ?? asked;
    // it may have been cancelled while the answer was on its way
    if (isFinal(task.state) && !isFinal(asked.state)) return;
    const { memory, ports, user } = this.#parts;
    memory.missed.delete(keyOf(runId, task.index));
    const now = ports.clock.now();
    const news = taskAfter(task, observation, own, {
      submittedAt: working.run?.submittedAt ?? working.before.submittedAt,
      now,
      cancelledBy: observation.canceller === null ? null : memory.cancellers.who(observation.canceller, user),
    });
    const after = news?.task ?? task;
    const until = endWatchedUntil(task, after, confirmed, now);
    if (news === null && until === task.endWatchedUntil) return;
    this.#set(working, { ...after, endWatchedUntil: until });
    if (news === null) return;
    working.news = true;
    working.events.push(...news.events);
  }

  #set(working: Working, task: Task): void {
    // what stood for an array whose tasks were not known
    if (task.index !== null) working.tasks.delete(null);
    working.tasks.set(task.index, task);
    working.changed.set(task.index, task);
  }

  /** A task that is not in the queue any more, or only as one that has ended (`inQueue`). */
  hasLeft(
    job: SubmittedJob,
    asked: Task,
    own: TaskReport,
    inQueue: TaskObservation | null,
    inAccounting: TaskObservation | null,
    answers: AccountingFindings,
  ): void {
    const { runId } = job;
    const { ports, memory } = this.#parts;
    const { accounting, missed } = memory;
    const key = keyOf(runId, asked.index);
    const now = ports.clock.now();
    const confirming = answers.whole.has(job.slurmCluster ?? null);
    const isAbsent = accounting.state.kind === 'absent';
    if (inAccounting !== null && isFinal(inAccounting.state)) {
      const whole =
        inAccounting.nodes === null && inQueue !== null ? { ...inAccounting, nodes: inQueue.nodes } : inAccounting;
      this.seen(runId, asked, whole, own, true);
    } else if (inQueue !== null) {
      // accounting may be late: it is asked again for the exit code
      this.seen(runId, asked, inQueue, own, isAbsent);
    } else if (inAccounting !== null) {
      // late as well: what has run already did not go back to waiting, nor is an end undone, unless it tells of another start
      const since = missed.get(key)?.since ?? now;
      const inFolder = isFinal(asked.state) ? null : seenInRunFolder(own, this.#parts.toOurTime);
      if (inFolder !== null && now - since >= ACCOUNTING_LATE_MS) this.seen(runId, asked, inFolder, own, false);
      else if (
        isAfter(inAccounting, asked) ||
        !(
          isFinal(asked.state) ||
          (stateGroup(asked.state) === 'running' && stateGroup(inAccounting.state) === 'pending')
        )
      )
        this.seen(runId, asked, inAccounting, own, true);
      if (inFolder !== null && now - since < ACCOUNTING_LATE_MS) missed.set(key, { since, looks: 0, confirmed: 0 });
      else missed.delete(key);
    } else if (isFinal(asked.state)) {
      this.seen(runId, asked, nothingNew(asked), own, confirming || isAbsent);
    } else if (this.#wasWithdrawn(runId, asked)) {
      this.seen(runId, asked, withdrawn(asked), own, true);
    } else {
      const inFolder = seenInRunFolder(own, this.#parts.toOurTime);
      // an end that the task wrote is taken once accounting had its chance: a time limit or a lost node looks like a failure from inside
      if (inFolder !== null && (confirming || accounting.givenUp(now)))
        this.seen(runId, asked, inFolder, own, isAbsent);
      else if (inFolder === null) {
        const before = missed.get(key) ?? { since: now, looks: 0, confirmed: 0 };
        const count: Missed = {
          since: before.since,
          looks: before.looks + 1,
          confirmed: before.confirmed + (confirming ? 1 : 0),
        };
        missed.set(key, count);
        if (!isLost(count, this.#parts.minJobAge, now)) return;
        // accounting names every task that began
        if (confirming && waitsInArray(asked)) this.seen(runId, asked, withdrawn(asked), own, true);
        else this.#lost(runId, asked.index);
      }
    }
  }

  /** A person has cancelled it while it waited, and it waits no more. */
  #wasWithdrawn(runId: RunId, asked: Task): boolean {
    const task = this.#of(runId)?.tasks.get(asked.index) ?? asked;
    return waitsInArray(asked) && task.cancelledBy !== null;
  }

  #lost(runId: RunId, index: number | null): void {
    const working = this.#of(runId);
    const task = working?.tasks.get(index);
    if (!working || task === undefined || isFinal(task.state) || task.state === LOST) return;
    const { kind } = this.#parts.memory.accounting.state;
    const reason =
      kind === 'answers'
        ? LOST_REASONS.forgotten
        : kind === 'absent'
          ? LOST_REASONS.noAccounting
          : LOST_REASONS.silentAccounting;
    this.#set(working, { ...task, state: LOST, reason });
    working.events.push({
      at: this.#parts.ports.clock.now(),
      state: LOST,
      detail: reasonDetail(LOST, reason),
      task: index,
    });
    working.news = true;
  }

  /** A run of which it was not known whether sbatch took it: its folder in the queue is the answer. */
  adopt(job: JobSummary, rows: readonly QueueRow[], slurmCluster: string | null): void {
    const [row] = rows;
    const working = this.#of(job.runId);
    if (row === undefined || working?.before.phase !== 'ambiguous' || working.run !== null) return;
    const now = this.#parts.ports.clock.now();
    const jobId = row.arrayJobId;
    working.run = {
      phase: 'submitted',
      jobId,
      slurmCluster,
      submittedAt: job.submittedAt ?? now,
      error: null,
    };
    working.events.push({ at: now, state: row.state, detail: message('events.jobFound', { job: jobId }), task: null });
    working.news = true;
    for (const task of firstTasks(job, jobId, job.array === null ? row.state : 'PENDING')) this.#set(working, task);
    for (const [index, observation] of seenInQueue(rows, this.#parts.toOurTime).tasks)
      this.seen(job.runId, working.tasks.get(index) ?? newTask(index), observation, NO_WORD, true);
  }

  /**
   * Writes everything in one transaction, and tells what went from one state to another. Thousands of tasks that change at once are written
   * a few hundred at a time, with a turn of the main thread between; a task that somebody else has changed in such a turn stays as that
   * left it until the next look.
   */
  async write(): Promise<void> {
    const { memory, ports, onTransition } = this.#parts;
    const gathered = [...this.#working.values()].filter(({ changed, run }) => changed.size > 0 || run !== null);
    this.#working.clear();
    if (gathered.length === 0) return;
    if (gathered.some(({ news }) => news)) memory.lastChangeAt = ports.clock.now();
    const changes = gathered.map((working): RunChanges => {
      const { before, changed, run, events } = working;
      return {
        runId: before.runId,
        tasks: [...changed.values()].sort(byIndex),
        ...(run === null ? {} : { run }),
        events: [...events, ...this.#eventsOfWhole(working)],
      };
    });
    const after = new Map<RunId, JobSummary>();
    for (const [turn, slice] of slicesOf(changes).entries()) {
      if (turn > 0) await nextTurn();
      const untouched = turn === 0 ? slice : slice.map((change) => this.#untouched(change, gathered));
      for (const job of this.#record(untouched)) after.set(job.runId, job);
    }
    for (const { before } of gathered) {
      const now = after.get(before.runId);
      if (now !== undefined && now.state !== before.state && before.phase === 'submitted') onTransition(before, now);
    }
  }

  /** The change without the tasks that are not any more what they were when the change was made. */
  #untouched(change: RunChanges, gathered: readonly Working[]): RunChanges {
    const base = gathered.find(({ before }) => before.runId === change.runId)?.base;
    const now = new Map(this.#parts.registry.tasks(change.runId).map((task) => [task.index, task]));
    return { ...change, tasks: change.tasks.filter(({ index }) => now.get(index) === base?.get(index)) };
  }

  /** An array as a whole begins, ends, and may begin again; a plain job's only task has told that already. */
  #eventsOfWhole({ before, tasks, run }: Working): JobEvent[] {
    if (tasks.has(null) || tasks.size === 0 || run !== null) return [];
    const fold = foldTasks([...tasks.values()].sort(byIndex));
    if (fold.state === before.state || fold.state === null) return [];
    const begins = stateGroup(fold.state) === 'running' && before.startedAt === null;
    // between its tasks it waits and runs again, time after time
    if (!begins && !isFinal(fold.state) && !isFinal(before.state)) return [];
    const now = this.#parts.ports.clock.now();
    const at = fold.endedAt ?? (begins ? (fold.startedAt ?? now) : now);
    return [{ at, state: fold.state, detail: null, task: null }];
  }

  /** One that cannot be written must not take the others with it. */
  #record(changes: readonly RunChanges[]): JobSummary[] {
    const { registry } = this.#parts;
    try {
      return registry.recordLook(changes);
    } catch (error) {
      if (changes.length === 1 || !(error instanceof AppError)) {
        this.#failures.push(error);
        return [];
      }
      return changes.flatMap((change) => {
        try {
          return registry.recordLook([change]);
        } catch (failure) {
          this.#failures.push(failure);
          return [];
        }
      });
    }
  }
}

/** So many tasks are written in one transaction: well within the time for which the main thread may be held. */
const TASKS_AT_ONCE = 500;

/** Changes in transactions: one, unless there are thousands of tasks. What concerns a run as a whole comes with the last of its tasks. */
function slicesOf(changes: readonly RunChanges[]): RunChanges[][] {
  const slices: RunChanges[][] = [[]];
  let room = TASKS_AT_ONCE;
  for (const change of changes) {
    let rest = change.tasks;
    while (rest.length > room && change.run === undefined) {
      if (room > 0) slices.at(-1)?.push({ runId: change.runId, tasks: rest.slice(0, room), events: [] });
      rest = rest.slice(room);
      slices.push([]);
      room = TASKS_AT_ONCE;
    }
    slices.at(-1)?.push({ ...change, tasks: rest });
    room = Math.max(0, room - rest.length);
  }
  return slices.filter((slice) => slice.length > 0);
}

export function keyOf(runId: RunId, index: number | null): string {
  return `${runId} ${String(index)}`;
}

/**
 * A task that has not begun stands in its array's list of waiting tasks, and nowhere else: one that is cancelled there goes from the list,
 * and Slurm forgets it without a word, in accounting too. Seen on Slurm 22.05.8.
 */
function waitsInArray({ index, state, startedAt }: Task): boolean {
  return index !== null && startedAt === null && stateGroup(state) === 'pending';
}

/** What such a cancellation comes to. Its time is the one at which it was noticed. */
function withdrawn(task: Task): TaskObservation {
  return { ...nothingNew(task), state: 'CANCELLED', reason: null, expectedStart: null, endedAt: null };
}

/** Whether accounting tells of a start of this task after the end that is known; a short one ends in the second in which it began. */
function isAfter(observation: TaskObservation, task: Task): boolean {
  const restarted = (observation.attempts?.length ?? 0) > task.restarts;
  return restarted || (observation.startedAt !== null && task.endedAt !== null && observation.startedAt > task.endedAt);
}

function nothingNew(task: Task): TaskObservation {
  const { jobId, reason, nodes, partition, elapsed, timeLimit, expectedStart, startedAt, endedAt, exitCode, signal } =
    task;
  return {
    jobId,
    state: task.state ?? LOST,
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
    attempts: null,
  };
}
