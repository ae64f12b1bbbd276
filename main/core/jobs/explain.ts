import type { OutputOf } from '../../../shared/contract/index.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import { likelyCause } from '../../../shared/domain/job/endCause.ts';
import { causeMessages, reasonMeaning } from '../../../shared/domain/job/reasonMeaning.ts';
import { isArray } from '../../../shared/domain/job/rules.ts';
import { runOfTask } from '../../../shared/domain/job/runOfTask.ts';
import { stateGroup } from '../../../shared/domain/job/state.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { plainLines } from '../../../shared/lib/plainLines.ts';
import type { JobLogs } from './jobLog.ts';
import type { JobRegistry } from './jobRegistry.ts';

export type Explanation = OutputOf<'jobs.explain'>;

/** Bytes from the end of an output: enough for a traceback. */
const END_BYTES = 8192;

/**
 * Why a run or one of its tasks waits, or how it ended, as the window says it. Without a task, the end of an array is that of its first
 * task that failed. JOB_NOT_FOUND, INPUT_INVALID for a task that it has not, CANCELLED.
 */
export async function explain(
  { registry, logs }: { readonly registry: JobRegistry; readonly logs: Pick<JobLogs, 'check' | 'read'> },
  { runId, task }: { readonly runId: RunId; readonly task: number | null },
  signal: AbortSignal,
): Promise<Explanation> {
  const run = registry.get(runId);
  if (task !== null) logs.check({ runId, task, stream: 'stdout' });
  const telling =
    task ??
    (isArray(run) ? (registry.tasks(runId).find(({ state }) => stateGroup(state) === 'bad')?.index ?? null) : null);
  const one = telling === null ? null : registry.task(runId, telling);
  const job = one === null ? run : runOfTask(run, one);
  const { dependency } = run.request;
  const meaning = reasonMeaning(task === null ? run : job, typeof dependency === 'string' ? dependency : undefined);
  const isBad = job.phase === 'submitted' && stateGroup(job.state) === 'bad';
  const output = isBad ? await endOfOutput(logs, { runId, task: telling }, signal) : null;
  const cause = isBad ? likelyCause(job, output ?? '') : null;
  return {
    reason: meaning?.said ?? null,
    word: meaning?.word ?? null,
    cause: cause === null ? null : { code: cause.code, isSure: cause.isSure, ...causeMessages(cause) },
    task: isBad ? telling : task,
    outputRead: output !== null,
  };
}

/** The end of the errors, or of the output where there are none; null where it cannot be read now. */
async function endOfOutput(
  logs: Pick<JobLogs, 'read'>,
  of: { readonly runId: RunId; readonly task: number | null },
  signal: AbortSignal,
): Promise<string | null> {
  const end = async (stream: 'stdout' | 'stderr'): Promise<string> =>
    plainLines((await logs.read({ ...of, stream }, -END_BYTES, END_BYTES, signal)).text);
  try {
    const errors = await end('stderr');
    return errors.trim() === '' ? await end('stdout') : errors;
  } catch (error) {
    if (error instanceof AppError && !signal.aborted) return null;
    throw error;
  }
}
