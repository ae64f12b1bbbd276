import { message, type Message } from '../../../shared/messages/message.ts';
import { cancellerMessage, type CancelledBy } from '../../../shared/domain/job/cancelledBy.ts';
import { reasonDetail } from '../../../shared/domain/job/reasonMeaning.ts';
import type { JobEvent } from '../../../shared/domain/job/schema.ts';
import { isFinal, stateGroup } from '../../../shared/domain/job/state.ts';
import type { Task, TaskAttempt } from '../../../shared/domain/job/task.ts';
import type { TaskReport } from '../../slurm/taskReports.ts';
import type { TaskObservation } from './observe.ts';

/** What has become of a task, with the lines that it adds to the timeline. */
export interface TaskNews {
  readonly task: Task;
  readonly events: readonly JobEvent[];
}

export interface Circumstances {
  /** When sbatch took the run; Slurm's whole seconds never put a start before it. */
  readonly submittedAt: number | null;
  readonly now: number;
  /** Who the observation's `canceller` is; null where nobody is named. */
  readonly cancelledBy?: CancelledBy | null;
}

/** Expected starts move all the time; less than this, in milliseconds, is not worth a write. */
const START_TOLERANCE_MS = 60_000;

/**
 * The task after an observation, or null when that says nothing new. `elapsed` alone is no news: it follows from the start. An end is never
 * before the start. A task that Slurm starts again keeps what its start before came to.
 */
export function taskAfter(
  task: Task,
  seen: TaskObservation,
  own: TaskReport,
  { submittedAt, now, cancelledBy = null }: Circumstances,
): TaskNews | null {
  const final = isFinal(seen.state);
  const group = stateGroup(seen.state);
  const again = (isFinal(task.state) && !final) || (group === 'pending' && task.startedAt !== null);
  const startedAt =
    seen.startedAt === null
      ? isFinal(task.state) && again
        ? null
        : task.startedAt
      : Math.max(seen.startedAt, submittedAt ?? 0);
  const endedAt = final ? Math.max(seen.endedAt ?? now, startedAt ?? submittedAt ?? 0) : null;
  const moved =
    task.expectedStart === null ||
    seen.expectedStart === null ||
    Math.abs(task.expectedStart - seen.expectedStart) > START_TOLERANCE_MS;
  const known = task.restarts;
  // the queue does not count: one more than was known when it shows the task anew
  const restarts = Math.max(known, seen.attempts?.length ?? (again ? known + 1 : 0));
  // what was told of this end stays where a witness does not tell it again
  const sameEnd = final && seen.state === task.state;
  const exitCode = final ? (seen.exitCode ?? own.exit?.code ?? (sameEnd ? task.exitCode : null)) : null;
  const cancelled = group === 'cancelled';
  const changes: Partial<Task> = {
    jobId: seen.jobId ?? task.jobId,
    state: seen.state,
    reason: seen.reason,
    nodes: seen.nodes ?? task.nodes,
    partition: seen.partition ?? task.partition,
    timeLimit: seen.timeLimit ?? task.timeLimit,
    expectedStart: moved ? seen.expectedStart : task.expectedStart,
    startedAt: group === 'pending' && again ? null : startedAt,
    endedAt,
    // a cancelled job did not end by itself: Slurm's 0 is not its success
    exitCode: cancelled && exitCode === 0 ? null : exitCode,
    signal: seen.signal ?? (sameEnd ? task.signal : null),
    // what stands in its file while it waits is of the start before
    progress: group === 'pending' ? null : (own.progress?.percent ?? task.progress),
    progressText: group === 'pending' ? null : own.progress === null ? task.progressText : own.progress.text,
    attempts: attemptsAfter(task, seen, again),
    ...(cancelled && cancelledBy !== null
      ? { cancelledBy }
      : !cancelled && final && task.cancelledBy !== null
        ? { cancelledBy: null }
        : {}),
    ...(restarts === known ? {} : { restarts }),
  };
  if (!Object.entries(changes).some(([key, value]) => !same(task[key as keyof Task], value))) return null;
  const elapsed = final && startedAt !== null && endedAt !== null ? Math.round((endedAt - startedAt) / 1000) : null;
  const after: Task = { ...task, ...changes, elapsed: seen.elapsed ?? elapsed ?? (again ? null : task.elapsed) };
  return { task: after, events: seen.state === task.state ? [] : eventsOf(task, after, now) };
}

/** The earlier starts: as accounting keeps them, or as they were seen to begin and to be put back. */
function attemptsAfter(task: Task, { attempts }: TaskObservation, again: boolean): TaskAttempt[] {
  if (attempts !== null && attempts.length >= task.attempts.length) return [...attempts];
  if (!again || (task.startedAt === null && task.endedAt === null)) return task.attempts;
  const ended = isFinal(task.state);
  return [
    ...task.attempts,
    {
      state: ended ? (task.state ?? 'REQUEUED') : 'REQUEUED',
      reason: ended ? task.reason : null,
      exitCode: task.exitCode,
      signal: task.signal,
      nodes: task.nodes,
      startedAt: task.startedAt,
      endedAt: task.endedAt,
    },
  ];
}

/** Of a plain job each state has a line; of an array's tasks only what is out of the ordinary, or thousands would hide it. */
function eventsOf(before: Task, after: Task, now: number): JobEvent[] {
  const state = after.state ?? '';
  const group = stateGroup(after.state);
  const final = isFinal(after.state);
  const counted =
    after.restarts === before.restarts
      ? null
      : after.restarts === 1
        ? message('events.startedAgain')
        : message('events.startedAgainOften', { times: after.restarts });
  if (after.index !== null && group !== 'bad' && group !== 'cancelled' && counted === null) return [];
  const running = group === 'running';
  const events: JobEvent[] = [];
  const ran = after.startedAt !== null && (before.state === null || stateGroup(before.state) === 'pending') && final;
  if (ran && after.index === null)
    events.push({ at: after.startedAt ?? now, state: 'RUNNING', detail: onNodes(after), task: null });
  const details = final
    ? endOf(after, group === 'cancelled' ? after.cancelledBy : null)
    : [reasonDetail(state, after.reason) ?? (running ? onNodes(after) : null)];
  // a job does not start again before it ended, whatever the clocks say
  const at = after.endedAt ?? (running ? Math.max(after.startedAt ?? now, before.endedAt ?? 0) : now);
  events.push({ at, state, detail: joined([...details, counted]), task: after.index });
  return events;
}

const same = (a: unknown, b: unknown): boolean =>
  a === b ||
  (typeof a === 'object' &&
    typeof b === 'object' &&
    a !== null &&
    b !== null &&
    JSON.stringify(a) === JSON.stringify(b));

function onNodes({ nodes }: Task): Message | null {
  return nodes === null ? null : message('events.on', { nodes });
}

/** What is known of an end, the most telling first. */
function endOf({ state, exitCode, signal, reason }: Task, by: CancelledBy | null): (Message | null)[] {
  return [
    exitCode === null ? null : message('events.exitCode', { code: exitCode }),
    signal === null || signal === 0 ? null : message('events.signal', { signal }),
    reasonDetail(state ?? '', reason),
    by === null ? null : message('events.by', { who: cancellerMessage(by) }),
  ];
}

/** One detail of several; null for none. */
function joined(parts: readonly (Message | null)[]): Message | null {
  const [first = null, ...rest] = parts.filter((part) => part !== null);
  return rest.reduce((before, second) => before && message('events.and', { first: before, second }), first);
}
