import type { RunId } from '../../../shared/domain/ids.ts';
import { isSettled, mayTaskBeCancelled } from '../../../shared/domain/job/rules.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { Task } from '../../../shared/domain/job/task.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { message, type Message, quoted } from '../../../shared/messages/message.ts';
import { CANCEL_PROGRAMS, cancelCommand, SCANCEL_SECONDS } from '../../slurm/cancel.ts';
import { firstComplaint } from '../../slurm/unknowns.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { Clock, Log } from '../ports.ts';
import type { JobRegistry } from './jobRegistry.ts';
import type { Monitor } from './monitor.ts';
import type { Submissions } from './submissions.ts';
import type { ClusterSessions } from '../services.ts';

interface CancelDependencies {
  readonly registry: JobRegistry;
  readonly sessions: ClusterSessions;
  readonly submissions: Submissions;
  readonly monitor: Monitor;
  readonly clock: Clock;
  readonly log: Log;
}

/** A running job gets time to end by itself (KillWait, 30 s by default); waiting for all of it is the list's affair, not the button's. */
const LOOKS = 6;
const PAUSE_MS = 1000;
/** After a scancel that answered an error: it may have done its work all the same, and Slurm takes a moment to end a job. */
const LOOKS_AFTER_ERROR = 2;

/**
 * Cancels a run wherever it stands, or some tasks of an array (`indices`). scancel says nothing of use (it answers 0 for ended and unknown
 * jobs, and a site's wrapper around it an error for a job that is cancelled), so the queue is looked at afterwards. Resolves with what is
 * known then: ended, or still ending.
 * Errors: INPUT_INVALID for tasks that the run does not have, JOB_ACTION_FAILED, NOT_CONNECTED, CANCELLED, and what running a script can say.
 */
export async function cancelJob(
  { registry, sessions, submissions, monitor, clock, log }: CancelDependencies,
  runId: RunId,
  indices: readonly number[] | null,
  signal: AbortSignal,
): Promise<JobRecord> {
  const before = registry.get(runId);
  if (indices !== null && before.jobId === null) refuseTasks(message('jobs.notTakenYet'), before.array);
  const job = before.phase === 'submitted' ? before : await submissions.stop(runId, signal);
  if (isSettled(job) || job.jobId === null) return job;
  const meant = new Set(indices);
  const ofRun = (): Task[] => registry.tasks(runId).filter(({ index }) => isMeant(index));
  const isMeant = (index: number | null): boolean => indices === null || (index !== null && meant.has(index));
  if (indices !== null && ofRun().length < meant.size) refuseTasks(message('jobs.noSuchTasks'), job.array);
  const chosen = ofRun().filter(mayTaskBeCancelled);
  if (chosen.length === 0) return job;
  const settled = (): boolean => !ofRun().some(mayTaskBeCancelled);
  const { exitCode, stderr } = await sessions.runSlurm(
    job.clusterId,
    cancelCommand(
      job.jobId,
      job.slurmCluster ?? null,
      indices === null ? null : chosen.flatMap(({ index }) => index ?? []),
    ),
    { signal, purpose: 'cancel', programs: CANCEL_PROGRAMS, answer: ANSWER_BOUNDS.cancel, repeatable: true },
  );
  log.write('info', 'job_cancel', job.requestId, {
    jobId: job.jobId,
    ...(indices === null ? {} : { tasks: indices }),
    exitCode,
    stderr: stderr.slice(0, 500),
    ...(exitCode === 0 ? {} : { error_code: ERRORS.JOB_ACTION_FAILED.code }),
  });
  const failure =
    exitCode === 0
      ? null
      : new AppError('JOB_ACTION_FAILED', {
          details: {
            action: message('jobs.action.cancel'),
            reason: reasonOf(exitCode, stderr),
            stderr: stderr.slice(0, 2000),
          },
        });
  // accounting may name who it was; where there is none, this is who
  const left = failure === null ? ofRun().filter(mayTaskBeCancelled) : [];
  if (left.length > 0)
    registry.recordTasks(
      runId,
      left.map((task) => ({ ...task, cancelledBy: { who: 'you', name: null } })),
    );
  const looks = failure === null ? LOOKS : LOOKS_AFTER_ERROR;
  for (let look = 1; look <= looks; look += 1) {
    try {
      await monitor.poll(job.clusterId, signal);
    } catch (error) {
      // what scancel said is more to the point than that the queue is silent, too
      throw failure !== null && !signal.aborted ? failure : error;
    }
    if (settled()) return registry.get(runId);
    if (look < looks || failure === null) await clock.sleep(PAUSE_MS, signal);
  }
  if (failure !== null) throw failure;
  monitor.expectNews(job.clusterId);
  return registry.get(runId);
}

function refuseTasks(reason: Message, array: string | null): never {
  throw new AppError('INPUT_INVALID', { details: { reason, field: 'tasks', array } });
}

function reasonOf(exitCode: number, stderr: string): Message {
  const command = 'scancel';
  if (exitCode === 124) return message('jobs.noAnswerOf', { command, seconds: SCANCEL_SECONDS });
  if (exitCode === 127) return message('jobs.commandMissing', { command });
  const complaint = firstComplaint(stderr);
  return complaint === '' ? message('jobs.endedWith', { command, exitCode }) : quoted(complaint);
}
